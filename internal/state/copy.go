package state

import (
	"errors"
	"maps"
)

// ErrNewer is a copy over a state that a later run has changed.
var ErrNewer = errors.New("the state there is newer")

// CopyTo puts all that l holds in place of what to holds, and writes it where
// to is kept. A state that holds something and that more runs have changed is
// not replaced: ErrNewer.
func (l *Lock) CopyTo(to *Lock) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	if len(to.entries) > 0 && to.highest() > l.highest() {
		return ErrNewer
	}
	to.entries, to.newest, to.index = maps.Clone(l.entries), l.newest, nil
	to.graves = graves{}
	for a, ids := range l.graves {
		to.graves[a] = maps.Clone(ids)
	}
	to.rivals = maps.Clone(l.rivals)
	return to.write()
}

// Equal reports whether two states hold the same lines.
func (l *Lock) Equal(other *Lock) bool {
	lines := func(l *Lock) map[string]bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		out := map[string]bool{}
		for _, n := range l.lines() {
			out[string(EncodeEntry(n.entry, n.gone))] = true
		}
		return out
	}
	return maps.Equal(lines(l), lines(other))
}
