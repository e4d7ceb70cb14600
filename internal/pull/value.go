package pull

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// pieced reports a list or mapping in which a text stands in a file of its
// own: which file should change can't be told by the value as a whole.
func pieced(fields spec.Fields, p spec.Path) bool {
	f := spec.Field{Inner: fields}
	for _, segment := range p.Segments() {
		f = f.Inner[segment]
	}
	return f.Ref == "" && refers(f)
}

func refers(f spec.Field) bool {
	if f.Ref != "" {
		return true
	}
	for _, inner := range f.Inner {
		if refers(inner) {
			return true
		}
	}
	return slices.ContainsFunc(f.Items, refers)
}

// spelled is a live value as a manifest says it. Line ends at the end of a
// text and CRLF do not count, so they are not written.
func spelled(w *wish, row providers.Field, origin []providers.Said) (any, bool) {
	if pieced(w.target.Fields, w.Path) || pieced(w.character.Fields, w.Path) {
		w.refuse("edit it by hand", "a text inside of it stands in a file of its own")
		return nil, false
	}
	live := row.Rule().Canonical(w.live)
	if live == nil {
		if !row.Clear.Can {
			w.refuse("remove the key to leave what is there alone, or apply to write the manifest's value", "it is empty there, which a manifest can't ask for: %s", row.Clear.Why)
			return nil, false
		}
		return empty(row.Kind), true
	}
	if s, ok := w.live.(string); ok && len(row.Enum) > 0 {
		word, ok := row.Word(s)
		if !ok {
			w.refuse("apply writes the manifest's value back", "the service holds %q, which is no word that a manifest may use", s)
			return nil, false
		}
		return word, true
	}
	switch v := w.live.(type) {
	case string:
		if row.Kind == diff.Text {
			if text, ok := (diff.Rule{Kind: diff.Text}).Canonical(v).(string); ok {
				return text, true
			}
		}
		return v, true
	case []any:
		if row.Kind == diff.Set {
			return inOldOrder(v, origin), true
		}
		return v, true
	case map[string]any:
		return v, true
	}
	return w.live, true
}

func empty(kind diff.Kind) any {
	switch kind {
	case diff.List, diff.Set, diff.Objects:
		return []any{}
	case diff.Object:
		return map[string]any{}
	case diff.Text, diff.Enum:
		return ""
	}
	return nil
}

// inOldOrder keeps the elements of a set in the order of the manifest and puts
// new ones behind them.
func inOldOrder(live []any, origin []providers.Said) []any {
	var out []any
	if len(origin) > 0 {
		old, _ := origin[0].Value.V.([]any)
		for _, v := range old {
			if slices.Contains(live, v) {
				out = append(out, v)
			}
		}
	}
	for _, v := range live {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// unfold finds the one part of a folded text that changed: all others must
// stand at their places as they are. It returns the part's index and its new
// text.
func unfold(w *wish, origin []providers.Said, live any) (int, string, bool) {
	text, ok := live.(string)
	if !ok {
		w.refuse("edit the manifest by hand", "it is folded from several fields, and is no text there")
		return 0, "", false
	}
	var names []string
	parts := make([]string, len(origin))
	for i, said := range origin {
		parts[i] = strings.TrimRight(said.Value.Text(), "\r\n")
		names = append(names, string(said.Path))
	}
	found, at := []string{}, -1
	for i := range origin {
		if x, fits := fitted(parts, i, text); fits {
			found, at = append(found, x), i
		}
	}
	if len(found) == 1 {
		return at, found[0], true
	}
	list := strings.Join(names, ", ")
	byHand := "edit " + list + " by hand (charsync plan shows what changed), then charsync apply --conflict overwrite"
	if len(found) == 0 {
		w.refuse(byHand, "it is folded from %s, and more than one of them changed", list)
	} else {
		w.refuse(byHand, "it is folded from %s, and which of them changed can't be told", list)
	}
	return 0, "", false
}

// fitted is what part i must be for the parts to fold into a text.
func fitted(parts []string, i int, text string) (string, bool) {
	const joint = "\n\n"
	var before, behind []string
	for j, p := range parts {
		switch {
		case p == "":
		case j < i:
			before = append(before, p)
		case j > i:
			behind = append(behind, p)
		}
	}
	head, tail := strings.Join(before, joint), strings.Join(behind, joint)
	if rest := strings.Join(append(slices.Clone(before), behind...), joint); text == rest {
		return "", true
	}
	if head != "" {
		head += joint
	}
	if tail != "" {
		tail = joint + tail
	}
	if len(text) < len(head)+len(tail) || !strings.HasPrefix(text, head) || !strings.HasSuffix(text, tail) {
		return "", false
	}
	x := text[len(head) : len(text)-len(tail)]
	return x, strings.Trim(x, "\n") != "" && !strings.HasSuffix(x, "\n")
}
