package rest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// What a vendor refuses together is sent apart: the rest first, then each key
// alone, and from then on without asking again.
func TestApart(t *testing.T) {
	for _, c := range []struct {
		name   string
		refuse func(keys []string) bool
		bodies []string // of the updates that are made one after another
		sent   []string // the keys of each request
		want   []providers.ErrorKind
	}{
		{
			"together is fine", func([]string) bool { return false },
			[]string{`{"name":"M","model":"a","heat":1}`},
			[]string{"heat model name"},
			[]providers.ErrorKind{""},
		},
		{
			"only apart", func(keys []string) bool {
				return len(keys) > 1 && (slices.Contains(keys, "model") || slices.Contains(keys, "heat"))
			},
			[]string{`{"name":"M","title":"T","model":"a","heat":1}`, `{"heat":2,"model":"b"}`},
			[]string{"heat model name title", "name title", "model", "heat", "model", "heat"},
			[]providers.ErrorKind{"", ""},
		},
		{
			"one is refused for good", func(keys []string) bool { return slices.Contains(keys, "model") },
			[]string{`{"name":"M","model":"a","heat":1}`, `{"name":"N","model":"a"}`},
			[]string{"heat model name", "name", "model", "heat", "model name", "name", "model"},
			[]providers.ErrorKind{providers.Rejected, providers.Rejected},
		},
		{
			"nothing to send apart", func([]string) bool { return true },
			[]string{`{"name":"M","title":"T"}`, `{"heat":1}`},
			[]string{"name title", "heat"},
			[]providers.ErrorKind{providers.Rejected, providers.Rejected},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sent []string
			a := served(t, func(w http.ResponseWriter, r *http.Request) {
				var body map[string]any
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
					t.Error(err)
				}
				delete(body, "id")
				keys := slices.Sorted(maps.Keys(body))
				sent = append(sent, strings.Join(keys, " "))
				if c.refuse(keys) {
					w.WriteHeader(http.StatusBadRequest)
				}
				_, _ = io.WriteString(w, `{"status":"OK","error":"no"}`)
			})
			a.api.Update.Apart = &Apart{Keys: []string{"model", "heat"}, Status: http.StatusBadRequest}
			for i, body := range c.bodies {
				var b providers.Body
				if err := json.Unmarshal([]byte(body), &b); err != nil {
					t.Fatal(err)
				}
				if err := a.Update(t.Context(), "1", b); providers.KindOf(err) != c.want[i] {
					t.Errorf("update %d: %v", i, err)
				}
			}
			if fmt.Sprint(sent) != fmt.Sprint(c.sent) {
				t.Errorf("sent %q, want %q", sent, c.sent)
			}
		})
	}
}
