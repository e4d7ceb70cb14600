package apply

import (
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
)

// holderOf is the binding that holds an entry's live character under another
// name, as a merge of two branches leaves it when one of them has renamed the
// manifest: a wanted one, or else, of several that no manifest wants, the one
// that a run changed last. It is nil when the entry itself is that one.
func (e *Engine) holderOf(entry Entry) *Entry {
	if entry.ID == "" || e.wanted(entry.Address) {
		return nil
	}
	var holder *Entry
	for _, a := range e.Lock.Holders(state.Live{Provider: entry.Provider, ID: entry.ID}) {
		other, bound := e.Lock.Peek(a)
		if a == entry.Address || !bound || !sameAccount(entry, other) {
			continue
		}
		if e.wanted(a) {
			return &other
		}
		last := entry
		if holder != nil {
			last = *holder
		}
		if c := state.Compare(other, last); c > 0 || c == 0 && a.Compare(last.Address) < 0 {
			holder = &other
		}
	}
	return holder
}

// sameAccount reports two entries that may be of one account: ids of others
// can be equal by chance.
func sameAccount(a, b Entry) bool {
	if a.Target == b.Target {
		return true
	}
	return (a.At == "" || b.At == "" || a.At == b.At) && (a.Owner == "" || b.Owner == "" || a.Owner == b.Owner)
}

// addStale notes an entry that is a stale name, where it or its holder is
// selected. It reports whether the entry is one.
func (e *Engine) addStale(chosen *pairs, byName map[string]*accountPlan, entry Entry) bool {
	holder := e.holderOf(entry)
	if holder == nil {
		return false
	}
	mine := e.orphanSelected(entry)
	for _, q := range chosen.list {
		mine = mine || q.Address == holder.Address
	}
	if a := e.Accounts[entry.Target]; mine && chosen.inPlay[entry.Target] && a != nil && a.Driver != nil {
		w := e.workAt(byName, entry.Target)
		w.stale = append(w.stale, staleName{entry: entry, holder: holder.Address})
	}
	return true
}

// staleName is an entry whose live character another one holds.
type staleName struct {
	entry  Entry
	holder diff.Address
}

// forget is the change that takes a stale name out of the lock.
func (s staleName) forget() *diff.Change {
	return &diff.Change{
		Address: s.entry.Address, Provider: s.entry.Provider, Action: diff.Record, ID: s.entry.ID, Gone: s.entry.ID,
		Reason: "a stale name of " + s.holder.Name + ", which holds this character: the lock forgets it",
	}
}
