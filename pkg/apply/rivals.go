package apply

import (
	"maps"
	"slices"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
)

// rivals are what other branches say was applied to an entry's live
// character, after a merge: their lines for the same pair, and those of its
// stale names.
func (e *Engine) rivals(entry Entry) []Entry {
	out := e.Lock.Rivals(entry.Address)
	if entry.ID == "" {
		return out
	}
	for _, a := range e.Lock.Holders(state.Live{Provider: entry.Provider, ID: entry.ID}) {
		if other, bound := e.Lock.Peek(a); bound && a != entry.Address && !e.wanted(a) && sameAccount(entry, other) {
			out = append(out, other)
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return state.Compare(b, a) })
	return out
}

// reconciled is an entry with the marks that count after a merge. Where the
// branches say different things of a field, the one that live holds was
// applied last. Where live holds none of them, what was applied last is not
// known: both file and live then count as changed, so that somebody is asked.
func reconciled(rules []diff.Rule, entry Entry, rivals []Entry, live diff.Doc) Entry {
	fields := maps.Clone(entry.Fields)
	for _, r := range rules {
		mine, marked := entry.Fields[r.Path]
		v, known := live[r.Path]
		if !marked || !known || r.Digest(v) == mine.Reading() {
			continue
		}
		for _, rival := range rivals {
			mark, marked := rival.Fields[r.Path]
			if !marked || mark == mine {
				continue
			}
			fields[r.Path] = diff.Mark{File: unknownMark}
			if r.Digest(v) == mark.Reading() {
				fields[r.Path] = mark
				break
			}
		}
	}
	entry.Fields = fields
	return entry
}

// unknownMark is the digest of no value.
const unknownMark = "unknown"

// reconcile is reconciled for an entry that the lock holds. It reports
// whether other branches say anything of it.
func (e *Engine) reconcile(a *Account, entry Entry, live diff.Doc) (Entry, bool) {
	rivals := e.rivals(entry)
	if len(rivals) == 0 {
		return entry, false
	}
	return reconciled(a.rules(), entry, rivals, live), true
}
