package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Apply executes a plan, and nothing but the plan: it reads no manifest. Each
// character is read again before it is written to; one whose live values
// moved since the plan is skipped, with what moved.
//
// A plan that a guard refuses is not begun: the result lists why in Refused.
// When ctx is cancelled, what is in flight is finished and recorded, nothing
// new is begun, and the result says so. The error is for what concerns the
// run as a whole: a plan that was altered, or a disk that can't be written to.
// The result is there in either case, and is true.
func (e *Engine) Apply(ctx context.Context, plan *diff.Plan) (*Result, error) {
	result := &Result{Outcomes: []Outcome{}, Env: plan.Env, Sandbox: plan.Meta.Sandbox}
	if !plan.Intact() {
		return result, spec.Diagnostic{
			Severity: spec.Error, Code: codePlanAltered, Message: "the plan does not fit its digest: it was altered",
			Hint: "make a new plan",
		}
	}
	if err := CheckFit(plan); err != nil {
		return result, err
	}
	e.addUnplanned(plan, result)
	if result.Refused = e.refusals(plan); len(result.Refused) > 0 {
		skipAll(plan, result)
		return result, nil
	}
	if err := e.resign(); err != nil {
		return result, fmt.Errorf("marking the lock: %w", err)
	}
	todo := e.todo(plan, result)
	if !e.reaches(todo) { // nothing will be tried, so there is no run to record
		for target, changes := range todo {
			_, err := e.accountFor(target, changes)
			for _, c := range changes {
				result.add(unreached(c, err))
			}
		}
		result.sort()
		return result, nil
	}
	r := &run{engine: e, result: result, id: newRunID(e.now()), plan: plan.Digest}
	result.RunID = r.id
	err := r.execute(ctx, plan, todo)
	result.sort()
	e.event(Event{Kind: "done"})
	return result, err
}

// addUnplanned counts pairs that could not be planned as failed.
func (e *Engine) addUnplanned(plan *diff.Plan, result *Result) {
	for _, u := range plan.Unplanned {
		result.add(Outcome{Address: u.Address, Status: Failed, Reason: u.Message, Hint: u.Hint, Err: errors.New(u.Message)})
	}
}

// refusals are the guards that stop the whole plan and were not allowed.
func (e *Engine) refusals(plan *diff.Plan) []diff.Block {
	var out []diff.Block
	for _, b := range plan.Guards {
		if !e.Options.Allow[b.Rule] {
			out = append(out, b)
		}
	}
	for i := range plan.Changes {
		for _, b := range plan.Changes[i].Blocked {
			if !stopsOnlyItself(b.Rule) && !e.Options.Allow[b.Rule] {
				b.Message = fmt.Sprintf("%s: %s", plan.Changes[i].Address, b.Message)
				out = append(out, b)
			}
		}
	}
	return out
}

// stopsOnlyItself tells what leaves one pair out from what refuses the run.
func stopsOnlyItself(rule string) bool { return rule == "conflict" || rule == "drift" }

func skipAll(plan *diff.Plan, result *Result) {
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Action == diff.Report && len(c.Blocked) == 0 {
			continue
		}
		o := Outcome{Address: c.Address, Action: c.Action, ID: c.ID, Status: Skipped, Reason: "a guard refused the run"}
		if len(c.Blocked) > 0 {
			o.Rule, o.Reason, o.Hint = c.Blocked[0].Rule, c.Blocked[0].Message, c.Blocked[0].Hint
		}
		result.add(o)
	}
	result.sort()
}

// todo sorts the changes that will be done by target, and counts the others.
func (e *Engine) todo(plan *diff.Plan, result *Result) map[string][]*diff.Change {
	todo := map[string][]*diff.Change{}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if b := slices.IndexFunc(c.Blocked, func(b diff.Block) bool { return stopsOnlyItself(b.Rule) }); b >= 0 {
			result.add(Outcome{
				Address: c.Address, Action: c.Action, ID: c.ID, Status: Skipped,
				Rule: c.Blocked[b].Rule, Reason: c.Blocked[b].Message, Hint: c.Blocked[b].Hint,
			})
			continue
		}
		if c.Action != diff.Report {
			todo[c.Target] = append(todo[c.Target], c)
		}
	}
	return todo
}

