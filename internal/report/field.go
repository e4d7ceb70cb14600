package report

import (
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
)

// Field is one field of a pair that differs.
type Field struct {
	Path   string
	Class  diff.Class
	Why    string // the class in words: "drift: changed on convai since …"
	Send   bool
	Fixed  bool
	Whole  bool // the value is new as a whole: the character is made
	Talk   bool // its text is a dialogue, line by line
	change diff.FieldChange
	base   *any // what was last applied, of a conflict where that is known
}

// Diff is the field's difference. It costs a comparison each time.
func (f *Field) Diff() Change {
	if f.Whole {
		return Change{Effect: diff.Sets, Value: f.value("", diff.ValueDiff{After: f.change.After})}
	}
	d := diff.Explain(f.change)
	return Change{Effect: d.Effect, Value: f.value("", d.ValueDiff)}
}

// Sides are the two differences of a conflict from what was applied last: what
// somebody changed on the provider, and what the manifest changed. They are
// known where a record of the last apply is at hand.
func (f *Field) Sides() (theirs, yours Change, ok bool) {
	if f.base == nil {
		return Change{}, Change{}, false
	}
	side := func(to any) Change {
		d := diff.Explain(diff.FieldChange{Path: f.change.Path, Kind: f.change.Kind, Class: diff.Yours, Before: *f.base, After: to, BeforeKnown: true})
		return Change{Effect: d.Effect, Value: f.value("", d.ValueDiff)}
	}
	return side(f.change.Before), side(f.change.After), true
}

// Change is a difference, ready to be shown.
type Change struct {
	Effect diff.Effect
	Value  Value
}

// Value is a difference of two values. One of Prose, Parts, and Before with
// After says it; Text is a text that is there on one side only.
type Value struct {
	Name   string // of an entry or an element; "" for the field itself
	Kind   prose.ChangeKind
	Note   string // "from place 1 to 4"
	Before string // short values, on one line; "" where there is none
	After  string
	Text   *Prose // on one side only
	Prose  *Prose
	Parts  []Value
	Kept   int // entries or elements that did not change
}

// shortText is how many bytes a text may have to stand on one line.
const shortText = 80

func (f *Field) value(name string, d diff.ValueDiff) Value {
	v := Value{Name: name}
	switch {
	case d.Prose != nil:
		p := proseOf(d.Prose, f.Talk)
		v.Prose = &p
	case d.Parts != nil:
		v.Parts, v.Kept = f.parts(d.Parts)
	case d.Before == nil && d.After != nil:
		f.oneSided(&v, d.After, prose.Insert)
	case d.After == nil && d.Before != nil:
		f.oneSided(&v, d.Before, prose.Delete)
	default:
		v.Before, v.After = view.Literal(d.Before), view.Literal(d.After)
	}
	return v
}

// oneSided shows a value that is new or goes: text as text.
func (f *Field) oneSided(v *Value, x any, op prose.Op) {
	if s, ok := x.(string); ok && f.change.Kind != diff.Enum {
		p := textOf(s, op, f.Talk)
		v.Text = &p
		return
	}
	word := view.Literal(x)
	if s, ok := x.(string); ok {
		word = view.SanitizeLine(s)
	}
	if op == prose.Insert {
		v.After = word
	} else {
		v.Before = word
	}
}

func (f *Field) parts(parts []diff.Part) (out []Value, kept int) {
	for _, part := range parts {
		if part.Kind == prose.Unchanged {
			kept++
			continue
		}
		name := ""
		if part.Key != "" || part.Kind == prose.Changed {
			name = view.PartName(part)
		}
		v := f.part(name, part)
		v.Kind = part.Kind
		out = append(out, v)
	}
	return out, kept
}

func (f *Field) part(name string, part diff.Part) Value {
	switch part.Kind {
	case prose.Added:
		return f.element(name, part.After, prose.Insert)
	case prose.Removed:
		return f.element(name, part.Before, prose.Delete)
	case prose.Moved:
		return Value{Name: name, After: view.Literal(part.After), Note: view.MoveNote(part)}
	}
	return f.value(name, part.ValueDiff)
}

// element shows an element on one side. A mapping with long texts is shown
// entry by entry.
func (f *Field) element(name string, x any, op prose.Op) Value {
	v := Value{Name: name}
	m, ok := x.(map[string]any)
	line := view.Literal(x)
	if !ok || len(line) <= shortText && !strings.Contains(line, `\n`) {
		if s, isText := x.(string); isText && len(s) <= shortText && !strings.Contains(s, "\n") {
			x = s
		}
		f.oneSided(&v, x, op)
		return v
	}
	if name == "" {
		v.Name = view.ElementName(m)
	}
	kind := prose.Added
	if op == prose.Delete {
		kind = prose.Removed
	}
	for _, key := range sortedKeys(m) {
		e := f.element(view.SanitizeLine(key), m[key], op)
		e.Kind = kind
		v.Parts = append(v.Parts, e)
	}
	return v
}
