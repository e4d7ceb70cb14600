package apply

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/providers"
)

// farState keeps a state at a distance; its lease is always this run's.
type farState struct {
	state.Backend
	away  time.Duration
	facts []byte
	calls int
}

func (f *farState) Name() string { return "far away" }

func (f *farState) Load(context.Context) (state.Snapshot, error) { return state.Snapshot{}, nil }

func (f *farState) Append(_ context.Context, lines []byte) error {
	time.Sleep(f.away)
	f.calls++
	f.facts = append(f.facts, lines...)
	return nil
}

func (f *farState) Replace(context.Context, state.Snapshot, []byte) (state.Snapshot, error) {
	time.Sleep(f.away)
	return state.Snapshot{Exists: true, Serial: 1}, nil
}

func (f *farState) Renew(context.Context) error { return nil }

func (f *farState) Release(context.Context) error { return nil }

// counting is a service that takes its time, and knows how many requests it
// had at once.
type counting struct {
	next      http.Handler
	away      time.Duration
	now, most chan int
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := <-c.now + 1
	c.now <- n
	if m := <-c.most; m > n {
		c.most <- m
	} else {
		c.most <- n
	}
	time.Sleep(c.away)
	c.now <- <-c.now - 1
	c.next.ServeHTTP(w, r)
}

// TestStateFarAway: with the state as far away as the service, creations take
// at most 1.15 times as long as with a file, in virtual time, and the service
// never has more requests at once than it bears.
func TestStateFarAway(t *testing.T) {
	const n, away, bears = 1000, 20 * time.Millisecond, 8
	took := func(t *testing.T, far *farState) (d time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			var slow *counting
			w := inBubble(t, func(h http.Handler) http.Handler {
				slow = &counting{next: h, away: away, now: make(chan int, 1), most: make(chan int, 1)}
				slow.now <- 0
				slow.most <- 0
				return slow
			}, nil)
			defer w.close()
			transport := w.config
			w.config = func(c *providers.Config) { transport(c); c.Pace = providers.Pace{Concurrency: bears} }
			for i := range n {
				w.manifest(fmt.Sprintf("c%03d", i), map[string]string{"name": fmt.Sprintf("Guest %d", i), "persona": "Waits.", "visibility": "unlisted"},
					map[string]string{"alakazam": ""})
			}
			e := w.engine()
			e.Accounts["alakazam"].Pace.Concurrency = bears
			if far != nil {
				lock, _, err := state.OpenBackend(t.Context(), far, far)
				if err != nil {
					t.Fatal(err)
				}
				e.Lock = lock
			}
			p, err := e.Plan(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			r, err := e.Apply(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			d = time.Since(began)
			if got, want := r.Summary(), fmt.Sprintf("Applied: %d created, 0 updated, 0 deleted, 0 failed, 0 skipped.", n); got != want {
				t.Fatal(got)
			}
			if most := <-slow.most; most > bears {
				t.Errorf("the service had %d requests at once", most)
			}
		})
		return d
	}
	file := took(t, nil)
	state := &farState{away: away}
	far := took(t, state)
	t.Logf("a file %v, far away %v in %d writes", file, far, state.calls)
	if far*100 > file*115 {
		t.Errorf("%v with a state far away, %v with a file", far, file)
	}
	if len(state.facts)/n > 4000 {
		t.Errorf("%d bytes were recorded for each creation", len(state.facts)/n)
	}
}

func (f *farState) Close() error { return nil }
