package sandbox

import (
	"slices"
	"sync/atomic"
)

// lateReads makes a vendor show what was written only after further reading requests, as a service does whose reads
// come from a copy. It knows the writes of this process alone, and none that [Server.Edit] and its like make.
type lateReads struct {
	reads atomic.Int64 // reading requests so far
	pasts []past       // in the order of the writes
}

// late tells whether a reading route answers with what was before the last writes.
func (s *Server) late(rt *route) bool {
	return s.switches.number("late-reads") > 0 && (rt.lists || s.switches.get("late-where") == "everywhere")
}

// past is what reads show of a character until enough of them were made.
type past struct {
	id    string
	rec   *record // nil: it is not there yet
	until int64   // shown as long as fewer reading requests than this were made before
}

// keep remembers what the characters were before a transaction that reads are to show late.
func (l *lateReads) keep(st *store, head []entry, late int) {
	now := l.reads.Load()
	l.pasts = slices.DeleteFunc(l.pasts, func(p past) bool { return p.until <= now })
	for _, e := range head {
		if late == 0 || e.Col != charactersCol {
			continue
		}
		p := past{id: e.ID, until: now + int64(late)}
		if c := st.cols[e.Col]; c != nil && c.byID[e.ID] != nil {
			p.rec = c.byID[e.ID].frozen()
		}
		l.pasts = append(l.pasts, p)
	}
}

// frozen is a record as it is now; what is stored under its id later does not change it.
func (r *record) frozen() *record {
	return &record{
		id: r.id, seq: r.seq, created: r.created, updated: r.updated, index: r.index,
		raw: r.raw, offset: r.offset, size: r.size,
	}
}

// shown is what a reading request sees of the characters: nil when that is what is stored. It counts the request.
func (l *lateReads) shown(st *store) *collection {
	at := l.reads.Add(1) - 1
	old := map[string]*record{}
	for _, p := range l.pasts {
		if _, earlier := old[p.id]; at < p.until && !earlier {
			old[p.id] = p.rec
		}
	}
	if len(old) == 0 {
		return nil
	}
	out := &collection{byID: map[string]*record{}}
	add := func(rec *record) {
		if rec != nil && !rec.gone {
			out.byID[rec.id] = rec
			out.order = append(out.order, rec)
		}
	}
	if c := st.cols[charactersCol]; c != nil {
		for _, rec := range c.order {
			if _, late := old[rec.id]; !late {
				add(rec)
			}
		}
	}
	for _, rec := range old {
		add(rec)
	}
	slices.SortFunc(out.order, func(a, b *record) int { return int(a.seq - b.seq) })
	return out
}
