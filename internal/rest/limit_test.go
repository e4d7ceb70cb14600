package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charsync/charsync/pkg/providers"
)

// meter is a service that takes so many requests, in the manner of its kind,
// and refuses the rest.
type meter struct {
	take func(now time.Time) (wait time.Duration, left int) // 0: taken
	most int                                                // shown in the headers; 0 shows none

	mu      sync.Mutex
	sent    int
	refused []time.Time
}

func (m *meter) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(20 * time.Millisecond)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent++
	resp := reply(200, `{"id":"1","name":"Mira","status":"ok"}`)
	wait, left := m.take(time.Now())
	if wait > 0 {
		m.refused = append(m.refused, time.Now())
		resp = reply(429, `{"detail":"slow down"}`)
		resp.Header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	if m.most > 0 {
		resp.Header.Set("X-RateLimit-Limit", strconv.Itoa(m.most))
		resp.Header.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	}
	return resp, nil
}

// bucket takes perSecond requests a second and size at once.
func bucket(perSecond float64, size int) func(time.Time) (time.Duration, int) {
	tokens, last := float64(size), time.Now()
	return func(now time.Time) (time.Duration, int) {
		tokens = min(float64(size), tokens+now.Sub(last).Seconds()*perSecond)
		if last = now; tokens < 1 {
			return time.Second, 0
		}
		tokens--
		return 0, int(tokens)
	}
}

// window takes so many requests in any minute.
func window(most int) func(time.Time) (time.Duration, int) {
	var taken []time.Time
	return func(now time.Time) (time.Duration, int) {
		for len(taken) > 0 && now.Sub(taken[0]) >= time.Minute {
			taken = taken[1:]
		}
		if len(taken) >= most {
			return time.Minute - now.Sub(taken[0]), 0
		}
		taken = append(taken, now)
		return 0, most - len(taken)
	}
}

// crowd sends n calls from as many goroutines, and gives how long it took.
func crowd(t *testing.T, a *Account, n int) time.Duration {
	t.Helper()
	start := time.Now()
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var err error
			if i%2 == 0 {
				_, err = a.Create(t.Context(), "", "", providers.Body{"name": "Mira"})
			} else {
				_, err = a.Get(t.Context(), "1")
			}
			if err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	return time.Since(start)
}

// TestPaceFindsTheService: whatever pace was set, after the first pause none is
// refused, and all calls succeed.
func TestPaceFindsTheService(t *testing.T) {
	for _, c := range []struct {
		name    string
		take    func() func(time.Time) (time.Duration, int)
		most    int
		pace    providers.Pace
		base    string
		refused int // at most; those before the first pause
		longest time.Duration
	}{
		{"two a second, at the published pace", func() func(time.Time) (time.Duration, int) { return bucket(2, 1) }, 0, providers.Pace{}, "", 4, 160 * time.Second},
		{"two a second, asked for ten", func() func(time.Time) (time.Duration, int) { return bucket(2, 1) }, 0, providers.Pace{PerSecond: 10}, "", 4, 160 * time.Second},
		{"two a second and a burst, asked for ten", func() func(time.Time) (time.Duration, int) { return bucket(2, 120) }, 0, providers.Pace{PerSecond: 10}, "", 4, 110 * time.Second},
		{"two a second, no pace at all", func() func(time.Time) (time.Duration, int) { return bucket(2, 1) }, 0, providers.Pace{}, "http://127.0.0.1:1", 4, 160 * time.Second},
		{"a rolling minute with headers", func() func(time.Time) (time.Duration, int) { return window(120) }, 120, providers.Pace{}, "", 0, 160 * time.Second},
		{"a rolling minute with headers, and a burst", func() func(time.Time) (time.Duration, int) { return window(120) }, 120, providers.Pace{PerSecond: 2, Burst: 20}, "", 0, 160 * time.Second},
		{"a rolling minute with headers, no pace at all", func() func(time.Time) (time.Duration, int) { return window(120) }, 120, providers.Pace{}, "http://127.0.0.1:1", 3, 180 * time.Second},
		{"a rolling minute without headers, and a burst", func() func(time.Time) (time.Duration, int) { return window(120) }, 0, providers.Pace{PerSecond: 2, Burst: 20}, "", 4, 170 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &meter{take: c.take(), most: c.most}
				cfg := config("https://api.puppet.example")
				if c.base != "" {
					cfg = config(c.base)
				}
				cfg.Transport, cfg.Pace = m, c.pace
				a, err := Open(puppet(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				took := crowd(t, a, 260)
				if took > c.longest {
					t.Errorf("took %v", took)
				}
				if len(m.refused) > c.refused {
					t.Errorf("%d of %d were refused", len(m.refused), m.sent)
				}
				for _, at := range m.refused {
					if at.Sub(m.refused[0]) > time.Second {
						t.Errorf("one was refused %v after the first", at.Sub(m.refused[0]))
					}
				}
			})
		})
	}
}

// TestSharedPause: while one call waits as it was told, none is sent.
func TestSharedPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sent []time.Duration
		start := time.Now()
		cfg := config("http://127.0.0.1:1")
		cfg.Pace.Concurrency = 8
		cfg.Transport = transport(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if sent = append(sent, time.Since(start)); len(sent) == 1 {
				resp := reply(429, `{}`)
				resp.Header.Set("Retry-After", "30")
				return resp, nil
			}
			return reply(200, `{"id":"1","name":"Mira"}`), nil
		})
		a, err := Open(puppet(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = a.Get(t.Context(), "1") }()
		synctest.Wait()
		crowd(t, a, 8)
		if len(sent) != 10 {
			t.Errorf("%d were sent", len(sent))
		}
		for _, at := range sent[1:] {
			if at < 30*time.Second {
				t.Errorf("one was sent after %v", at)
			}
		}
	})
}

// TestPauseEndsWithTheCommand: who waits for a pause to end can be stopped.
func TestPauseEndsWithTheCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config("https://api.puppet.example")
		cfg.Transport = transport(func(*http.Request) (*http.Response, error) {
			resp := reply(429, `{}`)
			resp.Header.Set("Retry-After", "60")
			return resp, nil
		})
		a, err := Open(puppet(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		if _, err := a.Get(ctx, "1"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestPatience: a service that says for ever when to come back is left.
func TestPatience(t *testing.T) {
	for after, want := range map[string]int{"1": 601, "7": 86, "60": 11, "61": 1, "0.5": 5} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			cfg := config("https://api.puppet.example")
			cfg.Transport = transport(func(*http.Request) (*http.Response, error) {
				sent++
				resp := reply(429, `{}`)
				resp.Header.Set("Retry-After", after)
				return resp, nil
			})
			a, err := Open(puppet(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, err = a.Create(t.Context(), "", "", providers.Body{"name": "Mira"})
			if providers.KindOf(err) != providers.RateLimited || sent != want {
				t.Errorf("Retry-After %s: %v after %d requests, want %d", after, err, sent, want)
			}
		})
	}
}
