package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
)

func (a *app) stateRebuildCommand() *cobra.Command {
	var f runFlags
	cmd := manual{
		use:   "rebuild",
		short: "Find the bindings of a lock that was lost",
		long: `Looks for the live characters of manifests that nothing is bound to: those that
runs recorded in .charsync/runs have made, and those that hold everything that
the manifest says. It shows what it would bind, asks, and writes the lock; the
live characters stay as they are. Where the lock is in Git, bring it back from
there instead: git checkout HEAD -- charsync.lock.`,
		examples: []string{"charsync state rebuild", "charsync state rebuild --yes"},
		exit:     []code{exitDone, exitError, exitInvalid, exitInterrupted},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error { return a.rebuild(cmd.Context(), &f) })
	envFlag(a, cmd, &f.env)
	yesFlag(cmd, &f.yes)
	lockFlag(cmd, &f)
	return cmd
}

func (a *app) rebuild(ctx context.Context, f *runFlags) error {
	f.asks = "state rebuild"
	if err := f.checkLockTimeout(); err != nil {
		return err
	}
	s, err := a.openSession()
	if err != nil {
		return err
	}
	defer s.close()
	s.whole = true
	if err := s.hold(ctx, f.lockTimeout); err != nil {
		return err
	}
	if err := s.useEnv(f.env); err != nil {
		return err
	}
	if err := s.openLock(ctx); err != nil {
		return err
	}
	engine, err := s.loaded(ctx, f, nil, reading)
	if err != nil {
		return err
	}
	if err := s.judge(nil); err != nil {
		return err
	}
	found, unread, err := engine.Strays(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	if err := s.diagnose(unread); err != nil {
		return err
	}
	if len(found) == 0 {
		s.note("Nothing was found to bind.")
		return rebuilt(len(unread))
	}
	if err := s.result("", func(w io.Writer) error { return writeStrays(w, found) }); err != nil {
		return err
	}
	if !f.yes {
		agreed, err := s.confirm(ctx, fmt.Sprintf("Bind %s?", counted(len(found), "character")))
		if err != nil {
			return err
		}
		if !agreed {
			return failed("nothing was changed", "%s", "not confirmed")
		}
	}
	if err := engine.BindStrays(found); err != nil {
		return failed("nothing was changed; check the folder, its permissions and the disk's free space", "%w", err)
	}
	s.note("Bound %s. charsync plan shows what is left to do.", counted(len(found), "character"))
	return rebuilt(len(unread))
}

// rebuilt is an error when not all accounts could be read.
func rebuilt(unread int) error {
	if unread > 0 {
		return end(exitError)
	}
	return nil
}

func writeStrays(w io.Writer, found []apply.Stray) error {
	w = view.Commandless(w)
	for _, s := range found {
		why := "holds what the manifest says"
		if s.From != "" {
			why = "made by run " + s.From
		}
		if _, err := fmt.Fprintf(w, "bind  %s/%s  %s  %s\n", view.SanitizeLine(s.Name), view.SanitizeLine(s.Target), view.SanitizeLine(s.ID), why); err != nil {
			return err
		}
	}
	return nil
}
