package rest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// cutOff sends half of what it announces, and hangs up.
func cutOff(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = io.WriteString(w, body[:len(body)/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// TestCutAnswer: an answer that is cut short is asked for again on routes that
// only read, a page of a list alone, and never on a write.
func TestCutAnswer(t *testing.T) {
	for _, c := range []struct {
		name string
		cut  func(w http.ResponseWriter, body string)
	}{
		{"the connection ends", cutOff},
		{"the JSON ends", func(w http.ResponseWriter, body string) { _, _ = io.WriteString(w, body[:len(body)-2]) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sent, cuts atomic.Int32
			a := served(t, func(w http.ResponseWriter, r *http.Request) {
				sent.Add(1)
				body := `{"id":"1","name":"Mira","status":"ok"}`
				if r.URL.Path == "/p" && r.Method == "GET" {
					body = map[string]string{"": `{"list":[{"id":"1"},{"id":"2"}],"next":"b"}`, "b": `{"list":[{"id":"3"}],"next":null}`}[r.URL.Query().Get("after")]
				}
				if cuts.Add(-1) >= 0 {
					c.cut(w, body)
					return
				}
				_, _ = io.WriteString(w, body)
			})
			reset := func(n int32) { sent.Store(0); cuts.Store(n) }
			reset(2)
			if _, err := a.Get(t.Context(), "1"); err != nil || sent.Load() != 3 {
				t.Errorf("get: %v after %d requests", err, sent.Load())
			}
			reset(0)
			var ids []string
			for item, err := range a.List(t.Context(), "") {
				if err != nil {
					t.Fatal(err)
				}
				if ids = append(ids, item.ID); item.ID == "2" {
					cuts.Store(1) // the next page
				}
			}
			if got := strings.Join(ids, " "); got != "1 2 3" || sent.Load() != 3 {
				t.Errorf("list: %s after %d requests", got, sent.Load())
			}
			reset(1)
			if _, err := a.Create(t.Context(), "key", "", providers.Body{}); providers.KindOf(err) != providers.Lost || sent.Load() != 1 {
				t.Errorf("create: %v after %d requests", err, sent.Load())
			}
			reset(1)
			if err := a.Update(t.Context(), "1", providers.Body{}); providers.KindOf(err) != providers.Lost || sent.Load() != 1 {
				t.Errorf("update: %v after %d requests", err, sent.Load())
			}
			reset(99)
			if _, err := a.Get(t.Context(), "1"); providers.KindOf(err) != providers.Truncated || sent.Load() != retries+1 {
				t.Errorf("for ever: %v after %d requests", err, sent.Load())
			}
		})
	}
}

func TestUnclosed(t *testing.T) {
	whole := []string{`{}`, `[]`, `{"a":"}\""}`, `[1,{"b":[]}]`, `7`, `true`, `"a"`, ``, ` `, `<html>{`, `{}}`}
	for _, s := range whole {
		if unclosed([]byte(s)) {
			t.Errorf("%s is whole", s)
		}
	}
	long := `{"a":"x\"}]","b":[{"c":{}}]}`
	for i := 1; i < len(long); i++ {
		if !unclosed([]byte(long[:i])) {
			t.Errorf("%s is not", long[:i])
		}
	}
}

// TestEndlessList: the bound follows from what was seen, and what is wrong is
// named.
func TestEndlessList(t *testing.T) {
	for name, c := range map[string]struct {
		page  func(n int) string
		pages int
		want  string
	}{
		"empty pages":    {func(n int) string { return fmt.Sprintf(`{"list":[],"next":"c%d"}`, n) }, idlePages, "the cursor changes"},
		"the same pages": {func(n int) string { return fmt.Sprintf(`{"list":[{"id":"1"}],"next":"c%d"}`, n) }, idlePages + 1, "the cursor changes"},
		"a page again":   {func(n int) string { return fmt.Sprintf(`{"list":[{"id":"%d"}],"next":"c%d"}`, n, n%3) }, 4, "circles"},
		"sparse pages": {func(n int) string {
			if n == 60 {
				return `{"list":[{"id":"x"}],"next":null}`
			}
			return fmt.Sprintf(`{"list":[{"id":"%d"}],"next":"c%d"}`, n/(idlePages-2), n)
		}, 60, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			a := served(t, func(w http.ResponseWriter, r *http.Request) {
				n++
				_, _ = io.WriteString(w, c.page(n))
			})
			message := ""
			for _, err := range a.List(t.Context(), "") {
				if err != nil {
					message = err.Error()
				}
			}
			if n != c.pages || (c.want == "") != (message == "") || !strings.Contains(message, c.want) {
				t.Errorf("%d pages: %s", n, message)
			}
		})
	}
}
