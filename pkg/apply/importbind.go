package apply

import (
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// unboundPairs are the pairs at an account that nothing is bound to and whose
// manifest names no id, by address.
func (e *Engine) unboundPairs(a *Account) []*pair {
	if e.Set == nil {
		return nil
	}
	var out []*pair
	for _, c := range e.Set.Characters {
		for i := range c.Targets {
			t := &c.Targets[i]
			if t.Instance != a.Instance.Name || t.ID.Set {
				continue
			}
			q := e.newPair(c, t, t.Instance)
			if entry, _ := e.Lock.Peek(q.Address); q.err != nil || entry.ID != "" || entry.Pending != nil {
				continue
			}
			if q.want(); q.err == nil && !hasErrors(q.whole.Diagnostics) {
				out = append(out, q)
			}
		}
	}
	slices.SortFunc(out, func(a, b *pair) int { return a.Compare(b.Address) })
	return out
}

// wantsLive reports whether a live character holds everything that a manifest
// says of it and that can be read: its name, and something else besides.
func wantsLive(rules []diff.Rule, want, live diff.Doc) bool {
	named, more := false, false
	for _, r := range rules {
		v, wanted := want[r.Path]
		held, known := live[r.Path]
		switch {
		case !wanted || !known:
		case !r.Equal(v, held):
			return false
		case r.Path == "name":
			named = true
		default:
			more = true
		}
	}
	return named && more
}

// bindInstead binds a live character to the manifest that says the same
// already, where there is one that nothing is bound to. It takes that from the
// pairs, and reports whether there was one.
func (im *Imported) bindInstead(a *Account, live diff.Doc, pairs *[]*pair) bool {
	i := slices.IndexFunc(*pairs, func(q *pair) bool { return wantsLive(a.rules(), q.whole.Doc, live) })
	if i < 0 {
		return false
	}
	q := (*pairs)[i]
	*pairs = slices.Delete(*pairs, i, i+1)
	im.Name, im.Bound = q.Name, q.character.Pos.File
	im.entry = q.boundAs(im.ID, live)
	return true
}

// boundAs is the entry of a pair that is bound to a live character: what is
// the same there counts as applied.
func (q *pair) boundAs(id string, live diff.Doc) Entry {
	entry := Entry{Address: q.Address, Provider: q.account.Driver.Name, ID: id, Protect: q.protect(), Fields: map[spec.Path]diff.Mark{}}
	for _, r := range q.account.rules() {
		v, wanted := q.whole.Doc[r.Path]
		if held, known := live[r.Path]; wanted && known && r.Equal(v, held) {
			entry.Fields[r.Path] = diff.Mark{File: r.Digest(v)}
		}
	}
	return entry
}