// reaches reports whether any account that something is to be done at can be
// used.
func (e *Engine) reaches(todo map[string][]*diff.Change) bool {
	for target, changes := range todo {
		if _, err := e.accountFor(target, changes); err == nil {
			return true
		}
	}
	return false
}

func allowedRules(allow map[string]bool) []string {
	var out []string
	for rule, yes := range allow {
		if yes {
			out = append(out, rule)
		}
	}
	slices.Sort(out)
	return out
}

// run is one execution of a plan.
type run struct {
	engine *Engine
	id     string
	plan   string // its digest
	record *runRecord

	mu     sync.Mutex
	result *Result
	broken error // the disk failed: nothing is sent any more
	done   int
	total  int
}

func (r *run) execute(ctx context.Context, plan *diff.Plan, todo map[string][]*diff.Change) (err error) {
	e := r.engine
	ctx = providers.WithMessage(ctx, "charsync "+r.id)
	if err := e.Lock.Begin(r.id); err != nil {
		return err
	}
	head := RunHead{
		FormatVersion: RunVersion, ID: r.id, At: e.now().UTC().Format(time.RFC3339),
		Who: e.Options.Who, Command: e.Options.Command, Version: e.Options.Version, Env: plan.Env, Plan: plan.Digest,
		Undoes: plan.Undo, Resumes: e.Options.Resumes, Allow: allowedRules(e.Options.Allow),
	}
	if r.record, err = openRecord(e.Options.RunDir, head, plan, e.Options.Now, e.openLog); err != nil {
		r.breakDown(err)
	}
	for _, changes := range todo {
		r.total += len(changes)
	}
	var g errgroup.Group
	for _, target := range slices.Sorted(maps.Keys(todo)) {
		g.Go(func() error {
			r.runAccount(ctx, target, todo[target])
			return nil
		})
	}
	_ = g.Wait() // what failed is in the result
	return r.finish(ctx)
}

// finish brings the lock and the record to their final form.
func (r *run) finish(ctx context.Context) error {
	if ctx.Err() != nil {
		r.result.Interrupted = true
	}
	if err := r.engine.Lock.Finish(); err != nil {
		r.breakDown(err)
	}
	r.result.sort()
	if err := r.record.write(RunLine{Kind: "end", Result: r.result}); err != nil {
		r.breakDown(err)
	}
	if err := r.record.close(); err != nil {
		r.breakDown(err)
	}
	if r.broken == nil {
		return nil
	}
	return spec.Diagnostic{
		Severity: spec.Error, Code: codeNotRemembered, Message: "the run was stopped, since it could not be recorded: " + r.broken.Error(),
		Hint: "make room or make the project's folder writable, then run again: what was in doubt is settled first",
	}
}

// breakDown stops the run: what can't be recorded is not sent.
func (r *run) breakDown(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken == nil {
		r.broken = err
	}
}

func (r *run) brokenDown() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken
}

// put stores an entry in the lock. A failure stops the run.
func (r *run) put(e Entry) error {
	if err := r.engine.Lock.Put(r.engine.signed(e)); err != nil {
		r.breakDown(err)
		return err
	}
	return nil
}

func (r *run) drop(a diff.Address) error {
	if err := r.engine.Lock.Drop(a); err != nil {
		r.breakDown(err)
		return err
	}
	return nil
}

// note writes a line of the run record. A failure stops the run.
func (r *run) note(line RunLine) error {
	if err := r.record.write(line); err != nil {
		r.breakDown(err)
		return err
	}
	return nil
}

// close takes the outcome of a change into the result.
func (r *run) close(o Outcome) {
	line := RunLine{Kind: "outcome", Address: o.Address, Action: o.Action, ID: o.ID, Outcome: &o, Doc: o.after, Untouched: o.untouched}
	if o.Err != nil {
		line.Error = o.Err.Error()
	}
	_ = r.note(line) // a failure is kept in the run
	o.after = nil
	r.mu.Lock()
	r.result.add(o)
	r.done++
	done, total := r.done, r.total
	r.mu.Unlock()
	r.engine.event(Event{Kind: "write", Address: o.Address, Instance: o.Target, Done: done, Total: total, Text: o.Status})
}
