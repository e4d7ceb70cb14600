package rest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// A name in the settings becomes an id in the query: looked up once for each
// character, taken as it is where it is an id, and never made.
func TestNamedQuery(t *testing.T) {
	for _, c := range []struct {
		setting, list string
		query         string
		lists         int
		words         string
	}{
		{"", `{}`, "", 0, ""},
		{"staging", `{"results":[{"id":"b-1","name":"Main"},{"id":"b-2","name":"staging"}]}`, "branch=b-2", 1, ""},
		{"b-9", `{}`, "branch=b-9", 0, ""},
		{"nope", `{"results":[{"id":"b-1","name":"Main"}]}`, "", 1, "there is no branch nope"},
		{"staging", `{"results":[{"name":"staging"},7]}`, "", 1, "there is no branch staging"},
		{"staging", `{"results":{}}`, "", 1, "not an array"},
		{"staging", `{}`, "", 1, "not an array"},
	} {
		var query string
		lists, calls := 0, 0
		a := served(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/branches") {
				lists++
				_, _ = io.WriteString(w, c.list)
				return
			}
			calls++
			query = r.URL.RawQuery
			_, _ = io.WriteString(w, `{"id":"1","name":"Mira","status":"ok"}`)
		})
		a.settings = map[string]string{"branch": c.setting}
		n := &Named{
			Query: "branch", Setting: "branch", Prefix: "b-", What: "branch",
			Route: Route{Name: "branches", Method: "GET", Path: "/p/{id}/branches", Reads: true, Items: "/results", ItemID: "/id", ItemName: "/name"},
		}
		a.api.Get.Named, a.api.Update.Named = n, n
		_, err := a.Get(t.Context(), "1")
		if c.words != "" {
			if err == nil || !strings.Contains(err.Error(), c.words) || calls > 0 {
				t.Errorf("%q: %v, %d calls", c.setting, err, calls)
			}
			continue
		}
		if err == nil {
			err = a.Update(t.Context(), "1", providers.Body{"name": "x"})
		}
		if err != nil || query != c.query || lists != c.lists || calls != 2 {
			t.Errorf("%q: %v, %q, %d lists, %d calls", c.setting, err, query, lists, calls)
		}
	}
}
