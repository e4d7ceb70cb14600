package state

import (
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
)

// graveRuns is for how many runs the lock remembers that an entry was
// removed.
const graveRuns = 20

// graves are removals, by pair and by the live character that the pair was
// bound to: without them, a merge that keeps the lines of both branches would
// bring back what one of them has removed. An empty id is any character, as
// older versions wrote it.
type graves map[diff.Address]map[string]Entry

// buried is the removal of an entry.
func buried(e Entry, revision int, run string) Entry {
	return Entry{Address: e.Address, Provider: e.Provider, ID: e.ID, Revision: revision, Run: run}
}

// bury notes that an entry is removed. It is called with the lock held.
func (l *Lock) bury(old Entry) Entry {
	run := l.run
	if !l.running {
		run = l.signer
	}
	g := buried(old, l.newest+1, run)
	l.graves.add(g)
	return g
}

// add keeps a removal: of several of one character the latest.
func (g graves) add(e Entry) {
	if e.Name == "" {
		return
	}
	ids := g[e.Address]
	if ids == nil {
		ids = map[string]Entry{}
		g[e.Address] = ids
	}
	if known, twice := ids[e.ID]; !twice || Compare(e, known) > 0 {
		ids[e.ID] = e
	}
}

// open forgets the removal of a character that is bound again.
func (g graves) open(e Entry) {
	delete(g[e.Address], e.ID)
	if len(g[e.Address]) == 0 {
		delete(g, e.Address)
	}
}

// hold reports an entry that was removed after it was written. One of the
// same moment counts: what is live is looked at before anything is done.
func (g graves) hold(e Entry) bool {
	for _, id := range []string{e.ID, ""} {
		if gone, ok := g[e.Address][id]; ok && Compare(gone, e) > 0 {
			return true
		}
	}
	return false
}

// compact forgets removals after a number of runs.
func (g graves) compact(newest int) {
	for a, ids := range g {
		for id, e := range ids {
			if id == "" || newest-e.Revision >= graveRuns {
				delete(ids, id)
			}
		}
		if len(ids) == 0 {
			delete(g, a)
		}
	}
}

// Removed are the live characters that pairs were bound to and that the lock
// was made to forget, for as long as it remembers that.
func (l *Lock) Removed() []Live {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Live
	for _, ids := range l.graves {
		for id, g := range ids {
			if id != "" {
				out = append(out, Live{g.Provider, id})
			}
		}
	}
	return out
}

// Sign names what changes the lock outside of a run, as runs are named.
func (l *Lock) Sign(by string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.signer = by
}

// RemovedFrom are the ids of the live characters that a pair was bound to and
// is no more, sorted.
func (l *Lock) RemovedFrom(a diff.Address) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := slices.Sorted(maps.Keys(l.graves[a]))
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}
