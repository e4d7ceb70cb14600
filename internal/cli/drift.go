package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// driftFlags are those of drift.
type driftFlags struct {
	runFlags
	report   reportFlags
	failOn   []string
	detailed bool
}

// What drift can be told to fail on.
const (
	failDrift    = "drift"
	failConflict = "conflict"
	failGone     = "gone"
	failNever    = "never"
)

func driftFailures() []string { return []string{failDrift, failConflict, failGone, failNever} }

// statusCommand is drift with the last line of a plan.
func (a *app) statusCommand() *cobra.Command {
	var f driftFlags
	cmd := manual{
		use:   "status [NAME or PATH...] [flags]",
		short: "What changed at the services, and how much is left to apply",
		long: `Shows what drift shows, and after it the last line of a plan: how much of what the
manifests say is not applied yet. It writes nothing anywhere.`,
		examples: []string{"charsync status", "charsync status mira-innkeeper --env stage"},
		exit:     []code{exitDone, exitError, exitChanges, exitInvalid, exitStale, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error { return a.status(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	f.registerBase(cmd)
	cmd.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit with 2 when something changed, or is left to apply")
	return cmd
}

func (a *app) status(ctx context.Context, f *driftFlags, args []string) error {
	s, engine, err := a.prepare(ctx, &f.runFlags, args, reading)
	if err != nil {
		return err
	}
	defer s.close()
	plan, err := engine.Drift(ctx)
	if err == nil {
		engine = s.engineOf(&f.runFlags, engine.Accounts)
		var left *diff.Plan
		if left, err = engine.Plan(ctx); err == nil {
			s.progress.stop()
			return a.showStatus(f, plan, left, engine.Options.Policy)
		}
	}
	s.progress.stop()
	return err
}

func (a *app) showStatus(f *driftFlags, drifted, left *diff.Plan, policy spec.Policy) error {
	err := a.result("", func(w io.Writer) error {
		if len(drifted.Changes) > 0 || !drifted.Complete {
			if err := view.Plan(w, drifted, a.outStyle()); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintln(w, left.Counts().Summary())
		return err
	})
	if err != nil {
		return err
	}
	c := f.code(drifted, policy)
	switch {
	case !left.Complete:
		c = exitError
	case c == exitDone && f.detailed && !left.Empty():
		c = exitChanges
	}
	return end(c)
}

func (a *app) driftCommand() *cobra.Command {
	var f driftFlags
	cmd := manual{
		use:   "drift [NAME or PATH...] [flags]",
		short: "Show what changed on the providers since the last apply",
		long: `Reads what the lock binds and shows what somebody changed on the providers since
the last apply, and which run that was: fields that hold something else, and
characters that are gone. What only the manifests changed is left to plan. It
writes nothing anywhere.
--fail-on drift exits with 4 when anything changed there, conflict only for what
the manifest changed too, gone only for what was deleted there, never not even
under the policy drift: fail.`,
		examples: []string{
			"charsync drift",
			"charsync drift --fail-on drift -q",
			"charsync drift --env live --target convai --fail-on conflict,gone",
			"charsync drift --format html --out drift.html",
			"charsync drift --format json --out drift.json --detailed-exitcode",
		},
		exit: []code{exitDone, exitError, exitChanges, exitInvalid, exitStale, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error { return a.drift(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	f.registerBase(cmd)
	f.report.register(cmd)
	outFlag(cmd, &f.report.out)
	cmd.Flags().StringSliceVar(&f.failOn, "fail-on", nil, "exit with 4 on `WHAT`: "+strings.Join(driftFailures(), ", "))
	complete(cmd, "fail-on", func(string) []string { return driftFailures() })
	cmd.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit with 2 when something changed")
	return cmd
}

func (a *app) drift(ctx context.Context, f *driftFlags, args []string) error {
	if err := f.report.check(); err != nil {
		return err
	}
	for _, what := range f.failOn {
		if !slices.Contains(driftFailures(), what) {
			return oneOf("--fail-on", what, driftFailures())
		}
	}
	s, engine, err := a.prepare(ctx, &f.runFlags, args, reading)
	if err != nil {
		return err
	}
	defer s.close()
	plan, err := engine.Drift(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	s.narrowed(plan)
	if len(args) == 0 && f.base == "" {
		plan.Diagnostics = append(plan.Diagnostics, s.onceHeld(ctx, engine)...)
	}
	if err := a.showPlan(plan, f.report, s.sources(f.env)); err != nil {
		return err
	}
	return end(f.code(plan, engine.Options.Policy))
}

// code is what drift exits with: what could not be read comes first.
func (f *driftFlags) code(plan *diff.Plan, policy spec.Policy) code {
	on := f.failOn
	if len(on) == 0 && policy.Drift == spec.DriftFail {
		on = []string{failDrift}
	}
	switch {
	case !plan.Complete:
		return exitError
	case slices.ContainsFunc(on, func(what string) bool { return failsOn(plan, what) }):
		return exitStale
	case f.detailed && len(plan.Changes) > 0:
		return exitChanges
	}
	return exitDone
}

func failsOn(plan *diff.Plan, what string) bool {
	switch what {
	case failDrift:
		return len(plan.Changes) > 0
	case failConflict:
		return plan.Counts().Conflict > 0
	case failGone:
		return slices.ContainsFunc(plan.Changes, func(c diff.Change) bool { return c.Gone != "" })
	}
	return false
}
