package watch

import (
	"errors"
	"fmt"
	"syscall"
)

// LimitError is returned where the system does not let more be watched. Its
// advice says what to do.
type LimitError struct {
	Err    error
	Advice string
}

func (e *LimitError) Error() string { return e.Err.Error() }
func (e *LimitError) Unwrap() error { return e.Err }

// limited recognises the limits of Linux's inotify, which has no errors of
// its own for them.
func limited(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return &LimitError{
			Err:    fmt.Errorf("the system's limit of watched folders is reached: %w", err),
			Advice: "raise it with `sudo sysctl fs.inotify.max_user_watches=524288`, narrow spec.manifests, or look at the files again and again with --poll",
		}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return &LimitError{
			Err:    fmt.Errorf("the system's limit of open files or of watching programs is reached: %w", err),
			Advice: "raise it with `sudo sysctl fs.inotify.max_user_instances=512` or `ulimit -n 8192`, end other watching programs, or look at the files again and again with --poll",
		}
	}
	return err
}
