package apply

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// oldNames finds, for a pair that is not bound, the binding without a manifest
// that it had under another name.
type oldNames struct {
	rules   []diff.Rule
	byID    map[string][]*Entry
	byMarks map[string][]*Entry
}

func newOldNames(rules []diff.Rule, orphans []Entry) *oldNames {
	n := &oldNames{rules: rules, byID: map[string][]*Entry{}, byMarks: map[string][]*Entry{}}
	for i := range orphans {
		o := &orphans[i]
		if o.ID == "" {
			continue
		}
		n.byID[o.ID] = append(n.byID[o.ID], o)
		marks := n.join(len(o.Fields), func(r diff.Rule) (string, bool) { m, ok := o.Fields[r.Path]; return m.File, ok })
		n.byMarks[marks] = append(n.byMarks[marks], o)
	}
	return n
}

// match is the one binding whose character the pair names by its id, or else
// whose marks are those of what the pair wants; nil when there is none, or no
// single one.
func (n *oldNames) match(q *pair) *Entry {
	var found []*Entry
	switch {
	case len(n.byID) == 0:
		return nil // and no text is hashed for that
	case q.adopt != "":
		found = n.byID[q.adopt]
	default:
		marks := n.join(len(q.whole.Doc), func(r diff.Rule) (string, bool) {
			v, wanted := q.whole.Doc[r.Path]
			if !wanted {
				return "", false
			}
			return r.Digest(v), true
		})
		if marks != "" {
			found = n.byMarks[marks]
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// join makes one text of marks; "" when a field has no rule, or there is none.
func (n *oldNames) join(fields int, mark func(diff.Rule) (string, bool)) string {
	var b strings.Builder
	for _, r := range n.rules {
		if m, ok := mark(r); ok {
			b.WriteString(string(r.Path) + "\x00" + m + "\x00")
			fields--
		}
	}
	if fields != 0 {
		return ""
	}
	return b.String()
}
