package state

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/pkg/spec"
)

// Holder says who is in a run.
type Holder struct {
	Who   string `json:"who,omitempty"`
	Where string `json:"where,omitempty"` // the host
	Since string `json:"since,omitempty"` // RFC 3339
	PID   int    `json:"pid,omitempty"`
}

// RunLock keeps two applies on one project apart. It is the operating
// system's lock on an open file: a process that is killed leaves nothing
// behind that a person would have to clear away.
type RunLock struct {
	lock   *flock.Flock
	holder string
}

// heldRetry is how often a held run lock is tried again.
const heldRetry = 100 * time.Millisecond

// AcquireRun takes the run lock of a project, whose file is at path; who has
// it is written beside it. When another process has it, AcquireRun waits as
// long as given; then its error is a Diagnostic that says who, where, and
// since when.
func AcquireRun(ctx context.Context, path string, h Holder, wait time.Duration) (*RunLock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("taking the run lock: %w", err)
	}
	r := &RunLock{lock: flock.New(path), holder: path + ".json"}
	bounded, done := context.WithTimeout(ctx, max(wait, time.Millisecond))
	defer done()
	got, err := r.lock.TryLock()
	if err == nil && !got && wait > 0 {
		got, err = r.lock.TryLockContext(bounded, heldRetry)
	}
	switch {
	case got:
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("taking the run lock: %w", err)
	default:
		return nil, r.held()
	}
	err = durable.Write(r.holder, 0o644, func(w *bufio.Writer) error { return json.NewEncoder(w).Encode(h) })
	if err != nil {
		_ = r.lock.Unlock()
		return nil, fmt.Errorf("taking the run lock: %w", err)
	}
	return r, nil
}

// held says who has the lock.
func (r *RunLock) held() spec.Diagnostic {
	d := spec.Diagnostic{
		Severity: spec.Error, Code: CodeHeld, Message: "another run is under way on this project",
		Hint: "wait until it has ended, or let --lock-timeout wait for it",
	}
	data, err := durable.Read(r.holder, 4<<10)
	var h Holder
	if err != nil || json.Unmarshal(data, &h) != nil || h == (Holder{}) {
		return d
	}
	d.Message = fmt.Sprintf("another run is under way on this project: %s on %s, process %d, since %s", h.Who, h.Where, h.PID, h.Since)
	return d
}

// Sweep removes the temporary files that killed runs have left of writing the
// lock at this path, what stands beside it for Git, and who is in a run. Nobody
// else writes any of these while the run lock is held.
func (r *RunLock) Sweep(lock string) error {
	var failures []error
	for _, file := range []string{r.holder, lock, filepath.Join(filepath.Dir(lock), gitAttributes)} {
		failures = append(failures, durable.SweepAt(file, time.Time{}))
	}
	return errors.Join(failures...)
}

// Release gives the lock up.
func (r *RunLock) Release() error {
	_ = os.Remove(r.holder)
	return r.lock.Unlock()
}
