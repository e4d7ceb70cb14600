package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

func (a *app) showCommand() *cobra.Command {
	var f reportFlags
	cmd := manual{
		use:   "show RUN|PLANFILE [flags]",
		short: "Show a run or a frozen plan",
		long: `Shows what a run did: how each character ended, and by words what was there
before and what was written. RUN is the beginning of a run's id, or latest. A
PLANFILE is shown as plan showed it.`,
		examples: []string{
			"charsync show latest",
			"charsync show 20261102T09",
			"charsync show tavern.plan",
			"charsync show latest --format json",
			"charsync show tavern.plan --format html > plan.html",
		},
		exit: []code{exitDone, exitError},
	}.command(wantArgs(1, 1), func(cmd *cobra.Command, args []string) error {
		if err := f.check(); err != nil {
			return err
		}
		if info, err := os.Stat(a.path(args[0])); err == nil && info.Mode().IsRegular() {
			return a.showPlanFile(args[0], f)
		}
		if err := a.fetchRuns(cmd.Context()); err != nil {
			return err
		}
		return a.showRun(args[0], f)
	})
	cmd.ValidArgsFunction = func(cmd *cobra.Command, given []string, word string) ([]string, cobra.ShellCompDirective) {
		names, _ := a.completeRuns(cmd, given, word)
		return names, cobra.ShellCompDirectiveDefault
	}
	f.register(cmd)
	return cmd
}

func (a *app) showPlanFile(file string, f reportFlags) error {
	plan, err := apply.ReadPlan(a.path(file))
	var d spec.Diagnostic
	if errors.As(err, &d) {
		d.Pos.File = file // as it was named
		return pointed([]spec.Diagnostic{d}, a.path(file))[0]
	}
	if err != nil {
		return err
	}
	return a.showPlan(plan, f, report.Sources{})
}

func (a *app) showRun(word string, f reportFlags) error {
	dir, err := a.runDir()
	if err != nil {
		return err
	}
	run, err := a.findRun(dir, word)
	if err != nil {
		return err
	}
	return a.result("", func(w io.Writer) error {
		switch f.format {
		case formatJSON:
			return view.RunJSON(w, run)
		case formatText:
			return view.Run(w, run, a.outStyle())
		}
		return f.write(w, report.OfRun(run, report.Sources{Driver: all.Driver}))
	})
}

// findRun reads the run that a word on the command line stands for.
func (a *app) findRun(dir, word string) (*apply.Run, error) {
	id, err := apply.FindRun(dir, word)
	if err != nil {
		return nil, runError(cmp.Or(a.unrecorded(dir, word), err))
	}
	run, err := apply.ReadRun(dir, id)
	if err != nil {
		return nil, runError(err)
	}
	return run, nil
}

// unrecorded explains a word that the lock names a run by which has no record
// here. It is nil where the lock knows nothing of it.
func (a *app) unrecorded(dir, word string) error {
	p, err := a.loadLoosely()
	if err != nil {
		return nil
	}
	s, err := a.newSession(p)
	if err != nil {
		return nil
	}
	defer s.close()
	lock, _, err := s.readLock(context.Background())
	if err != nil {
		return nil
	}
	return apply.Unrecorded(dir, lock, word)
}

// runError passes findings on and explains every other error.
func runError(err error) error {
	var d spec.Diagnostic
	if errors.As(err, &d) {
		return err
	}
	return failed("make .charsync/runs readable", "%w", err)
}

// warning makes a finding that stops nothing of an error.
func warning(err error) spec.Diagnostic {
	var d spec.Diagnostic
	if !errors.As(err, &d) {
		d.Message = err.Error()
	}
	d.Severity = spec.Warning
	return d
}
