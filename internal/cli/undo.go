package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

// undoFlags are those of undo beside what it shares with apply.
type undoFlags struct {
	applyFlags
	out string
}

func (a *app) undoCommand() *cobra.Command {
	var f undoFlags
	cmd := manual{
		use:   "undo [RUN] [flags]",
		short: "Take a run back",
		long: `Plans to restore what the live characters held before a run, shows the plan,
asks, and carries it out. RUN is the beginning of a run's id, or latest; without
it, the newest run that wrote something is meant. Fields that nobody touched
since are put back; a field that was edited later is a conflict, and shown. What
the run created is removed, and what it removed is brought back, or created anew
where the service lets nothing come back. Only what the run did is taken back,
however it ended. An undo is a run itself, so it can be undone.`,
		examples: []string{
			"charsync undo",
			"charsync undo 20261102T09 --yes",
			"charsync undo --conflict overwrite",
			"charsync undo --out back.plan && charsync apply back.plan",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitStale, exitRefused, exitPart, exitInterrupted},
	}.command(wantArgs(0, 1), func(cmd *cobra.Command, args []string) error { return a.undo(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeRuns
	flags := cmd.Flags()
	flags.StringSliceVar(&f.allow, "allow", nil, "let this guard `RULE` pass: "+strings.Join(apply.Guards(), ", "))
	flags.StringVar(&f.conflict, "conflict", "", "what to do where something was edited since the run (`POLICY`): "+strings.Join(conflictPolicies(), ", "))
	complete(cmd, "allow", func(string) []string { return apply.Guards() })
	complete(cmd, "conflict", func(string) []string { return conflictPolicies() })
	yesFlag(cmd, &f.yes)
	flags.StringVar(&f.out, "out", "", "freeze the plan in `FILE` for apply FILE, and change nothing")
	lockFlag(cmd, &f.runFlags)
	f.report.register(cmd)
	return cmd
}

func (a *app) undo(ctx context.Context, f *undoFlags, args []string) error {
	if err := f.report.check(); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	if err := checkFrozen("undo", f.out); err != nil {
		return err
	}
	s, err := a.openSession()
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.fetchRecords(ctx); err != nil {
		return err
	}
	run, err := s.runToUndo(args)
	if err != nil {
		return err
	}
	if f.out == "" {
		if err := s.mayAsk(f.yes, "undo"); err != nil {
			return err
		}
	}
	if len(args) == 0 {
		s.note("Run %s, %s of %s, is taken back.", run.Head.ID, run.Head.Command, run.Head.At)
	}
	s.command = "undo " + run.Head.ID
	access := writing
	if f.out != "" {
		access = reading
	}
	if access == writing {
		if err := s.hold(ctx, f.lockTimeout); err != nil {
			return err
		}
	}
	if err := s.openLock(ctx); err != nil {
		return err
	}
	engine := s.engine(&f.runFlags, access)
	plan, err := engine.Undo(ctx, run)
	s.progress.stop()
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := a.showPlan(plan, f.report, s.sources(plan.Env)); err != nil {
			return err
		}
		if err := a.freeze(plan, f.out); err != nil {
			return err
		}
		return end(planCode(plan, engine.Options, false))
	}
	return s.carryOut(ctx, engine, plan, &f.applyFlags, undoQuestion(plan))
}

func (s *session) runToUndo(args []string) (*apply.Run, error) {
	if len(args) > 0 {
		return s.findRun(s.runDir, args[0])
	}
	run, err := apply.LastWriting(s.runDir)
	if err != nil {
		return nil, runError(err)
	}
	return run, nil
}

// undoQuestion says before the agreement what can't be taken back again.
func undoQuestion(plan *diff.Plan) string {
	removed := 0
	for i := range plan.Changes {
		if c := &plan.Changes[i]; slices.Contains([]diff.Action{diff.Delete, diff.Replace}, c.Action) && !c.Stopped() {
			removed++
		}
	}
	if removed > 0 {
		return fmt.Sprintf("Undo this run, which removes %d live characters?", removed)
	}
	return "Undo this run?"
}
