package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

// applyFlags are those of commands that write to providers.
type applyFlags struct {
	runFlags
	report reportFlags
	review reviewFlags
	resume string

	partial bool // do what can be done where a credential is missing
	wholly  bool // the command refuses that unless partial
}

func (a *app) applyCommand() *cobra.Command {
	var f applyFlags
	cmd := manual{
		use:   "apply [PLANFILE | NAME or PATH...] [flags]",
		short: "Make the live characters what the manifests say",
		long: `Plans afresh, shows the plan, asks, and carries it out, for everything or for the
characters that are named; or carries out exactly the plan that plan --out froze,
without reading a manifest: a file that is a plan is a plan. Each character is read
again before it is written, and read back after: one that moved in the meantime
is left alone, one that did not keep what was sent has failed.
With --reviewed or --expect-digest it plans afresh and applies only the plan that
was reviewed, without asking: a plan that would do anything else is refused with
what differs, and nothing is written.`,
		examples: []string{
			"charsync apply",
			"charsync apply --yes",
			"charsync apply mira-innkeeper            # as for plan",
			"charsync apply tavern.plan",
			"charsync apply --reviewed tavern.plan",
			"charsync apply --sandbox --yes",
			"charsync apply --prune --allow max-deletes",
			"charsync apply --resume latest",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitStale, exitRefused, exitPart, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(f.report.format, formatText, formatJSON); err != nil {
			return err
		}
		f.wholly = !f.partial
		frozen, err := a.planAmong(args)
		switch {
		case err != nil:
			return err
		case f.review.given() && (f.resume != "" || frozen):
			return failed("leave one of them out; a plan file is applied as it is", "apply: --reviewed and --expect-digest are for a plan that is made afresh")
		case f.resume != "" && len(args) > 0:
			return failed("give one of them; a run is resumed as it was planned", "apply: --resume finishes the plan of a run, and takes no other and no selection")
		case f.resume != "":
			return a.resume(cmd.Context(), &f, f.resume)
		case frozen:
			return a.applyFrozen(cmd.Context(), &f, args[0])
		}
		return a.applyFresh(cmd.Context(), &f, args)
	})
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	f.registerBase(cmd)
	f.registerPolicies(cmd)
	yesFlag(cmd, &f.yes)
	cmd.Flags().StringVar(&f.resume, "resume", "", "finish what the plan of this `RUN` had left to do when it stopped, without planning anew")
	complete(cmd, "resume", func(string) []string { names, _ := a.completeRuns(nil, nil, ""); return names })
	f.review.register(cmd)
	cmd.Flags().BoolVar(&f.partial, "partial", false, "where a credential is missing, do what can be done elsewhere; else nothing is written")
	lockFlag(cmd, &f.runFlags)
	formatFlag(cmd, &f.report.format, formatText, formatJSON)
	return cmd
}

