package s3

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/internal/state"
)

// held is the object lease. Its times are the server's.
type held struct {
	Version  int          `json:"charsync_lease"`
	Fence    int64        `json:"fence"`        // grows with each holder
	ID       string       `json:"id,omitempty"` // of this holding, the same through all renewals
	Nonce    string       `json:"nonce"`        // of this writing
	Released bool         `json:"released,omitempty"`
	Until    time.Time    `json:"until"`
	Holder   state.Holder `json:"holder"`
}

// settling is how long a lease is left alone at a compatible server before it
// is read back: some check a condition and write in two steps, so that of two
// that write in the same moment both are told that they have it. Amazon's does
// both in one.
const settling = 250 * time.Millisecond

func (b *backend) settle(ctx context.Context) error {
	if b.config.Endpoint == "" {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(settling):
		return nil
	}
}

// dateGrain is how much the Date of an answer may lag behind.
const dateGrain = 2 * time.Second

func (b *backend) readLease(ctx context.Context) (held, object, error) {
	o, err := b.get(ctx, "lease", 1<<16)
	if err != nil {
		return held{}, object{}, err
	}
	var h held
	if err := json.Unmarshal(o.data, &h); err != nil || h.Version != 1 {
		return held{}, object{}, errors.New("the object lease is not a lease of this version of charsync")
	}
	if o.server.IsZero() {
		return held{}, object{}, errors.New("the server's answers have no Date, by which leases are compared")
	}
	return h, o, nil
}

func (b *backend) writeLease(ctx context.Context, h held, c condition) (string, error) {
	data, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	return b.put(ctx, "lease", data, c)
}

func (b *backend) Acquire(ctx context.Context, who state.Holder, ttl time.Duration) (state.Lease, error) {
	began := time.Now()
	old, o, err := b.readLease(ctx)
	if errors.Is(err, errAbsent) {
		// The first lease is made released, so that taking it is a takeover like any other.
		_, err = b.writeLease(ctx, held{Version: 1, Nonce: uuid.NewString(), Released: true}, absent())
		if err != nil && !errors.Is(err, errChanged) {
			return nil, err
		}
		if err := b.settle(ctx); err != nil {
			return nil, err
		}
		began = time.Now()
		old, o, err = b.readLease(ctx)
	}
	if err != nil {
		return nil, err
	}
	if !old.Released && o.server.Before(old.Until) {
		return nil, &state.HeldError{Holder: old.Holder, Until: old.Until}
	}
	l := &lease{b: b, ttl: ttl, now: held{Version: 1, Fence: old.Fence + 1, ID: uuid.NewString(), Holder: who}}
	l.clock.set(o.server)
	l.etag = o.etag
	if err := l.write(ctx, began); err != nil {
		if !errors.Is(err, state.ErrFenced) {
			return nil, err
		}
		current, _, readErr := b.readLease(ctx)
		if readErr != nil {
			return nil, readErr
		}
		return nil, &state.HeldError{Holder: current.Holder, Until: current.Until}
	}
	if err := b.settle(ctx); err != nil {
		return nil, err
	}
	if current, _, err := b.readLease(ctx); err != nil || current.ID != l.now.ID { // taken by another in the same moment
		return nil, errors.Join(err, &state.HeldError{Holder: current.Holder, Until: current.Until})
	}
	return l, nil
}

func (b *backend) Break(ctx context.Context) (state.Holder, bool, error) {
	old, o, err := b.readLease(ctx)
	if errors.Is(err, errAbsent) || err == nil && old.Released {
		return state.Holder{}, false, nil
	}
	if err != nil {
		return state.Holder{}, false, err
	}
	_, err = b.writeLease(ctx, held{Version: 1, Fence: old.Fence + 1, Nonce: uuid.NewString(), Released: true}, unchanged(o.etag))
	if errors.Is(err, errChanged) {
		return old.Holder, false, fmt.Errorf("the lease was renewed meanwhile: its run is alive")
	}
	return old.Holder, err == nil, err
}

// lease is the object lease, while it is this run's.
type lease struct {
	b   *backend
	ttl time.Duration

	// mu keeps appends and renewals apart: an append compares the ETag.
	mu    sync.RWMutex
	now   held
	etag  string
	until time.Time // by this machine's clock
	lost  bool

	clock clock

	facts struct {
		sync.Mutex
		next int
		keys []string
	}
}

