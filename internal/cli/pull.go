package cli

import (
	"context"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/pull"
)

// pullFlags are those of pull.
type pullFlags struct {
	runFlags
	format    string
	conflicts string
	shared    string
	diff      bool
	dry       bool
}

func pullWays() []string {
	return []string{string(pull.Refuse), string(pull.Markers), string(pull.Live)}
}

func sharedWays() []string { return []string{string(pull.AtTarget), string(pull.Common)} }

func (a *app) pullCommand() *cobra.Command {
	f := pullFlags{}
	cmd := manual{
		use:   "pull [NAME or PATH...] [flags]",
		short: "Bring edits made at the services back into the manifests",
		long: `Finds the fields that were changed at the services since the last apply, shows what
that makes of the files, asks, and writes it: each value at the place that says
it, in the style it was written in, with every other byte as it was. Texts that
stand in files of their own are changed there. The lock then takes the live value
for the base, so that a plan has nothing to say of these fields.

Only fields that the manifest sets are pulled. A field that changed on both sides
is left alone, unless --conflicts says otherwise. One that can't be brought back
without changing something else is left alone too, with the reason.`,
		examples: []string{
			"charsync pull",
			"charsync pull mira-innkeeper --diff",
			"charsync pull --target convai --yes",
			"charsync pull --conflicts markers",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitStale, exitPart, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error { return a.pull(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.conflicts, "conflicts", string(pull.Refuse), "`WAY` with what changed on both sides: refuse, markers (both go into the text, as Git does it), live")
	complete(cmd, "conflicts", func(string) []string { return pullWays() })
	flags.StringVar(&f.shared, "shared", string(pull.AtTarget), "`WAY` with a common field that other targets hold another value of: target (say it there alone), common (the others get it with the next apply)")
	complete(cmd, "shared", func(string) []string { return sharedWays() })
	flags.BoolVar(&f.diff, "diff", false, "write nothing; print what would change as a unified diff")
	flags.BoolVar(&f.dry, "dry-run", false, "write nothing; list what would be pulled, and what would not")
	yesFlag(cmd, &f.yes)
	lockFlag(cmd, &f.runFlags)
	formatFlag(cmd, &f.format, formatText, formatJSON)
	return cmd
}

func (f *pullFlags) looks() bool { return f.diff || f.dry }

func (a *app) pull(ctx context.Context, f *pullFlags, args []string) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	if !slices.Contains(sharedWays(), f.shared) {
		return oneOf("--shared", f.shared, sharedWays())
	}
	if !slices.Contains(pullWays(), f.conflicts) {
		return oneOf("--conflicts", f.conflicts, pullWays())
	}
	if !f.looks() {
		f.asks = "pull"
	}
	if err := f.check(); err != nil {
		return err
	}
	if err := a.startAt(args); err != nil {
		return err
	}
	s, err := a.openSession()
	if err != nil {
		return err
	}
	defer s.close()
	s.command, s.whole = "pull", true
	if !f.looks() {
		if err := s.hold(ctx, f.lockTimeout); err != nil {
			return err
		}
	}
	engine, err := s.ready(ctx, &f.runFlags, args, reading)
	if err != nil {
		return err
	}
	engine.Options.Policy.Drift, engine.Options.Policy.Conflict = "report", "fail"
	plan, err := engine.Plan(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	if err := s.diagnose(plan.Diagnostics); err != nil {
		return err
	}
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		return failed("check the project folder and its permissions", "pull: %w", err)
	}
	defer root.Close()
	result, err := pull.Prepare(pull.Input{
		Project: s.project, Set: s.set, Plan: plan, Accounts: engine.Accounts, Env: f.env,
		Conflicts: pull.Conflicts(f.conflicts), Shared: pull.Shared(f.shared), Base: engine.Recall, Read: root.ReadFile,
	})
	if err != nil {
		return failed("nothing was changed; check the files and their permissions", "pull: %w", err)
	}
	return s.carryHome(ctx, root, engine, plan, result, f)
}
