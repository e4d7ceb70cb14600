package rest

import (
	"io"
	"net/http"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// A write is repeated after an attempt that may have been carried out. What
// the second attempt is refused with says nothing of the first.
func TestRefusedAfterDoubt(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second int
		want          providers.ErrorKind
	}{
		{"a key that expires in between", 502, 401, providers.Lost},
		{"a limit that is reached in between", 502, 429, providers.Lost},
		{"an allowance that is used up in between", 502, 402, providers.Lost},
		{"values that are refused", 502, 400, providers.Lost},
		{"a refusal first: nothing is in doubt", 429, 401, providers.Unauthorized},
		{"refused at once", 401, 401, providers.Unauthorized},
	} {
		for _, write := range []string{"create", "update"} {
			t.Run(c.name+"/"+write, func(t *testing.T) {
				attempt := 0
				a := served(t, func(w http.ResponseWriter, _ *http.Request) {
					attempt++
					status := c.second
					if attempt == 1 {
						status = c.first
					}
					w.WriteHeader(status)
					_, _ = io.WriteString(w, `{"error":"no"}`)
				})
				var err error
				if write == "update" {
					err = a.Update(t.Context(), "1", providers.Body{"name": "Mira"})
				} else {
					r := a.api.Create
					r.KeyHeader = "Idempotency-Key"
					_, err = a.New(t.Context(), r, Call{Key: "k"})
				}
				if got := providers.KindOf(err); got != c.want {
					t.Errorf("%v after %d attempts, want %s", err, attempt, c.want)
				}
			})
		}
	}
}

// The transport of net/http repeats a keyed request by itself when a kept
// connection breaks. That attempt is in doubt like any other.
func TestRefusedAfterATransportsOwnRepetition(t *testing.T) {
	carried := 0
	a := served(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet: // so that there is a connection to keep
			_, _ = io.WriteString(w, `{"id":"1","name":"Mira"}`)
		case carried == 0:
			carried++
			panic(http.ErrAbortHandler) // carried out, and the answer is lost
		default:
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	})
	if _, err := a.Get(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	r := a.api.Create
	r.KeyHeader = "Idempotency-Key"
	_, err := a.New(t.Context(), r, Call{Key: "k", Body: map[string]any{"name": "Mira"}})
	if got := providers.KindOf(err); got != providers.Lost || carried != 1 {
		t.Errorf("%v, want %s", err, providers.Lost)
	}
}
