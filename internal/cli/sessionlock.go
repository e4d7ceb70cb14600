package cli

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/spec"
)

// hold keeps other runs that write away from this project until the session
// is closed. The lock is the operating system's: nothing of it outlives a
// process that is killed.
func (s *session) hold(ctx context.Context, wait time.Duration) error {
	held := time.AfterFunc(s.progress.patience, func() {
		s.progress.wait("the run lock", "for another run on this project to end (--lock-timeout)", max(wait, s.progress.patience))
	})
	defer held.Stop()
	lock, err := state.AcquireRun(ctx, filepath.Join(filepath.Dir(s.runDir), "run.lock"), s.holder(), wait)
	if err != nil {
		var d spec.Diagnostic
		if errors.As(err, &d) || errors.Is(err, context.Canceled) {
			return err
		}
		return spec.Diagnostic{
			Severity: spec.Error, Code: state.CodeIO, Message: "nothing was begun, since it could not be recorded: " + err.Error(),
			Hint: "make room, or make the project's folder writable",
		}
	}
	s.closers = append(s.closers, lock.Release)
	s.hideRecords()
	if err := lock.Sweep(s.lockPath); err != nil { // a folder of the lock that is not there yet is made later
		s.log.Debug("sweeping", "error", err)
	}
	if s.shared() {
		return s.holdRemote(ctx, s.holder(), wait)
	}
	return s.tendLock(ctx)
}

// shared reports a state that is kept outside of the project's folder.
func (s *session) shared() bool { return s.project.State.Shared() && !s.flags.sandbox }

// openLock reads the lock. A lock that can't be trusted ends the command with
// exit code 1; what is wrong has been printed.
func (s *session) openLock(ctx context.Context) error {
	defer s.timings.begin("lock")()
	lock, found, err := s.readLock(ctx)
	if !s.shared() {
		found = pointed(found, s.lockPath)
	}
	if printErr := s.diagnose(found); printErr != nil {
		return printErr
	}
	if err != nil {
		if hasErrors(found) {
			return end(exitError)
		}
		if s.shared() {
			return err
		}
		return failed("restore the lock from Git", "the lock: %w", err)
	}
	s.lock = lock
	return nil
}
