package rest

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// TestStorm: a service that answers 503 to everything is not asked five times
// for each call, and is asked again as usual once it answers.
func TestStorm(t *testing.T) {
	var sent atomic.Int32
	var up atomic.Bool
	a := served(t, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"id":"1","name":"Mira"}`)
	})
	for range 30 {
		if _, err := a.Get(t.Context(), "1"); providers.KindOf(err) != providers.Unavailable {
			t.Fatal(err)
		}
	}
	if n := sent.Load(); n != tiredAfter+28 {
		t.Errorf("30 calls were sent %d times", n)
	}
	up.Store(true)
	if _, err := a.Get(t.Context(), "1"); err != nil {
		t.Error(err)
	}
	up.Store(false)
	sent.Store(0)
	if _, err := a.Get(t.Context(), "1"); err == nil || sent.Load() != retries+1 {
		t.Errorf("%v after %d requests", err, sent.Load())
	}
}
