package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

func (a *app) statePushCommand() *cobra.Command {
	return manual{
		use:   "push",
		short: "Copy charsync.lock into the shared state",
		long: `Copies the bindings of charsync.lock to where spec.state keeps them, in S3 or
PostgreSQL, and reads them back. A shared state that more runs have changed than
the file is not replaced. The file stays.`,
		examples: []string{"charsync state push"},
		exit:     []code{exitDone, exitError, exitInvalid},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		return a.copyState(cmd.Context(), func(file, shared *state.Lock) (from, to *state.Lock) { return file, shared })
	})
}

func (a *app) statePullCommand() *cobra.Command {
	return manual{
		use:   "pull",
		short: "Copy the shared state into charsync.lock",
		long: `Copies the bindings from where spec.state keeps them, in S3 or PostgreSQL, to
charsync.lock, and reads them back. A file that more runs have changed than the
shared state is not replaced. Set backend: file in charsync.yaml to go on with it.`,
		examples: []string{"charsync state pull"},
		exit:     []code{exitDone, exitError, exitInvalid},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		return a.copyState(cmd.Context(), func(file, shared *state.Lock) (from, to *state.Lock) { return shared, file })
	})
}

func (a *app) copyState(ctx context.Context, ways func(file, shared *state.Lock) (from, to *state.Lock)) error {
	s, err := a.openShared(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.hold(ctx, defaultLockTimeout); err != nil {
		return err
	}
	file, found, err := state.Open(s.stateFile())
	if err != nil {
		return errors.Join(s.diagnose(pointed(found, s.stateFile())), end(exitError))
	}
	if err := s.openLock(ctx); err != nil {
		return err
	}
	from, to := ways(file, s.lock)
	if from.Len() == 0 {
		return failed("charsync state list shows what the shared state holds", "%s holds no bindings: nothing was copied", from.Path())
	}
	switch err := from.CopyTo(to); {
	case errors.Is(err, state.ErrNewer):
		return failed("copy the other way, or look at both with charsync state list first", "%s was changed by more runs than %s: nothing was copied", to.Path(), from.Path())
	case err != nil:
		return failed("nothing is lost: the state that was copied from is as it was", "copying the state: %w", err)
	}
	if err := s.readBack(ctx, from); err != nil {
		return err
	}
	s.note("Copied %s to %s.", counted(from.Len(), "binding"), to.Path())
	return nil
}

// readBack reads both states again, and compares them with what was copied.
func (s *session) readBack(ctx context.Context, want *state.Lock) error {
	file, _, err := state.Open(s.stateFile())
	if err != nil {
		return err
	}
	shared, _, err := s.readLock(ctx)
	if err != nil {
		return err
	}
	if !file.Equal(want) || !shared.Equal(want) {
		return failed("run the command again; nothing was removed", "what was read back is not what was copied")
	}
	return nil
}

// openShared opens a project whose state is not a file.
func (a *app) openShared(context.Context) (*session, error) {
	s, err := a.localSession()
	if err != nil {
		return nil, err
	}
	if !s.shared() {
		s.close()
		return nil, failed("set spec.state.backend to s3 or postgres in charsync.yaml", "the state of this project is a file")
	}
	return s, nil
}

func (a *app) stateFilesCommand() *cobra.Command {
	return manual{
		use:   "files",
		short: "List the files to commit after an apply",
		long: `Prints the paths of what an apply, import, pull or destroy may have changed beside
the manifests and what belongs in Git: the lock and the .gitattributes beside it,
where they are there. One a line, absolute. A shared state has none.`,
		examples: []string{"charsync state files"},
		exit:     []code{exitDone, exitError, exitInvalid},
	}.command(noArgs, func(*cobra.Command, []string) error {
		s, err := a.localSession()
		if err != nil {
			return err
		}
		defer s.close()
		return a.result("", func(w io.Writer) error {
			if s.shared() {
				return nil
			}
			for _, file := range []string{s.lockPath, filepath.Join(filepath.Dir(s.lockPath), ".gitattributes")} {
				if missing(file) {
					continue
				}
				if _, err := fmt.Fprintln(w, view.SanitizeLine(file)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (a *app) stateUnlockCommand() *cobra.Command {
	var yes bool
	cmd := manual{
		use:   "unlock",
		short: "End the lease on the shared state",
		long: `Ends the lease that a run has on a state in S3 or PostgreSQL, whoever has it. A
lease ends by itself a minute after its run was killed, so this is for machines
whose clock or network holds everybody up. A run that had the lease and is alive
after all writes nothing more, to the state or to a provider.`,
		examples: []string{"charsync state unlock"},
		exit:     []code{exitDone, exitError, exitInvalid},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		s, err := a.openShared(cmd.Context())
		if err != nil {
			return err
		}
		defer s.close()
		return s.unlock(cmd.Context(), yes)
	})
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func (s *session) unlock(ctx context.Context, yes bool) error {
	if err := s.mayAsk(yes, "state unlock"); err != nil {
		return err
	}
	b, err := s.backend(ctx)
	if err != nil {
		return err
	}
	if !yes {
		agreed, err := s.confirm(ctx, fmt.Sprintf("End the lease on %s?", b.Name()))
		if err != nil || !agreed {
			return err
		}
	}
	who, ok, err := b.Break(ctx)
	switch {
	case err != nil:
		return spec.Diagnostic{Severity: spec.Error, Code: state.CodeIO, Message: "the lease was not ended: " + err.Error(), Hint: "run the command again"}
	case !ok:
		s.note("Nobody has the lease on %s.", b.Name())
	default:
		s.note("Ended the lease of %s on %s, process %d, since %s.", who.Who, who.Where, who.PID, who.Since)
	}
	return nil
}
