package apply

import (
	"slices"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Resume is the plan of what a run had not done when it stopped: of the plan
// that it was executing, the changes that did not come to a good end. What
// the run was allowed is allowed again. Nothing is read and nothing compared
// anew: the plan is as stale as it is, and Apply refuses what has moved.
func (e *Engine) Resume(run *Run) (*diff.Plan, error) {
	if run.Plan == nil {
		return nil, spec.Diagnostic{
			Severity: spec.Error, Code: codeNotResumed, Message: "the plan of run " + run.Head.ID + " can't be read: it is missing, cut short or altered",
			Hint: "run charsync apply, which plans anew; what is in doubt is settled first",
		}
	}
	plan := *run.Plan
	plan.Changes = slices.Clone(plan.Changes)
	plan.Changes = slices.DeleteFunc(plan.Changes, func(c diff.Change) bool {
		d := run.Deed(c.Address)
		return c.Action == diff.Report || d != nil && d.Outcome != nil && d.Outcome.Status == Done
	})
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if d := run.Deed(c.Address); d != nil && c.Action == diff.Create {
			c.ID = d.Created // made already: what is missing is sent
		}
		entry, bound := e.Lock.Entry(c.Address)
		if c.Action == diff.Create && c.ID == "" && bound && entry.Run == run.Head.ID && entry.ID != c.Gone {
			c.ID = entry.ID // killed between the lock's line and the record's
		}
	}
	plan.Calls, plan.Unchanged, plan.Orphans = nil, 0, nil
	plan.Meta.CreatedAt = e.now().UTC().Format(time.RFC3339)
	if e.Options.Allow == nil {
		e.Options.Allow = map[string]bool{}
	}
	for _, rule := range run.Head.Allow {
		e.Options.Allow[rule] = true
	}
	e.Options.Resumes = run.Head.ID
	plan.Seal()
	return &plan, nil
}
