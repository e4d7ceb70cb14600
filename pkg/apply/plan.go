package apply

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/diff"
)

// Plan observes what is live, compares it with the manifests and the lock,
// and returns what an apply would do. It writes nothing, neither to a
// provider nor to the lock. What could not be read is in the plan, which is
// then not complete; the returned error is ctx's alone.
func (e *Engine) Plan(ctx context.Context) (*diff.Plan, error) {
	resolved := e.span("resolve")
	chosen := e.resolve()
	resolved()
	plan := e.newPlan(chosen)
	byName := e.accountWork(chosen)
	e.addOrphans(chosen, byName, plan)
	work := sortedWork(byName)
	e.claimRenamed(work)
	if err := e.planAccounts(ctx, work, plan); err != nil {
		return nil, err
	}
	spareAfterFailure(work, plan)
	figures := e.shares(work)
	figures.edits = sharedEdits(chosen.list, plan.Changes)
	figures.overlaid = e.overlaid(chosen.list, plan.Changes)
	guardPlan(plan, figures, e.Options.Allow)
	e.markKnown(plan)
	e.seal(plan)
	if err := e.judgeTwins(ctx, work, plan); err != nil {
		return nil, err
	}
	e.event(Event{Kind: "done"})
	return plan, nil
}

func (e *Engine) newPlan(chosen *pairs) *diff.Plan {
	return &diff.Plan{
		FormatVersion: diff.FormatVersion, Complete: !hasErrors(chosen.diagnostics), Env: e.Options.Env,
		Changes: []diff.Change{}, Diagnostics: slices.Clone(chosen.diagnostics),
		Meta: e.meta(),
	}
}

func (e *Engine) meta() diff.Meta {
	return diff.Meta{CreatedAt: e.now().UTC().Format(time.RFC3339), Version: e.Options.Version, Project: e.Project.Name, Sandbox: e.Options.Sandbox}
}

// accountWork sorts the pairs by account.
func (e *Engine) accountWork(chosen *pairs) map[string]*accountPlan {
	byName := map[string]*accountPlan{}
	for _, q := range chosen.list {
		w := e.workAt(byName, q.Target)
		w.pairs = append(w.pairs, q)
	}
	return byName
}

func (e *Engine) workAt(byName map[string]*accountPlan, instance string) *accountPlan {
	w, ok := byName[instance]
	if !ok {
		w = &accountPlan{instance: instance, account: e.Accounts[instance]}
		byName[instance] = w
	}
	return w
}

// shares are the figures for the guards. Explicit destruction is not measured
// by shares: it always removes everything that was selected.
func (e *Engine) shares(work []*accountPlan) shares {
	s := shares{changes: e.Options.Policy.MaxChanges, deletes: e.Options.Policy.MaxDeletes, finishing: map[diff.Address]bool{}}
	for _, w := range work {
		s.bound += w.bound
		for _, a := range w.finishing {
			s.finishing[a] = true
		}
	}
	s.bound = max(s.bound, e.boundPairs()) // a manifest may bind what the lock does not know yet
	return s
}

func sortedWork(byName map[string]*accountPlan) []*accountPlan {
	work := make([]*accountPlan, 0, len(byName))
	for _, w := range byName {
		work = append(work, w)
	}
	slices.SortFunc(work, func(a, b *accountPlan) int { return strings.Compare(a.instance, b.instance) })
	return work
}

// planAccounts reads all accounts side by side and gathers what they say.
func (e *Engine) planAccounts(ctx context.Context, work []*accountPlan, plan *diff.Plan) error {
	var g errgroup.Group
	for _, w := range work {
		g.Go(func() error {
			e.planAccount(ctx, w)
			return nil
		})
	}
	_ = g.Wait() // what failed is in the parts
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, w := range work {
		e.gather(w, plan)
	}
	return nil
}

func (e *Engine) gather(w *accountPlan, plan *diff.Plan) {
	if calls, any := e.countCalls(w); any {
		plan.Calls = append(plan.Calls, calls)
	}
	for _, c := range w.changes {
		if c != nil {
			plan.Changes = append(plan.Changes, *c)
		}
	}
	plan.Orphans = slices.DeleteFunc(plan.Orphans, func(o diff.Orphan) bool { return w.claimed[o.Address] })
	plan.Unchanged += w.unchanged
	plan.Unplanned = append(plan.Unplanned, w.unplanned...)
	plan.Diagnostics = append(plan.Diagnostics, w.diagnostics...)
	for _, b := range w.guards {
		if !e.Options.Allow[b.Rule] {
			plan.Guards = append(plan.Guards, b)
		}
	}
	if len(w.unplanned) > 0 || hasErrors(w.diagnostics) {
		plan.Complete = false
	}
}
