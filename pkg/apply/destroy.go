package apply

import (
	"context"
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Destroy plans the removal of what is bound and selected, whether it has a
// manifest or not: a change for each that says what its service really does.
// Applying it forgets the bindings.
func (e *Engine) Destroy(ctx context.Context) (*diff.Plan, error) {
	chosen := e.resolve()
	plan := e.newPlan(chosen)
	for _, name := range e.Options.Selection.Names {
		if len(e.Lock.Show(name)) == 0 && e.Set.Find(name) == nil {
			plan.Complete = false
			plan.Diagnostics = append(plan.Diagnostics, spec.Diagnostic{
				Severity: spec.Error, Code: codeUnknownName, Message: fmt.Sprintf("neither a manifest nor the lock knows %q", name),
				Hint: "`charsync state list` shows what is bound",
			})
		}
	}
	work := e.boundWork(chosen, plan, func(entry Entry) bool { return !e.wanted(entry.Address) })
	if err := e.planAccounts(ctx, work, plan); err != nil {
		return nil, err
	}
	pairs := map[diff.Address]*pair{}
	for _, q := range chosen.list {
		pairs[q.Address] = q
	}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if q := pairs[c.Address]; q != nil {
			c.Source, c.Labels, c.Protect = q.character.Pos, q.character.Labels, c.Protect || q.protect()
		}
	}
	everything := shares{changes: spec.Percent(100), deletes: spec.Percent(100)}
	guardPlan(plan, everything, e.Options.Allow)
	e.seal(plan)
	return plan, nil
}

// boundWork sorts what is bound and selected by account, with and without a
// manifest. The entries stand in prune.
func (e *Engine) boundWork(chosen *pairs, plan *diff.Plan, orphan func(Entry) bool) []*accountPlan {
	mine := map[diff.Address]bool{}
	for _, q := range chosen.list {
		mine[q.Address] = true
	}
	byName := map[string]*accountPlan{}
	for _, entry := range e.Lock.Entries() {
		if entry.ID == "" || !mine[entry.Address] && e.holderOf(entry) == nil && !(orphan(entry) && chosen.inPlay[entry.Target] && e.orphanSelected(entry)) {
			continue
		}
		if e.addStale(chosen, byName, entry) {
			continue
		}
		if a := e.Accounts[entry.Target]; a == nil || a.Driver == nil {
			plan.Complete = false
			plan.Diagnostics = append(plan.Diagnostics, unknownInstance(entry))
			continue
		}
		w := e.workAt(byName, entry.Target)
		w.prune = append(w.prune, entry)
	}
	return sortedWork(byName)
}