// write moves the lease's end, and takes it over where it was another's. began
// is when the server's clock was asked. It is called with the lock held.
func (l *lease) write(ctx context.Context, began time.Time) error {
	next := l.now
	next.Nonce = uuid.NewString()
	next.Until = l.clock.now().Add(l.ttl + dateGrain).UTC().Truncate(time.Second)
	tag, err := l.b.writeLease(ctx, next, unchanged(l.etag))
	if errors.Is(err, errChanged) || errors.Is(err, errAbsent) {
		// The answer to our own writing may have been lost.
		found, o, readErr := l.b.readLease(ctx)
		if readErr != nil && !errors.Is(readErr, errAbsent) {
			return readErr
		}
		if readErr != nil || found.Nonce != next.Nonce {
			l.lost = true
			return state.ErrFenced
		}
		tag, err = o.etag, nil
	}
	if err != nil {
		return err
	}
	l.now, l.etag, l.until = next, tag, began.Add(l.ttl)
	return nil
}

func (l *lease) Renew(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost {
		return state.ErrFenced
	}
	return l.write(ctx, time.Now())
}

func (l *lease) Release(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost {
		return nil
	}
	l.lost = true
	next := l.now
	next.Nonce, next.Released = uuid.NewString(), true
	_, err := l.b.writeLease(ctx, next, unchanged(l.etag))
	if errors.Is(err, errChanged) || errors.Is(err, errAbsent) {
		return nil
	}
	return err
}

// check asks whether the lease is still this run's. It is called with the
// lock held for reading.
func (l *lease) check(ctx context.Context) error {
	if l.lost || !time.Now().Before(l.until) {
		return state.ErrFenced
	}
	found, o, err := l.b.readLease(ctx)
	if errors.Is(err, errAbsent) || err == nil && found.ID != l.now.ID {
		return state.ErrFenced
	}
	if err == nil {
		l.clock.set(o.server)
	}
	return err
}

// Append writes one object, and asks meanwhile whether the lease still holds.
func (l *lease) Append(ctx context.Context, lines []byte) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.lost || !time.Now().Before(l.until) {
		return state.ErrFenced
	}
	l.facts.Lock()
	l.facts.next++
	key := fmt.Sprintf("facts/%012d-%08d", l.now.Fence, l.facts.next)
	l.facts.keys = append(l.facts.keys, key)
	l.facts.Unlock()
	data := append([]byte(digest(lines)+"\n"), lines...)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return l.check(ctx) })
	group.Go(func() error {
		_, err := l.b.put(ctx, key, data, absent())
		if !errors.Is(err, errChanged) {
			return err
		}
		o, readErr := l.b.get(ctx, key, maxFact) // our own, whose answer was lost
		if readErr == nil && string(o.data) == string(data) {
			return nil
		}
		return err
	})
	return group.Wait()
}

func (l *lease) Replace(ctx context.Context, seen state.Snapshot, lines []byte) (state.Snapshot, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if err := l.check(ctx); err != nil {
		return state.Snapshot{}, err
	}
	before, _ := seen.Token.(token)
	l.facts.Lock()
	folded := append(append([]string(nil), before.facts...), l.facts.keys...)
	l.facts.Unlock()
	h := head{
		Version: 1, Serial: seen.Serial + 1, Nonce: uuid.NewString(), Length: len(lines), Digest: digest(lines), Folded: folded,
	}
	first, err := json.Marshal(h)
	if err != nil {
		return state.Snapshot{}, err
	}
	c := absent()
	if before.etag != "" {
		c = unchanged(before.etag)
	}
	tag, err := l.b.put(ctx, "state", append(append(first, '\n'), lines...), c)
	if errors.Is(err, errChanged) || errors.Is(err, errAbsent) {
		found, _, etag, readErr := l.b.readHead(ctx)
		if readErr != nil {
			return state.Snapshot{}, readErr
		}
		if found.Nonce != h.Nonce {
			return state.Snapshot{}, fmt.Errorf("%w: the state was replaced", state.ErrFenced)
		}
		tag, err = etag, nil
	}
	if err != nil {
		return state.Snapshot{}, err
	}
	now := state.Snapshot{Exists: true, Serial: h.Serial, Token: token{etag: tag, facts: folded}}
	if err := l.b.remove(ctx, folded); err == nil {
		now.Token = token{etag: tag}
		l.facts.Lock()
		l.facts.keys = nil
		l.facts.Unlock()
	}
	return now, nil
}
