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
