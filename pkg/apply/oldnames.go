package apply

import (
	"strings"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// oldNames finds, for a pair that is not bound, the binding without a manifest
// that it had under another name.
type oldNames struct {
	rules   []diff.Rule
	byID    map[string][]*Entry
	byMarks map[string][]*Entry
	byName  map[string][]*Entry // by the digest of the display name
}

// displayName is the path of the name that people see.
const displayName = spec.Path("name")

// newOldNames is of the orphans that nothing has claimed.
func newOldNames(rules []diff.Rule, orphans []Entry, claimed map[diff.Address]bool) *oldNames {
	n := &oldNames{rules: rules, byID: map[string][]*Entry{}, byMarks: map[string][]*Entry{}, byName: map[string][]*Entry{}}
	for i := range orphans {
		o := &orphans[i]
		if o.ID == "" || claimed[o.Address] {
			continue
		}
		if m, named := o.Fields[displayName]; named {
			n.byName[m.File] = append(n.byName[m.File], o)
		}
		n.byID[o.ID] = append(n.byID[o.ID], o)
		marks := n.join(len(o.Fields), func(r diff.Rule) (string, bool) { m, ok := o.Fields[r.Path]; return m.File, ok })
		n.byMarks[marks] = append(n.byMarks[marks], o)
	}
	return n
}

// match is the binding whose character the pair names by its id, or else whose
// marks are those of what the pair wants; nil when there is none.
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
	return latest(found)
}

// latest is the one of several bindings that a run changed last: they hold the
// same, and to make one more and remove them all would be the worst choice.
func latest(found []*Entry) *Entry {
	var last *Entry
	for _, o := range found {
		if last == nil || state.Compare(*o, *last) > 0 {
			last = o
		}
	}
	return last
}

// alike is the binding that is alike what the pair wants; nil when there is
// none. Of several, nobody can tell which it was.
func (n *oldNames) alike(q *pair) *Entry {
	if _, named := q.whole.Doc[displayName]; len(n.byName) == 0 || !named || q.adopt != "" {
		return nil
	}
	wants := digestsOf(n.rules, q.whole.Doc)
	var found *Entry
	for _, o := range n.byName[wants[displayName]] {
		had := make(map[spec.Path]string, len(o.Fields))
		for path, m := range o.Fields {
			had[path] = m.File
		}
		if !alikeIn(n.rules, had, wants) {
			continue
		}
		if found != nil {
			return nil
		}
		found = o
	}
	return found
}

func digestsOf(rules []diff.Rule, doc diff.Doc) map[spec.Path]string {
	out := make(map[spec.Path]string, len(doc))
	for _, r := range rules {
		if v, there := doc[r.Path]; there {
			out[r.Path] = r.Digest(v)
		}
	}
	return out
}

// alikeIn reports whether two characters, by their digests, have one display
// name and more than half of their fields in common. What only a creation takes,
// such as the world that they stand in, is no likeness.
func alikeIn(rules []diff.Rule, a, b map[spec.Path]string) bool {
	equal, all := 0, 0
	for _, r := range rules {
		x, inA := a[r.Path]
		y, inB := b[r.Path]
		switch {
		case r.Fixed || !inA && !inB:
			continue
		case inA && inB && x == y:
			equal++
		case r.Path == displayName:
			return false
		}
		all++
	}
	return 2*equal > all
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