func (a *app) applyFresh(ctx context.Context, f *applyFlags, args []string) error {
	review, err := a.reviewed(&f.review)
	if err != nil {
		return err
	}
	f.yes = f.yes || review != nil // the review was the look at it
	f.asks = "apply"
	s, engine, err := a.prepare(ctx, &f.runFlags, args, writing)
	if err != nil {
		return err
	}
	engine.Options.Command = "apply"
	if review != nil {
		engine.Options.Reviewed = review.digest
	}
	defer s.close()
	plan, err := engine.Plan(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	s.narrowed(plan)
	if taken := takenBindings(plan); len(taken) > 0 {
		return taken[0]
	}
	if err := s.check(plan, review, f.report.format); err != nil {
		return err
	}
	return s.carryOut(ctx, engine, plan, f, applyQuestion(plan, engine.Owner))
}

// applyQuestion says how much would be changed, and where: at which accounts, by
// the marks of their owners where these are known.
func applyQuestion(plan *diff.Plan, owner func(instance string) string) string {
	var targets []string
	n := 0
	for i := range plan.Changes {
		if c := &plan.Changes[i]; !c.Stopped() {
			n++
			target := view.SanitizeLine(c.Target)
			if mark := owner(c.Target); mark != "" {
				target += " (account …" + mark + ")"
			}
			targets = append(targets, target)
		}
	}
	slices.Sort(targets)
	question := "Apply " + counted(n, "change") + " to " + view.And(slices.Compact(targets))
	if plan.Env != "" {
		question += ", environment " + view.SanitizeLine(plan.Env)
	}
	if plan.Meta.Sandbox {
		question += ", in the sandbox"
	}
	return question + "?"
}

// carryOut shows a plan, asks where it must, executes the plan and says what
// became of it.
func (s *session) carryOut(ctx context.Context, engine *apply.Engine, plan *diff.Plan, f *applyFlags, question string) error {
	asks := !f.yes && actionable(plan)
	if err := s.showBefore(plan, f, asks); err != nil {
		return err
	}
	if f.wholly {
		if err := wholly(engine, plan); err != nil {
			return err
		}
	}
	if asks {
		agreed, err := s.confirm(ctx, question)
		if err != nil {
			return err
		}
		if !agreed {
			return failed("nothing was changed", "%s", "not confirmed")
		}
	}
	return s.execute(ctx, engine, plan, f.report)
}

// showBefore prints the plan that is about to be carried out: with the result
// as text, on stderr when stdout is for a machine and someone is asked. As a
// document it is the result by itself.
func (s *session) showBefore(plan *diff.Plan, f *applyFlags, asks bool) error {
	switch {
	case f.report.document():
		return s.showPlan(plan, f.report, s.sources(f.env))
	case f.report.format == formatJSON && !asks:
		return nil
	case f.report.format == formatJSON:
		return view.Plan(s.err, plan, s.errStyle())
	case s.flags.quiet && !asks: // the outcomes are the result; why something was not planned stands nowhere else
		return s.result("", func(w io.Writer) error { return view.Unplanned(w, plan, s.outStyle()) })
	}
	return s.result("", func(w io.Writer) error {
		if err := view.Plan(w, plan, s.outStyle()); err != nil || asks {
			return err
		}
		_, err := fmt.Fprintln(w)
		return err
	})
}

func (s *session) execute(ctx context.Context, engine *apply.Engine, plan *diff.Plan, f reportFlags) error {
	s.progress = s.newProgress()
	result, err := engine.Apply(ctx, plan)
	s.progress.stop()
	if result != nil {
		err2 := s.showResult(result, f)
		if err == nil {
			err = err2
		}
	}
	if err != nil {
		return err
	}
	return end(applyCode(plan, result))
}

// showResult says what became of a plan: on stdout, or beside the document that
// stands there.
func (s *session) showResult(result *apply.Result, f reportFlags) error {
	if f.document() {
		return view.Result(s.err, result, s.errStyle())
	}
	return s.result("", func(w io.Writer) error {
		if f.format == formatJSON {
			return view.ResultJSON(w, result)
		}
		return view.Result(w, result, s.outStyle())
	})
}

// actionable reports whether a plan writes anything to a provider.
func actionable(plan *diff.Plan) bool {
	if len(plan.Guards) > 0 {
		return false
	}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Action != diff.Record && c.Action != diff.Report && len(c.Blocked) == 0 {
			return true
		}
	}
	return false
}

// applyCode is what apply exits with. Where several hold, failed comes first,
// then a guard, then what was stale, in conflict or drifted.
func applyCode(plan *diff.Plan, r *apply.Result) code {
	switch {
	case r.Interrupted:
		return exitInterrupted
	case (r.Failed > 0 || !plan.Complete) && r.Wrote():
		return exitPart
	case r.Failed > 0 || !plan.Complete:
		return exitError
	case len(r.Refused) > 0:
		return exitRefused
	}
	for _, o := range r.Outcomes {
		if o.Status == apply.Skipped {
			return exitStale
		}
	}
	return exitDone
}
