package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// hold keeps other runs that write away from this project until the session
// is closed. The lock is the operating system's: nothing of it outlives a
// process that is killed.
func (s *session) hold(ctx context.Context, wait time.Duration) error {
	where, _ := os.Hostname() // for people; an unknown host is no reason to stop
	lock, err := state.AcquireRun(ctx, filepath.Join(filepath.Dir(s.runDir), "run.lock"), state.Holder{
		Who: s.env.who(), Where: where, Since: s.env.Now().UTC().Format(time.RFC3339), PID: os.Getpid(),
	}, wait)
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
	return s.tendLock(ctx)
}

// openLock reads the lock. A lock that can't be trusted ends the command with
// exit code 1; what is wrong has been printed.
func (s *session) openLock() error {
	defer s.timings.begin("lock")()
	lock, found, err := apply.OpenLock(s.lockPath)
	if printErr := s.diagnose(pointed(found, s.lockPath)); printErr != nil {
		return printErr
	}
	if err != nil {
		if hasErrors(found) {
			return end(exitError)
		}
		return failed("restore the lock from Git", "the lock: %w", err)
	}
	s.lock = lock
	return nil
}
