package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// undoing is the part of an undo that one account is asked for.
type undoing struct {
	*accountPlan
	engine  *Engine
	run     *Run
	deeds   []*reversal
	earlier map[remembered]any
}

// reversal is a deed that is to be taken back, with what is live now.
type reversal struct {
	*Deed
	made  string            // the character that the run created, as far as it is known by now
	later map[string]string // creations by key, settled by later runs
	seen  map[string]seen   // by id
	notes []spec.Diagnostic
}

func (u *undoing) plan(ctx context.Context) {
	a, err := u.engine.account(u.instance)
	if err == nil && a.Driver.Name != u.deeds[0].Provider {
		err = fmt.Errorf("the run wrote to %s at %s, which is %s here", u.deeds[0].Provider, u.instance, a.Driver.Name)
	}
	if err != nil {
		d := spec.Diagnostic{Severity: spec.Error, Code: codeUnopened, Target: u.instance, Message: err.Error(), Hint: hintFor(err)}
		u.diagnostics = append(u.diagnostics, d)
		for _, r := range u.deeds {
			u.unplanned = append(u.unplanned, unplanned(r.Address, d))
		}
		return
	}
	u.earlier = u.recall()
	before := a.requests()
	verdicts := u.settle(ctx)
	least, broken := u.look(ctx)
	u.least += least
	if broken != nil {
		u.broken = broken
		u.diagnostics = append(u.diagnostics, u.unread(broken))
	}
	for _, r := range u.deeds {
		c, err := u.reverse(ctx, r, verdicts[r.Address])
		for _, d := range r.notes {
			d.Severity, d.Code, d.Character, d.Target = spec.Warning, codeNotUndone, r.Name, r.Target
			u.diagnostics = append(u.diagnostics, d)
		}
		switch {
		case broken != nil && errors.Is(err, broken):
			u.unplanned = append(u.unplanned, unplanned(r.Address, diagnosticOf(err)))
		case err != nil:
			u.fail(r.Address, err)
		case c == nil:
			u.unchanged++
		default:
			u.changes = append(u.changes, c)
		}
	}
	u.made = a.requests() - before
}

// settle finds out what became of creations that the run got no answer to:
// they are what it did, too. It only reads.
func (u *undoing) settle(ctx context.Context) map[diff.Address]verdict {
	var doubts []doubt
	for _, r := range u.deeds {
		if r.Doubt == nil {
			continue
		}
		if id := r.later[r.Doubt.Key]; id != "" {
			r.made = id
			continue
		}
		entry, _ := u.engine.Lock.Entry(r.Address)
		if p := entry.Pending; p != nil && p.Key == r.Doubt.Key {
			doubts = append(doubts, doubt{Address: r.Address, intent: *p, unwanted: true})
		}
	}
	out, least := u.engine.settle(ctx, u.account, doubts)
	u.least += least
	for _, r := range u.deeds {
		if v := out[r.Address]; v.id != "" {
			r.made = v.id
		}
	}
	return out
}

// look reads every character that the run had to do with.
func (u *undoing) look(ctx context.Context) (least int, broken error) {
	var needs []need
	var of []*reversal
	for _, r := range u.deeds {
		r.seen = map[string]seen{}
		for _, id := range r.ids() {
			needs = append(needs, need{id: id, paths: r.paths(u.account.Driver, id)})
			of = append(of, r)
		}
	}
	waits := make([]*awaited, len(needs))
	unsettled := u.unsettled()
	for i, r := range of {
		waits[i] = u.awaits(r, unsettled[needs[i].id], needs[i].id)
	}
	found := make([]seen, len(needs))
	least, broken = u.engine.observeLate(ctx, u.account, "observe", needs, func(i int) *awaited { return waits[i] }, func(i int, s seen) { found[i] = s })
	for i, s := range found {
		of[i].seen[needs[i].id] = s
	}
	return least, broken
}

// unsettled are the entries, by id, of which the lock holds a write that was
// not seen yet.
func (u *undoing) unsettled() map[string]Entry {
	out := map[string]Entry{}
	for _, entry := range u.engine.Lock.PeekAll() {
		if entry.Target == u.instance && entry.ID != "" && (entry.Pending != nil || entry.Unseen != nil) {
			out[entry.ID] = entry
		}
	}
	return out
}

// awaits is what a reading may not show yet: a write that the lock holds, or
// the removal of what the run replaced.
func (u *undoing) awaits(r *reversal, entry Entry, id string) *awaited {
	if entry.ID != "" {
		return u.engine.awaits(u.account, entry, id)
	}
	at, sent := r.removedAt[id]
	if !sent || r.Untouched {
		return nil
	}
	return &awaited{since: moment(at), shown: func(s seen) bool { return removed(u.account, s) }}
}

// ids are the characters to look at: those that the run made, wrote to and
// removed.
func (r *reversal) ids() []string {
	ids := map[string]bool{}
	for _, id := range append(slices.Clone(r.Removed), r.made, r.Restored) {
		ids[id] = true
	}
	for id := range r.Sent {
		ids[id] = true
	}
	if r.Change != nil && r.made != "" {
		ids[r.Change.ID] = true // what a replacement was to replace
	}
	delete(ids, "")
	return slices.Sorted(maps.Keys(ids))
}

// paths are the fields that must be seen: those that were sent, and for what
// an undo would remove or replace, all.
func (r *reversal) paths(d *providers.Driver, id string) []spec.Path {
	if id == r.made || id == r.Restored || len(r.Sent[id]) == 0 {
		return allPaths(d.Fields)
	}
	return slices.Sorted(maps.Keys(r.Sent[id]))
}

// note says what is left as it is.
func (r *reversal) note(format string, args ...any) {
	r.notes = append(r.notes, spec.Diagnostic{Message: fmt.Sprintf(format, args...)})
}

// boundAs finds the pair that is bound to a live character now: under the
// name that it had, or under another since.
func (u *undoing) boundAs(id string) (Entry, bool) {
	for _, entry := range u.engine.Lock.Entries() {
		if entry.Target == u.instance && entry.ID == id && id != "" {
			return entry, true
		}
	}
	return Entry{}, false
}
