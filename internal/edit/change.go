package edit

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Change sets one value of a character.
type Change struct {
	Name  string   // metadata.name of the document
	Path  []string // keys from the root of the document; elements of lists by their index
	Value any      // nil, string, bool, float64, []any, map[string]any
}

// Refusal is the error of a change that can't be made without changing
// something else, or at all.
type Refusal struct{ Reason, Hint string }

func (r *Refusal) Error() string { return r.Reason }

func refuse(hint, format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...), Hint: hint}
}

// Set returns a file in which values are what the changes say: in the style
// in which they were written where that can hold them, and with every other
// byte as it was. A key that is not there yet goes to its usual place. The
// result has been read back: it says what it should, and everything else what
// it said before. A change that can't be made is left out, and its refusal
// stands at its index; the others are nil. An error is that the file can't be
// read.
func Set(name string, data []byte, changes ...Change) (out []byte, refused []*Refusal, err error) {
	refused = make([]*Refusal, len(changes))
	f, err := open(name, data)
	if errors.Is(err, errUnusual) {
		for i := range changes {
			refused[i] = &Refusal{err.Error(), "change it by hand"}
		}
		return data, refused, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if g := f.together(changes); g != nil {
		return g.text(), refused, nil
	}
	for i, c := range changes {
		g, err := f.set(c)
		if err == nil {
			f = g
		} else if !errors.As(err, &refused[i]) {
			return nil, nil, err
		}
	}
	return f.text(), refused, nil
}

// together makes several changes in one go, each in the way that changes
// least: those that stand on lines of their own do not touch each other, when
// no alias says one value at two places. It is nil where that does not do, and
// they are to be made one after the other.
func (f *file) together(changes []Change) *file {
	if len(changes) < 2 || f.aliased(func(string) bool { return true }) {
		return nil
	}
	want := f.values
	var parts splices
	for _, c := range changes {
		ways, after, err := f.ways(c, want)
		if err != nil || len(ways) == 0 {
			return nil
		}
		parts, want = append(parts, ways[0]...), after
	}
	slices.SortFunc(parts, func(a, b splicing) int { return a.from - b.from })
	for i := 1; i < len(parts); i++ {
		if a, b := parts[i-1].to, parts[i].from; a >= b || nextLine(f.src, a) > lineStart(f.src, b) {
			return nil
		}
	}
	return f.with(parts, want)
}

// set makes one change, in the first of its ways that does nothing else.
func (f *file) set(c Change) (*file, error) {
	ways, want, err := f.ways(c, f.values)
	if err != nil {
		return nil, err
	}
	for _, parts := range ways {
		if g := f.with(parts, want); g != nil {
			return g, nil
		}
	}
	return nil, refuse("change it by hand", "%s can't be changed in place without changing something else", strings.Join(c.Path, "."))
}

// ways finds ways to make a change, and what a file that said values says with
// it.
func (f *file) ways(c Change, values []any) (ways []splices, want []any, err error) {
	index := f.character(c.Name)
	if index < 0 {
		return nil, nil, refuse("", "%s has no character %q", f.name, c.Name)
	}
	want = slices.Clone(values)
	if want[index], err = replaced(values[index], c.Path, c.Value); err != nil {
		return nil, nil, err
	}
	e := &editor{file: f, eol: f.lineEnd()}
	if err := e.walk(f.roots[index], c.Path, c.Value, false); err != nil {
		return nil, nil, err
	}
	return e.candidates, want, nil
}

// with is the file with some ranges changed; nil where it does not say what it
// should then, or lost a comment.
func (f *file) with(parts splices, want []any) *file {
	g, err := open(f.name, splice(f.src, parts))
	if err != nil || !reflect.DeepEqual(g.values, want) || !slices.Equal(f.commentTexts(), g.commentTexts()) {
		return nil
	}
	g.marked = f.marked
	return g
}

// character is the index of the document with a name, or -1.
func (f *file) character(name string) int {
	for i, root := range f.roots {
		if n := root.child("metadata").child("name"); root.kind() == "Character" && n != nil && n.yaml.Value == name {
			return i
		}
	}
	return -1
}

// splices is one way to make a change: ranges that give way to texts, in order.
type splices []splicing

type splicing struct {
	span
	text string
}

func splice(src []byte, parts splices) []byte {
	var out []byte
	done := 0
	for _, p := range parts {
		out = append(append(out, src[done:p.from]...), p.text...)
		done = p.to
	}
	return append(out, src[done:]...)
}

// replaced is a value with another one inside. What it shares with the old
// one is not copied.
func replaced(v any, path []string, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v)+1)
		for k, inner := range v {
			out[k] = inner
		}
		inner, err := replaced(v[path[0]], path[1:], value)
		out[path[0]] = inner
		return out, err
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= len(v) {
			return nil, refuse("", "there is no element %s", path[0])
		}
		out := append([]any{}, v...)
		out[i], err = replaced(v[i], path[1:], value)
		return out, err
	case nil:
		inner, err := replaced(nil, path[1:], value)
		return map[string]any{path[0]: inner}, err
	}
	return nil, refuse("", "there is no mapping for %s", path[0])
}
