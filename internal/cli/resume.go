package cli

import (
	"context"

	"github.com/charsync/charsync/pkg/apply"
)

// resume carries out what a run that was stopped had not done, from the plan
// in its record. It reads no manifest.
func (a *app) resume(ctx context.Context, f *applyFlags, word string) error {
	if err := f.refuseWithPlan(); err != nil {
		return err
	}
	if err := f.checkLockTimeout(); err != nil {
		return err
	}
	s, err := a.openSession()
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.hold(ctx, f.lockTimeout); err != nil {
		return err
	}
	if err := s.fetchRecords(ctx); err != nil {
		return err
	}
	run, err := s.findRun(s.runDir, word)
	if err != nil {
		return err
	}
	if err := s.mayAsk(f.yes, "apply --resume "+word); err != nil {
		return err
	}
	if err := s.openLock(ctx); err != nil {
		return err
	}
	s.command = "apply --resume " + run.Head.ID
	engine := s.engine(&f.runFlags, writing)
	plan, err := engine.Resume(run)
	if err != nil {
		return runError(err)
	}
	if run.State == apply.RunComplete && len(plan.Changes) == 0 {
		s.note("Run %s did all of its plan: nothing is left.", run.Head.ID)
	}
	return s.carryOut(ctx, engine, plan, f, "Finish this run?")
}
