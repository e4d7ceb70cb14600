package apply

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Drift reports what changed on the providers since the last apply, of what
// the lock binds and the selection means: managed fields that hold something
// else, and characters that are gone. It sends nothing but reads, and the
// report can't be applied. A character whose manifest is gone is looked at
// too, by what was last applied to it. A field that left the manifest is not
// managed any more, so what it holds is no drift.
func (e *Engine) Drift(ctx context.Context) (*diff.Plan, error) {
	chosen := e.resolve()
	plan := e.newPlan(chosen)
	plan.About = diff.AboutDrift
	work := e.driftWork(chosen, plan)
	var g errgroup.Group
	for _, w := range work {
		g.Go(func() error {
			w.look(ctx)
			return nil
		})
	}
	_ = g.Wait() // what failed is in the parts
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, w := range work {
		e.gather(w.accountPlan, plan)
	}
	for i := range plan.Calls { // nothing follows
		plan.Calls[i].Writes, plan.Calls[i].Reads, plan.Calls[i].Wait = 0, 0, ""
	}
	runs := lastRuns{dir: e.Options.RunDir, known: map[string]*diff.Applied{}}
	for i := range plan.Changes {
		entry, _ := e.Lock.Peek(plan.Changes[i].Address)
		plan.Changes[i].Applied = runs.applied(entry.Run)
	}
	plan.Seal()
	e.event(Event{Kind: "done"})
	return plan, nil
}

// drifting is the part of a report on drift that one account is asked for. The
// entries to look at stand in prune, where an account's work keeps them.
type drifting struct {
	*accountPlan
	engine *Engine
	of     map[diff.Address]*pair
}

func (e *Engine) driftWork(chosen *pairs, plan *diff.Plan) []*drifting {
	of := map[diff.Address]*pair{}
	for _, q := range chosen.list {
		of[q.Address] = q
	}
	whole := e.Set.Complete && !e.Set.Partial // else which manifests are gone can't be told
	var work []*drifting
	for _, w := range e.boundWork(chosen, plan, func(entry Entry) bool { return whole && !e.wanted(entry.Address) }) {
		work = append(work, &drifting{accountPlan: w, engine: e, of: of})
	}
	return work
}

// look reads what is bound at an account and notes what moved.
func (d *drifting) look(ctx context.Context) {
	if _, err := d.engine.account(d.instance); err != nil {
		d.broken = err
		d.engine.planNothing(d.accountPlan, err)
		return
	}
	before := d.account.sent()
	rules := d.account.rules()
	d.bound = len(d.prune)
	d.changes = make([]*diff.Change, len(d.prune))
	failures := make([]error, len(d.prune))
	needs := make([]need, len(d.prune))
	for i, entry := range d.prune {
		needs[i] = need{id: entry.ID, paths: markedPaths(rules, entry)}
	}
	waits := func(i int) *awaited { return d.engine.awaits(d.account, d.prune[i], d.prune[i].ID) }
	least, broken := d.engine.observeLate(ctx, d.account, "observe", needs, waits, func(i int, s seen) {
		d.changes[i], failures[i] = d.moved(d.prune[i], s)
	})
	d.least, d.made = least, d.account.requests()-before
	unchanged := make([]bool, len(d.prune))
	for i := range unchanged {
		unchanged[i] = d.changes[i] == nil && failures[i] == nil
	}
	d.engine.sumUp(d.accountPlan, unchanged, failures, broken)
}

// moved is what happened to a bound character since the last apply; nil is
// nothing.
func (d *drifting) moved(entry Entry, s seen) (*diff.Change, error) {
	q := d.of[entry.Address]
	switch {
	case s.err != nil:
		return nil, s.err
	case q != nil && q.err != nil:
		return nil, q.err
	}
	c := &diff.Change{Address: entry.Address, Provider: d.account.Driver.Name, Action: diff.Report, ID: entry.ID, Protect: entry.Protect}
	if q != nil {
		c.Labels, c.Source = q.character.Labels, q.character.Pos
	}
	entry, merged := d.engine.reconcile(d.account, entry, s.doc)
	switch {
	case s.gone:
		c.Gone, c.Reason = entry.ID, "not found on "+entry.Target
		return c, nil
	case q == nil:
		c.Fields, c.Reason = diff.MovedLive(d.account.rules(), s.doc, entry.Fields), "no manifest names it any more"
	case !merged && q.settled && asMarked(d.account.rules(), entry, s.doc):
	default:
		if err := d.engine.recall(q); err != nil {
			return nil, err
		}
		c.Fields = d.against(q, entry, s.doc)
	}
	if len(c.Fields) == 0 {
		return nil, nil
	}
	return c, nil
}

// against compares as a plan does, and keeps what live had a part in. The
// manifest's value is what was, and the live one what became of it.
func (d *drifting) against(q *pair, entry Entry, live diff.Doc) []diff.FieldChange {
	rules := d.account.rules()
	fields := diff.Fields(rules, q.whole.Doc, live, q.prior(entry, entry.ID, rules, live))
	fields = slices.DeleteFunc(fields, func(f diff.FieldChange) bool { return f.Class != diff.Drift && f.Class != diff.Conflict })
	for i := range fields {
		f := &fields[i]
		f.Before, f.After, f.BeforeKnown, f.Send = f.After, f.Before, true, false
	}
	return fields
}

func unknownInstance(entry Entry) spec.Diagnostic {
	return spec.Diagnostic{
		Severity: spec.Error, Code: codeUnknownName, Character: entry.Name, Target: entry.Target,
		Message: fmt.Sprintf("%s is bound at %s, which is not a provider instance of this project", entry.Name, entry.Target),
		Hint:    fmt.Sprintf("add the instance to charsync.yaml, or forget the binding with `charsync state rm %s/%s`", entry.Name, entry.Target),
	}
}

// lastRuns looks up what the lock names: runs, by their records where these
// are, else by what a run's name says.
type lastRuns struct {
	dir   string
	known map[string]*diff.Applied
}

func (l lastRuns) applied(id string) *diff.Applied {
	if id == "" {
		return nil
	}
	if a, ok := l.known[id]; ok {
		return a
	}
	a := LastApplied(l.dir, id)
	l.known[id] = a
	return a
}

// LastApplied says which run an entry of the lock names: by its record, where
// dir holds it, else by what its name tells. It is nil for no run.
func LastApplied(dir, id string) *diff.Applied {
	if id == "" {
		return nil
	}
	a := &diff.Applied{Run: id, Command: recordless(id)}
	if head, err := readRunHead(dir, id); err == nil {
		a.At, a.Who, a.Command = head.At, head.Who, head.Command
	} else if at, err := time.Parse(runStamp, id[:min(len(id), len(runStamp))]); err == nil {
		a.At = at.Format(time.RFC3339)
	}
	return a
}
