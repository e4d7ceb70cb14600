package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/diff"
)

// Undo plans to take a run back. It compares three ways, field by field: what
// the run left is the base, what was there before it is wanted, and live is
// now. So what nobody touched since is restored, and what was edited later is
// a conflict, which the policy decides. Only what the run did is taken back,
// however it ended. The plan is executed as any other; it needs no manifest.
func (e *Engine) Undo(ctx context.Context, run *Run) (*diff.Plan, error) {
	plan := &diff.Plan{
		FormatVersion: diff.FormatVersion, Complete: true, Env: run.Head.Env, Undo: run.Head.ID, Changes: []diff.Change{},
		Meta: e.meta(),
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
	e.seal(plan)
	e.event(Event{Kind: "done"})
	return plan, nil
}

// boundPairs counts what the lock binds at the instances in play: what shares
// are shares of, whatever is selected.
func (e *Engine) boundPairs() int {
	n := 0
	for instance := range e.Project.Instances {
		if e.Set != nil && !e.resolve().inPlay[instance] {
			continue
		}
		for _, bound := range e.Lock.Bound(instance) {
			n += bound
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
		_, _ = runLines(e.Options.RunDir, h.ID, func(line RunLine) error { // what can't be read tells nothing
			if (line.Kind == "settled" || line.Kind == "created") && line.Key != "" {
				out[line.Key] = line.ID
			}
			return nil
		})
	}
	return out
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
		r.note("%s, which an earlier replacement had left behind, was removed: it is not brought back", id)
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
