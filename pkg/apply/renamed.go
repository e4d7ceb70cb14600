package apply

import (
	"fmt"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
)

// claimRenamed finds the new pairs that are renamed old ones. A manifest is
// renamed when everything that it wants at some target is what the lock
// remembers of exactly one binding there without a manifest, and of no other
// new pair; or else when its display name and most of what it wants are. A
// merge makes the latter of a branch that renames and one that edits. Its live
// characters at the other targets are its own then, too, whatever was changed
// besides.
func (e *Engine) claimRenamed(work []*accountPlan) {
	for _, how := range []func(*oldNames, *pair) *Entry{(*oldNames).match, (*oldNames).alike} {
		for _, w := range work {
			if w.account != nil && w.account.Driver != nil && len(w.orphans) > 0 {
				e.claim(w, how)
			}
		}
		names := followed(work)
		for _, w := range work {
			if w.renamed != nil && len(names) > 0 {
				e.claimNamed(w, names)
			}
		}
	}
	for _, w := range work {
		w.prune = slices.DeleteFunc(w.prune, func(entry Entry) bool { return w.claimed[entry.Address] })
	}
}

// claim finds those of one account by what they want.
func (e *Engine) claim(w *accountPlan, how func(*oldNames, *pair) *Entry) {
	if w.renamed == nil {
		w.renamed, w.claimed = map[diff.Address]*Entry{}, map[diff.Address]bool{}
	}
	claimants := map[diff.Address]int{}
	found := map[diff.Address]*Entry{}
	orphans := newOldNames(w.account.rules(), w.orphans, w.claimed)
	for _, q := range w.pairs {
		if w.renamed[q.Address] != nil || !e.unbound(q) {
			continue
		}
		if match := how(orphans, q); match != nil {
			found[q.Address] = match
			claimants[match.Address]++
		}
	}
	for address, entry := range found {
		if claimants[entry.Address] == 1 {
			w.renamed[address], w.claimed[entry.Address] = entry, true
		}
	}
}

// unbound reports a pair that would be created, unless it was renamed.
func (e *Engine) unbound(q *pair) bool {
	if q.err != nil || q.invalid {
		return false
	}
	entry, known := e.Lock.Peek(q.Address)
	return !known || entry.ID == "" && entry.Pending == nil
}

// followed are the old names of renamed characters, by the new ones: those
// that all accounts agree on.
func followed(work []*accountPlan) map[string]string {
	froms, tos := map[string]map[string]bool{}, map[string]map[string]bool{}
	note := func(m map[string]map[string]bool, key, value string) {
		if m[key] == nil {
			m[key] = map[string]bool{}
		}
		m[key][value] = true
	}
	for _, w := range work {
		for address, entry := range w.renamed {
			note(froms, address.Name, entry.Name)
			note(tos, entry.Name, address.Name)
		}
	}
	names := map[string]string{}
	for to, old := range froms {
		for from := range old {
			if len(old) == 1 && len(tos[from]) == 1 {
				names[to] = from
			}
		}
	}
	return names
}

// claimNamed finds those of one account by the name that they had.
func (e *Engine) claimNamed(w *accountPlan, names map[string]string) {
	at := map[string]*Entry{}
	for i := range w.orphans {
		if o := &w.orphans[i]; o.ID != "" && !w.claimed[o.Address] {
			at[o.Name] = o
		}
	}
	for _, q := range w.pairs {
		old := at[names[q.Name]]
		if old == nil || w.renamed[q.Address] != nil || !e.unbound(q) || q.adopt != "" && q.adopt != old.ID {
			continue
		}
		w.renamed[q.Address], w.claimed[old.Address] = old, true
	}
}

// rename makes sure that the lock follows a renamed manifest, also when
// nothing else changes.
func (e *Engine) rename(c *diff.Change, q *pair, from *Entry) *diff.Change {
	if c == nil {
		c = q.change(diff.Record)
		c.ID = from.ID
	}
	c.RenamedFrom = from.Name
	c.Reason = fmt.Sprintf("renamed from %s", from.Name)
	return c
}
