package harness

import (
	"context"
	"strings"
)

// converge applies plainly until nothing is left to do.
func (w *world) converge(ctx context.Context) error {
	w.gate.sandbox.ClearFaults()
	args := []string{"apply", "--yes", "--format", "json", "--prune", "--conflict", "overwrite", "--drift", "enforce", allowAll()}
	const most = 4
	for n := 1; ; n++ {
		s := situation{number: w.gate.journal.begin(), prune: true, records: records(w.dir), everything: true}
		var err error
		if s.lock, err = readLock(w.dir); err != nil {
			return err
		}
		w.forgetManagedPlants()
		w.gate.expect(func(x *exchange) string { return w.intended(x, s) })
		w.gate.begin(nil)
		v := w.inside(ctx, nil, args...)
		w.gate.quiet(s.killed)
		w.commands++
		w.step("plain run %d (%d) → %d", n, s.number, v.code)
		w.judge(&s, v)
		w.countFaults()
		if len(w.findings) > 0 {
			return nil
		}
		left := v
		if v.code == 0 && len(w.gate.journal.of(s.number)) == 0 {
			if left = w.emptyPlan(ctx); left.code == 0 {
				break
			}
		}
		if n == most || len(w.findings) > 0 {
			w.find("after %d plain applies there is still something to do: exit %d\n%s%s", n, left.code, left.out, left.err)
			return nil
		}
	}
	w.finalStore()
	w.bystandersMoved()
	return nil
}

// emptyPlan asks for a plan. One that exits with 0 must say that it is empty.
// It may not be, even after an apply that had nothing to write: a creation
// that was in doubt and that no manifest wants any more is bound by one run
// and removed by the next.
func (w *world) emptyPlan(ctx context.Context) invocation {
	number := w.gate.journal.begin()
	w.gate.begin(nil)
	v := w.inside(ctx, nil, "plan", "--prune", "--detailed-exitcode")
	const empty = "Plan: 0 to create, 0 to update, 0 to delete, 0 drifted, 0 in conflict.\n"
	if (v.code == 0) != strings.HasSuffix(v.out, empty) {
		w.find("the plan exits with %d and says\n%s%s", v.code, v.out, v.err)
	}
	for _, d := range w.gate.journal.of(number) {
		w.find("plan wrote: %s", d)
	}
	return v
}
