package rest

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charsync/charsync/pkg/providers"
)

// hanging never answers.
type hanging struct{ asked int }

func (h *hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked++
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A service that takes requests and answers none is left after a bounded
// time, however often the call may be repeated.
func TestHangingService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &hanging{}
		cfg := config("https://api.puppet.example")
		cfg.Transport, cfg.Now = service, time.Now
		a, err := Open(puppet(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_, err = a.Get(t.Context(), "1")
		if providers.KindOf(err) != providers.Unavailable || !strings.Contains(err.Error(), errSlow.Error()) {
			t.Error(err)
		}
		if took := time.Since(begun); took > callTime+waitHigh || service.asked < 2 {
			t.Errorf("it took %s and %d attempts", took, service.asked)
		}
	})
}

// Pauses that are asked for and the wait for a turn do not count.
func TestPausesAreNoTimeOfTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		cfg := config("https://api.puppet.example")
		cfg.Now = time.Now
		cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			asked++
			time.Sleep(time.Second) // of a clock that nobody waits for
			resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}, Body: http.NoBody, Request: r}
			return resp, nil
		})
		a, err := Open(puppet(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Get(t.Context(), "1"); providers.KindOf(err) != providers.RateLimited || asked != 1+int(patience/time.Minute) {
			t.Errorf("%d attempts: %v", asked, err)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A pause that is too long to be waited for is told, as far as it makes sense.
func TestPauseHint(t *testing.T) {
	for after, want := range map[time.Duration]string{
		0: "", time.Minute: "", 90 * time.Minute: "1h30m0s: run again then", 24 * time.Hour: "24h0m0s", 1e6 * time.Second: "more than a day",
	} {
		if got := pauseHint(after); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q", after, got)
		}
	}
}
