package apply

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/providers"
)

// inBubble is a world without a socket, so that its clock can be virtual.
func inBubble(t *testing.T, wrap func(http.Handler) http.Handler, switches map[string]string) *world {
	t.Helper()
	srv, err := sandbox.Open(sandbox.Options{Switches: switches, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, srv: srv, dir: t.TempDir(), now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	w.write("charsync.yaml", projectFile)
	handler := wrap(srv.Handler())
	w.config = func(c *providers.Config) { c.Transport = direct{handler} }
	return w
}

// direct asks a handler without a network in between.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if req.Body == nil {
		req = req.Clone(req.Context())
		req.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	d.handler.ServeHTTP(rec, req)
	return rec.Result(), nil
}

// twoASecond is a service that takes two requests a second, and asks whoever
// comes faster to wait for one.
type twoASecond struct {
	next http.Handler

	mu      sync.Mutex
	tokens  float64
	last    time.Time
	refused []time.Time
}

func (s *twoASecond) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(5 * time.Millisecond)
	s.mu.Lock()
	now := time.Now()
	s.tokens = min(2, s.tokens+2*now.Sub(s.last).Seconds())
	s.last = now
	if s.tokens < 1 {
		s.refused = append(s.refused, now)
		s.mu.Unlock()
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	s.tokens--
	s.mu.Unlock()
	s.next.ServeHTTP(w, r)
}

// TestManyNewAtASlowService: 140 new characters at a service that takes two
// requests a second, at whatever pace charsync starts: all are created, whole,
// and after the first pause no request is refused.
func TestManyNewAtASlowService(t *testing.T) {
	const n = 140
	for name, pace := range map[string]providers.Pace{
		"the published pace": {PerSecond: 2, Burst: 20, Concurrency: 4},
		"ten a second":       {PerSecond: 10, Concurrency: 4},
		"as fast as it goes": {Concurrency: 8},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var slow *twoASecond
				w := inBubble(t, func(h http.Handler) http.Handler {
					slow = &twoASecond{next: h}
					return slow
				}, nil)
				defer w.close()
				transport := w.config
				w.config = func(c *providers.Config) { transport(c); c.Pace = pace }
				for i := range n {
					w.manifest(fmt.Sprintf("c%03d", i), map[string]string{"name": fmt.Sprintf("Guest %d", i), "persona": "Waits.", "description": "Sits by the fire."},
						map[string]string{"alakazam": ""})
				}
				w.applied("Applied: 140 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
				live := w.live("alakazam")
				if len(live) != n {
					t.Errorf("%d characters", len(live))
				}
				for _, c := range live {
					if !strings.HasPrefix(fmt.Sprint(c.Doc["description"]), "Sits") {
						t.Errorf("%s has no description", c.ID)
					}
				}
				if len(slow.refused) > 2*8+20 {
					t.Errorf("%d were refused", len(slow.refused))
				}
				for _, at := range slow.refused {
					if late := at.Sub(slow.refused[0]); late > time.Second {
						t.Errorf("one was refused %v after the first", late)
					}
				}
				w.empty()
			})
		})
	}
}
