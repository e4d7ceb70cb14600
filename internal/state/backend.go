package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/pkg/spec"
)

// Backend keeps the state of one project where several machines reach it. It
// stores lines and does not interpret them.
//
// A run takes the lease, loads, appends what it learns, and puts a compacted
// state in place of all that at its end. Commands that only read load without
// the lease. All methods are safe for concurrent use; errors name the backend
// and hold no credential.
type Backend interface {
	// Name is where the state is, for people: no credential is in it.
	Name() string
	// Load reads the compacted lines and, behind an empty line, what runs have
	// appended since. A state that was never written does not exist.
	Load(ctx context.Context) (Snapshot, error)
	// Acquire tries once to take the lease. A *HeldError tells who has it.
	Acquire(ctx context.Context, h Holder, ttl time.Duration) (Lease, error)
	// Break ends the lease whoever has it, and returns who that was; a run that
	// had it writes nothing more. ok is false when nobody had it.
	Break(ctx context.Context) (h Holder, ok bool, err error)
	// Close frees what the backend holds.
	Close() error
	Records
}

// Lease is the right to write a state, for as long as it is renewed. A write
// by a run whose lease has ended, or was taken over, is ErrFenced.
type Lease interface {
	// Append keeps lines, each with its line feed. They are kept when it
	// returns; lines appended by one call are kept whole or not at all.
	Append(ctx context.Context, lines []byte) error
	// Replace puts a compacted state in place of the snapshot and of all that
	// was appended under this lease. What another run appended meanwhile stays.
	// It returns what it wrote as the snapshot of a next Replace, without data.
	Replace(ctx context.Context, seen Snapshot, data []byte) (Snapshot, error)
	// Renew moves the lease's end to a ttl from now.
	Renew(ctx context.Context) error
	// Release gives the lease up. One that was lost is no error.
	Release(ctx context.Context) error
}

// Records keeps the records of runs, each a blob under the run's id.
type Records interface {
	PutRecord(ctx context.Context, id string, data []byte) error
	// Record is fs.ErrNotExist for a run that has none.
	Record(ctx context.Context, id string) ([]byte, error)
	// RecordIDs lists the newest first.
	RecordIDs(ctx context.Context) ([]string, error)
	DropRecord(ctx context.Context, id string) error
}

// Snapshot is a state as it was read at one moment.
type Snapshot struct {
	Data   []byte // the lines of a lock; see Open
	Exists bool
	Serial int64 // grows with each Replace
	// Token is the backend's own note of what was read, for Replace.
	Token any
}

// ErrFenced is a write by a run that no longer has the lease.
var ErrFenced = errors.New("another run has taken over the lease on the state, or it has ended")

// HeldError tells who has the lease, and until when at most.
type HeldError struct {
	Holder Holder
	Until  time.Time
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("another run is under way on this project: %s on %s, process %d, since %s; its lease ends at %s unless it is renewed",
		e.Holder.Who, e.Holder.Where, e.Holder.PID, e.Holder.Since, e.Until.UTC().Format(time.RFC3339))
}

// LeaseTTL is how long a lease lasts without being renewed: so long after a
// run was killed another one has to wait.
const LeaseTTL = 60 * time.Second

// backendTimeout bounds a call of the backend, retries included.
const backendTimeout = 30 * time.Second

