package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Undo plans to take a run back. It compares three ways, field by field: what
// the run left is the base, what was there before it is wanted, and live is
// now. So what nobody touched since is restored, and what was edited later is
// a conflict, which the policy decides. Only what the run did is taken back,
// however it ended. The plan is executed as any other; it needs no manifest.
func (e *Engine) Undo(ctx context.Context, run *Run) (*diff.Plan, error) {
	plan := &diff.Plan{
		FormatVersion: diff.FormatVersion, Complete: true, Env: run.Head.Env, Undo: run.Head.ID, Changes: []diff.Change{},
		Meta: diff.Meta{CreatedAt: e.now().UTC().Format(time.RFC3339), Version: e.Options.Version, Project: e.Project.Name},
	}
	later := e.settledLater(run)
	byTarget := map[string]*undoing{}
	for _, d := range run.Deeds {
		if !d.Wrote() {
			continue
		}
		u := byTarget[d.Target]
		if u == nil {
			u = &undoing{engine: e, run: run, accountPlan: &accountPlan{instance: d.Target, account: e.Accounts[d.Target]}}
			byTarget[d.Target] = u
		}
		u.deeds = append(u.deeds, &reversal{Deed: d, made: d.Created, later: later})
	}
	var g errgroup.Group
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		g.Go(func() error {
			byTarget[target].plan(ctx)
			return nil
		})
	}
	_ = g.Wait() // what failed is in the parts
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		e.gather(byTarget[target].accountPlan, plan)
	}
	guardPlan(plan, shares{bound: e.boundPairs(), changes: e.Options.Policy.MaxChanges, deletes: e.Options.Policy.MaxDeletes}, e.Options.Allow)
	plan.Seal()
	e.event(Event{Kind: "done"})
	return plan, nil
}

// boundPairs counts what the lock binds.
func (e *Engine) boundPairs() int {
	n := 0
	for _, entry := range e.Lock.Entries() {
		if entry.ID != "" {
			n++
		}
	}
	return n
}

// settledLater finds, in the records of later runs, what became of creations
// whose answer this run did not get.
func (e *Engine) settledLater(run *Run) map[string]string {
	out := map[string]string{}
	if !slices.ContainsFunc(run.Deeds, func(d *Deed) bool { return d.Doubt != nil }) {
		return out
	}
	heads, _, err := ListRuns(e.Options.RunDir)
	if err != nil {
		return out
	}
	for _, h := range heads {
		if h.Number <= run.Head.Number {
			break
		}
		_, _ = RunLines(e.Options.RunDir, h.ID, func(line RunLine) error { // what can't be read tells nothing
			if (line.Kind == "settled" || line.Kind == "created") && line.Key != "" {
				out[line.Key] = line.ID
			}
			return nil
		})
	}
	return out
}

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
		case err != nil && broken != nil && err == broken:
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
	found := make([]seen, len(needs))
	least, broken = u.engine.observe(ctx, u.account, "observe", needs, func(i int, s seen) { found[i] = s })
	for i, s := range found {
		of[i].seen[needs[i].id] = s
	}
	return least, broken
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
func (r *reversal) note(hint, format string, args ...any) {
	r.notes = append(r.notes, spec.Diagnostic{Message: fmt.Sprintf(format, args...), Hint: hint})
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

// reverse is the change that takes a deed back; nil when nothing of it is
// left to be taken back.
func (u *undoing) reverse(ctx context.Context, r *reversal, v verdict) (*diff.Change, error) {
	if v.err != nil {
		return nil, v.err
	}
	for _, id := range r.ids() {
		if err := r.seen[id].err; err != nil {
			return nil, err
		}
	}
	planned := diff.Change{Action: diff.Update}
	if r.Change != nil {
		planned = *r.Change
	}
	switch {
	case r.made != "" && planned.Action == diff.Replace:
		return u.goBack(ctx, r, planned.ID, r.made)
	case r.made != "":
		return u.unmake(r, r.made)
	case r.Doubt != nil && len(r.Removed) == 0 && len(r.Sent) == 0:
		return u.forgetDoubt(r)
	case (r.Restored != "" || planned.Rebind) && planned.Superseded != "" && slices.Contains(r.Removed, planned.Superseded):
		return u.goBack(ctx, r, planned.Superseded, planned.ID)
	case r.Restored != "" || planned.Rebind && len(r.Sent) > 0:
		return u.unmake(r, planned.ID)
	case len(r.Removed) > 0 && len(r.Sent) == 0 && (planned.Action == diff.Delete || r.Change == nil):
		return u.comeBack(ctx, r, r.Removed[0])
	}
	for _, id := range r.Removed {
		r.note("", "%s, which an earlier replacement had left behind, was removed: it is not brought back", id)
	}
	for id := range r.Sent {
		return u.putBack(r, id)
	}
	return nil, nil
}

// forgetDoubt ends an attempt to create that came to nothing.
func (u *undoing) forgetDoubt(r *reversal) (*diff.Change, error) {
	entry, _ := u.engine.Lock.Entry(r.Address)
	if entry.Pending == nil || entry.Pending.Key != r.Doubt.Key {
		return nil, nil
	}
	c := u.change(r, diff.Record, entry)
	c.Reason = "the attempt to create it came to nothing"
	if c.ID = entry.ID; c.ID == "" {
		c.ID, c.Gone = entry.Pending.Key, entry.Pending.Key
	}
	return c, nil
}

// change starts a change for a pair as the lock has it now.
func (u *undoing) change(r *reversal, action diff.Action, entry Entry) *diff.Change {
	c := &diff.Change{
		Address: r.Address, Provider: u.account.Driver.Name, Action: action, ID: entry.ID, Protect: entry.Protect,
		Superseded: entry.Old,
	}
	if entry.Name != "" {
		c.Address = entry.Address
	}
	return c
}

// decide applies the policy to what was edited since the run.
func (u *undoing) decide(c *diff.Change) {
	n := 0
	for i := range c.Fields {
		f := &c.Fields[i]
		if f.Class == diff.Drift {
			f.Class = diff.Conflict
		}
		if f.Class == diff.Conflict {
			n++
			f.Send = c.Action != diff.Delete
		}
	}
	if n == 0 || u.engine.Options.Policy.Conflict == "overwrite" {
		return
	}
	for i := range c.Fields {
		c.Fields[i].Send = false
	}
	c.Blocked = append(c.Blocked, diff.Block{
		Rule: string(diff.Conflict), Message: fmt.Sprintf("%s changed on %s since the run", plural(n, "field"), c.Target),
		Hint: fmt.Sprintf("`charsync undo %s --conflict overwrite` takes the run back all the same, and the later edit with it", u.run.Head.ID),
	})
}
