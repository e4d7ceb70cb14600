package cli

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

// planFlags are those of plan beside what it shares with apply.
type planFlags struct {
	runFlags
	report   reportFlags
	out      string
	detailed bool
	destroy  bool
	offline  bool
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	cmd := manual{
		aliases: []string{"diff"},
		use:     "plan [NAME or PATH...] [flags]",
		short:   "Show what apply would change",
		long: `Reads the live characters, compares them with the manifests and with what was
applied last, and prints what apply would do. It writes nothing to a provider.
--out freezes the plan: apply PLANFILE then does exactly that, or refuses what
has moved since.
With --base REF it keeps to what this branch changes: to the characters whose
manifest, with its files and charsync.yaml, makes something else than where the
branch left REF. Where no credential is set it compares the two from Git alone,
and opens no connection.
With --destroy it shows what destroy would remove, and how.`,
		examples: []string{
			"charsync plan",
			"charsync plan mira-innkeeper",
			"charsync plan --env stage --target convai --select tier=main",
			"charsync plan --out tavern.plan && charsync apply tavern.plan",
			"charsync plan --format json --detailed-exitcode",
			"charsync plan --format html > plan.html",
			"charsync plan --format markdown --report-url https://ci.example/plan.html",
			"charsync plan --base origin/main",
			"charsync plan --destroy mira-innkeeper",
		},
		exit: []code{exitDone, exitError, exitChanges, exitInvalid, exitStale, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error { return a.plan(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	f.registerBase(cmd)
	cmd.Flags().BoolVar(&f.offline, "offline", false, "with --base, compare with that revision alone, also where credentials are")
	f.registerPolicies(cmd)
	f.report.register(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "freeze the plan in `FILE`, as JSON for apply FILE, whatever --format shows")
	cmd.Flags().BoolVar(&f.destroy, "destroy", false, "show what destroy would remove, and change nothing")
	cmd.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit with 2 when there are changes")
	return cmd
}

func (a *app) plan(ctx context.Context, f *planFlags, args []string) error {
	if err := f.report.check(); err != nil {
		return err
	}
	if err := f.checkOffline(); err != nil {
		return err
	}
	if err := f.checkDestroy(); err != nil {
		return err
	}
	if err := checkFrozen("plan", f.out); err != nil {
		return err
	}
	s, engine, err := a.prepare(ctx, &f.runFlags, args, reading)
	if err != nil {
		return err
	}
	defer s.close()
	plan, err := s.planned(ctx, f, engine)
	s.progress.stop()
	if err != nil {
		return err
	}
	src := s.sources(f.env)
	src.Base = engine.Recall
	if err := a.showPlan(plan, f.report, src); err != nil {
		return err
	}
	if err := a.freeze(plan, f.out); err != nil {
		return err
	}
	return end(planCode(plan, engine.Options, f.detailed))
}

// checkDestroy refuses what a destroy does not know either.
func (f *planFlags) checkDestroy() error {
	switch {
	case !f.destroy:
	case f.base != "":
		return failed("name the characters, or choose them with --select", "plan: --destroy and --base say two different things")
	case f.prune:
		return failed("leave --prune out: --destroy removes what has a manifest and what has none", "plan: --destroy and --prune say two different things")
	}
	return nil
}

// checkFrozen refuses a page as the file of a frozen plan: elsewhere --out
// takes what is shown, and here it would hold JSON under a name that says
// otherwise.
func checkFrozen(command, out string) error {
	format := ""
	switch strings.ToLower(filepath.Ext(out)) {
	case ".html", ".htm":
		format = formatHTML
	case ".md", ".markdown":
		format = formatMarkdown
	default:
		return nil
	}
	frozen := strings.TrimSuffix(out, filepath.Ext(out)) + ".plan"
	hint := fmt.Sprintf("charsync %s --out %s --format %s > %s freezes the plan and writes the page", command, frozen, format, out)
	if command == "plan" {
		hint += "; without --out, the page alone"
	}
	return failed(hint, "--out %s: what it takes is the frozen plan, as JSON for apply, and no page", out)
}

// freeze writes the plan for a later apply. One that is incomplete is not
// written: applying it would take silence for agreement.
func (a *app) freeze(plan *diff.Plan, out string) error {
	if out == "" {
		return nil
	}
	if !plan.Complete {
		a.note("%s was not written: the plan is incomplete.", out)
		return nil
	}
	if len(takenBindings(plan)) > 0 {
		a.note("%s was not written: the lock binds a character to the live character of another.", out)
		return nil
	}
	var b bytes.Buffer
	if err := apply.EncodePlan(&b, plan); err != nil {
		return failed("", "freeze the plan: %w", err)
	}
	if err := writeFile(a.path(out), b.Bytes(), 0o600); err != nil {
		return err
	}
	if plan.Unfit() != "" {
		a.note("The comparison stands in %s. charsync show %s shows it; it can't be applied.", out, out)
		return nil
	}
	there := ""
	if plan.Meta.Sandbox {
		there = "--sandbox "
	}
	a.note("The plan is frozen in %s. charsync apply %s%s does exactly that.", out, there, out)
	return nil
}

// planCode is what plan exits with: by its changes, not by what guards and
// conflicts would stop.
func planCode(plan *diff.Plan, o apply.Options, detailed bool) code {
	switch {
	case !plan.Complete, len(takenBindings(plan)) > 0:
		return exitError
	case o.Policy.Drift == "fail" && plan.Counts().Drifted > 0:
		return exitStale
	case detailed && !plan.Empty():
		return exitChanges
	}
	return exitDone
}