// OpenBackend reads the state that a backend keeps, to be written under a
// lease; with a nil lease it can only be read. Its errors are as Open's.
func OpenBackend(ctx context.Context, b Backend, lease Lease) (*Lock, []spec.Diagnostic, error) {
	l := Empty()
	l.path = b.Name()
	seen, err := b.Load(ctx)
	if err != nil {
		d := spec.Diagnostic{
			Severity: spec.Error, Code: CodeIO, Message: "the state at " + b.Name() + " can't be read: " + err.Error(),
			Hint: "run `charsync doctor`, which tests the state's backend step by step; nothing was changed",
		}
		return nil, []spec.Diagnostic{d}, d
	}
	l.shared = &shared{lease: lease, seen: seen}
	l.OpenAppend = func(string) (durable.AppendFile, error) {
		if lease == nil {
			return nil, errors.New("the state was opened for reading alone")
		}
		return &appended{lease: lease}, nil
	}
	if !seen.Exists {
		return l, nil, nil
	}
	l.exists = true
	found := l.load(seen.Data)
	for _, d := range found {
		if d.Severity == spec.Error {
			return nil, found, d
		}
	}
	return l, found, nil
}

// shared is the part of a Lock that a backend keeps.
type shared struct {
	lease Lease
	seen  Snapshot
}

// Shared reports whether a backend keeps the state, so that each line that is
// recorded waits for a network.
func (l *Lock) Shared() bool { return l.shared != nil }

// replace writes the compacted lines.
func (s *shared) replace(data []byte) error {
	if s.lease == nil {
		return errors.New("the state was opened for reading alone")
	}
	ctx, done := context.WithTimeout(context.Background(), backendTimeout)
	defer done()
	now, err := s.lease.Replace(ctx, s.seen, data)
	if err == nil {
		s.seen = now
	}
	return err
}

// appended is a lease as a file that a journal appends to: a Sync sends what
// was written since the last one.
type appended struct {
	lease Lease
	mu    sync.Mutex
	buf   bytes.Buffer
}

func (f *appended) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.Write(p)
}

func (f *appended) Sync() error {
	f.mu.Lock()
	lines := bytes.Clone(f.buf.Bytes())
	f.buf.Reset()
	f.mu.Unlock()
	if len(lines) == 0 {
		return nil
	}
	ctx, done := context.WithTimeout(context.Background(), backendTimeout)
	defer done()
	return f.lease.Append(ctx, lines)
}

func (f *appended) Close() error { return nil }

// Hold takes the lease, waiting as long as given for another run to end, and
// renews it until the returned function is called or the lease is lost; lost is
// then called once.
func Hold(ctx context.Context, b Backend, h Holder, wait time.Duration, lost func(error)) (Lease, func() error, error) {
	deadline := time.Now().Add(wait)
	for {
		lease, err := b.Acquire(ctx, h, LeaseTTL)
		var held *HeldError
		switch {
		case err == nil:
			return lease, renewing(lease, lost), nil
		case !errors.As(err, &held):
			return nil, nil, err
		case time.Now().After(deadline):
			return nil, nil, spec.Diagnostic{
				Severity: spec.Error, Code: CodeHeld, Message: held.Error(),
				Hint: "wait until it has ended, or let --lock-timeout wait for it; `charsync state unlock` ends the lease of a machine that is gone",
			}
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(min(time.Second, max(time.Until(deadline), 10*time.Millisecond))):
		}
	}
}

// renewing renews a lease three times in its length.
func renewing(lease Lease, lost func(error)) func() error {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(LeaseTTL / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			once, done := context.WithTimeout(ctx, LeaseTTL/3)
			err := lease.Renew(once)
			done()
			if errors.Is(err, ErrFenced) {
				lost(err)
				return
			}
		}
	}()
	return func() error {
		stop()
		<-ended
		ctx, done := context.WithTimeout(context.Background(), backendTimeout)
		defer done()
		return lease.Release(ctx)
	}
}

// Lines joins a compacted state, with or without its header, and what was
// appended to it since: it is what a Load returns.
func Lines(compacted []byte, facts [][]byte) []byte {
	var out bytes.Buffer
	if !bytes.HasPrefix(compacted, []byte(header)) {
		_, _ = io.WriteString(&out, header)
	}
	out.Write(compacted)
	if len(facts) > 0 {
		out.WriteByte('\n')
	}
	for _, f := range facts {
		out.Write(f)
	}
	return out.Bytes()
}
