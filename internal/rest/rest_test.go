package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// puppet is a small vendor of our own.
func puppet() *API {
	return &API{
		Driver: &providers.Driver{
			Name: "puppet", Title: "Puppet", Env: []providers.Env{{"PUPPET_KEY"}}, BaseURL: "https://api.puppet.example",
			Pace:   providers.Pace{PerSecond: 2, Concurrency: 3, SerialWrite: true},
			Fields: providers.Table{{Path: "name", Kind: diff.Text, Write: "/name", List: "/name"}},
		},
		Auth: func(c map[string]providers.Secret) (http.Header, error) {
			if c["PUPPET_KEY"].IsZero() {
				return nil, errors.New("no credential: set PUPPET_KEY")
			}
			return http.Header{"X-Key": {c["PUPPET_KEY"].Reveal()}}, nil
		},
		Create: Route{Name: "create", Method: "POST", Path: "/p", NewID: "/id"},
		Get:    Route{Name: "get", Method: "GET", Path: "/p/{id}", Reads: true, IDEcho: "/id"},
		Update: Route{Name: "update", Method: "PATCH", Path: "/p/{id}", Repeat: true, OK: []Condition{{Pointer: "/status", Is: "ok"}}},
		List: Route{
			Name: "list", Method: "GET", Path: "/p", Reads: true, Items: "/list", ItemID: "/id", ItemName: "/name",
			Cursor: "/next", CursorQuery: "after",
		},
	}
}

func config(base string) providers.Config {
	return providers.Config{
		Instance: "puppet", BaseURL: base, Credentials: map[string]providers.Secret{"PUPPET_KEY": providers.NewSecret("canary-key")},
	}
}

// served opens an account at a server that answers with the handler.
func served(t *testing.T, h http.HandlerFunc) *Account {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	a, err := Open(puppet(), config(srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func TestBaseURL(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.puppet.example":    "",
		"https://api.puppet.example/x/": "",
		"http://127.0.0.1:1":            "",
		"http://localhost:8080/puppet":  "",
		"http://[::1]:9":                "",
		"http://api.puppet.example":     "plain http",
		"http://127.0.0.1.evil.example": "plain http",
		"ftp://api.puppet.example":      "begins with https://",
		"https://user:pw@host":          "holds no credentials",
		"https://host/?key=1":           "no query",
		"api.puppet.example":            "begins with https://",
		"https://":                      "begins with https://",
		"http://%zz":                    "no URL",
	} {
		_, err := Open(puppet(), config(base))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", base, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: the password is shown: %v", base, err)
		}
	}
}

func TestHeadersAndPath(t *testing.T) {
	var got *http.Request
	a := served(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(context.Background())
		_, _ = io.WriteString(w, `{"id":"a b/ü","name":"Mira"}`)
	})
	if _, err := a.Get(t.Context(), "a b/ü"); err != nil {
		t.Fatal(err)
	}
	if got.RequestURI != "/p/a%20b%2F%C3%BC" || got.Header.Get("X-Key") != "canary-key" || !strings.HasPrefix(got.UserAgent(), "charsync ") ||
		got.Header.Get("Accept") != "application/json" || got.ContentLength > 0 {
		t.Errorf("%s %v", got.RequestURI, got.Header)
	}
}

// A redirect is not followed: the key would go with it.
func TestRedirect(t *testing.T) {
	var asked atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(other.Close)
	a := served(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/p/1?token=x", http.StatusFound)
	})
	_, err := a.Get(t.Context(), "1")
	if providers.KindOf(err) != providers.Redirected || strings.Contains(err.Error(), "token") {
		t.Error(err)
	}
	if asked.Load() != 0 {
		t.Error("it was followed")
	}
}

// TestRetries counts what is sent for each answer on each kind of route.
func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name                 string
		status               int
		after                string
		body                 string
		get, create, updates int
	}{
		{"429", 429, "", "", 5, 5, 5},
		{"429, too long", 429, "61", "", 1, 1, 1},
		{"429, the plan's quota", 429, "", `{"error":"the limit of your plan is reached"}`, 1, 1, 1},
		{"503", 503, "", "", 5, 1, 5},
		{"503 with a pause", 503, "0.01", "", 5, 5, 5},
		{"500", 500, "", "", 5, 1, 1},
		{"502", 502, "", "", 5, 1, 5},
		{"501", 501, "", "", 1, 1, 1},
		{"400", 400, "", "", 1, 1, 1},
		{"404", 404, "", "", 1, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int32
			a := served(t, func(w http.ResponseWriter, r *http.Request) {
				sent.Add(1)
				if c.after != "" {
					w.Header().Set("Retry-After", c.after)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			count := func(call string, want int, do func() error) {
				t.Helper()
				sent.Store(0)
				a.health.failures.Store(0)
				if err := do(); err == nil {
					t.Errorf("%s: no error", call)
				}
				if n := int(sent.Load()); n != want {
					t.Errorf("%s: sent %d times, want %d", call, n, want)
				}
			}
			count("get", c.get, func() error { _, err := a.Get(t.Context(), "1"); return err })
			count("create", c.create, func() error { _, err := a.Create(t.Context(), "key", "", providers.Body{}); return err })
			count("update", c.updates, func() error { return a.Update(t.Context(), "1", providers.Body{}) })
		})
	}
}

func TestRetryAfter(t *testing.T) {
	date := "Mon, 02 Nov 2026 10:00:00 GMT"
	for value, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "0.5": 500 * time.Millisecond, "-4": 0, "soon": 0, "1e99": 1e6 * time.Second, "NaN": 0,
		"Mon, 02 Nov 2026 10:00:07 GMT": 7 * time.Second, "Mon, 02 Nov 2026 09:00:00 GMT": 0,
	} {
		h := http.Header{"Date": {date}}
		if value != "" {
			h.Set("Retry-After", value)
		}
		if got := asked(&http.Response{Header: h}); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
	if got := asked(&http.Response{Header: http.Header{"Retry-After": {"Mon, 02 Nov 2026 10:00:07 GMT"}}}); got != waitLow {
		t.Errorf("a date without a clock to hold it against: %v", got)
	}
}

func TestRateLimitedSaysHowLong(t *testing.T) {
	a := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(429)
	})
	_, err := a.Get(t.Context(), "1")
	var e *providers.Error
	if !errors.As(err, &e) || e.Kind != providers.RateLimited || e.After != time.Hour {
		t.Errorf("%v %+v", err, e)
	}
}

// rate-limit-in-plan: the pace is kept, to the token.
func TestPace(t *testing.T) {
	t.Run("rate-limit-in-plan", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var inFlight, most, writing, mostWriting atomic.Int32
			cfg := config("https://api.puppet.example")
			cfg.Transport = transport(func(req *http.Request) (*http.Response, error) {
				rise(&inFlight, &most)
				if req.Method != "GET" {
					rise(&writing, &mostWriting)
				}
				time.Sleep(3 * time.Second)
				if req.Method != "GET" {
					writing.Add(-1)
				}
				inFlight.Add(-1)
				return reply(200, `{"id":"1","name":"Mira","status":"ok"}`), nil
			})
			a, err := Open(puppet(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			var wg sync.WaitGroup
			for i := range 12 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					var err error
					if i%3 == 0 {
						err = a.Update(t.Context(), "1", providers.Body{})
					} else {
						_, err = a.Get(t.Context(), "1")
					}
					if err != nil {
						t.Error(err)
					}
				}()
			}
			wg.Wait()
			if took := time.Since(start); took < 12*time.Second { // 12 calls of 3 s, three at a time
				t.Errorf("took %v", took)
			}
			if most.Load() > 3 || mostWriting.Load() > 1 {
				t.Errorf("%d at a time, %d of them writing", most.Load(), mostWriting.Load())
			}
		})
	})
	synctest.Test(t, func(t *testing.T) {
		cfg := config("https://api.puppet.example")
		cfg.Transport = transport(func(*http.Request) (*http.Response, error) { return reply(200, `{"id":"1","name":"Mira"}`), nil })
		a, err := Open(puppet(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for range 9 {
			if _, err := a.Get(t.Context(), "1"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 4*time.Second || took > 5*time.Second { // the first is free, then two a second
			t.Errorf("took %v", took)
		}
	})
}

func rise(n, most *atomic.Int32) {
	now := n.Add(1)
	for {
		m := most.Load()
		if now <= m || most.CompareAndSwap(m, now) {
			return
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func reply(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// A body that drips for ever ends, although it stays below every size.
func TestEndlessDrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config("https://api.puppet.example")
		var sent atomic.Int32
		cfg.Transport = transport(func(req *http.Request) (*http.Response, error) {
			sent.Add(1)
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &drip{ctx: req.Context()}}, nil
		})
		a, err := Open(puppet(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = a.Get(t.Context(), "1")
		if providers.KindOf(err) != providers.Unavailable || time.Since(start) > attemptTime+time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := a.Update(t.Context(), "1", providers.Body{}); providers.KindOf(err) != providers.Lost {
			t.Errorf("a write: %v", err)
		}
	})
}

type drip struct{ ctx context.Context }

func (d *drip) Read(p []byte) (int, error) {
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(time.Second):
		p[0] = ' '
		return 1, nil
	}
}

func (*drip) Close() error { return nil }

func TestTooLarge(t *testing.T) {
	a := served(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"id":"1","name":"`)
		chunk := strings.Repeat("x", 1<<20)
		for range 9 {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	})
	if _, err := a.Get(t.Context(), "1"); providers.KindOf(err) != providers.TooLarge {
		t.Error(err)
	}
}

func TestAnotherCharacter(t *testing.T) {
	a := served(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"id":"2","name":"Not Mira"}`) })
	if _, err := a.Get(t.Context(), "1"); providers.KindOf(err) != providers.Unexpected {
		t.Error(err)
	}
}

func TestUnsupported(t *testing.T) {
	a := served(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	if err := a.Delete(t.Context(), "1"); providers.KindOf(err) != providers.Unsupported {
		t.Error(err)
	}
}

// TestLists: first-page-only, and lists that are not what they should be.
func TestLists(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages map[string]string // by cursor
		want  string            // ids
		kind  providers.ErrorKind
	}{
		{name: "first-page-only", pages: map[string]string{
			"": `{"list":[{"id":"1"},{"id":"2"}],"next":"b"}`, "b": `{"list":[],"next":"c"}`, "c": `{"list":[{"id":"3"}],"next":null}`,
		}, want: "1 2 3"},
		{"moved rows", map[string]string{"": `{"list":[{"id":"1"},{"id":"2"}],"next":"b"}`, "b": `{"list":[{"id":"2"},{"id":"3"}],"next":""}`}, "1 2 3", ""},
		{"empty", map[string]string{"": `{"list":[],"next":null}`}, "", ""},
		{"circles", map[string]string{"": `{"list":[{"id":"1"}],"next":"b"}`, "b": `{"list":[],"next":"b"}`}, "1", providers.Unexpected},
		{"no cursor", map[string]string{"": `{"list":[{"id":"1"}]}`}, "", providers.Unexpected},
		{"a cursor that is no text", map[string]string{"": `{"list":[{"id":"1"}],"next":7}`}, "", providers.Unexpected},
		{"no list", map[string]string{"": `{"next":null}`}, "", providers.Unexpected},
		{"a null list", map[string]string{"": `{"list":null,"next":null}`}, "", providers.Unexpected},
		{"an object", map[string]string{"": `{"list":{},"next":null}`}, "", providers.Unexpected},
		{"no id", map[string]string{"": `{"list":[{"id":"1"},{"name":"x"}],"next":null}`}, "1", providers.Unexpected},
		{"an id that is a number", map[string]string{"": `{"list":[{"id":1}],"next":null}`}, "", providers.Unexpected},
		{"an element that is none", map[string]string{"": `{"list":[7],"next":null}`}, "", providers.Unexpected},
		{"a wrong type inside", map[string]string{"": `{"list":[{"id":"1","name":7}],"next":null}`}, "", providers.Unexpected},
		{"an error in place of it", map[string]string{"": `{"detail":"try again"}`}, "", providers.Rejected},
		{"cut short later", map[string]string{"": `{"list":[{"id":"1"}],"next":"b"}`, "b": `{"list":[{"id":"2"`}, "1", providers.Truncated},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := served(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, c.pages[r.URL.Query().Get("after")])
			})
			var ids []string
			var failed error
			for item, err := range a.List(t.Context(), "") {
				if err != nil {
					failed = err
					break
				}
				ids = append(ids, item.ID)
			}
			if got := strings.Join(ids, " "); got != c.want || providers.KindOf(failed) != c.kind {
				t.Errorf("%s, %v; want %s, %q", got, failed, c.want, c.kind)
			}
		})
	}
}

func TestListStopsWhenAsked(t *testing.T) {
	var pages atomic.Int32
	a := served(t, func(w http.ResponseWriter, r *http.Request) {
		n := pages.Add(1)
		_, _ = fmt.Fprintf(w, `{"list":[{"id":"%d"}],"next":"%d"}`, n, n)
	})
	for range a.List(t.Context(), "") {
		break
	}
	if pages.Load() != 1 {
		t.Errorf("%d pages were read", pages.Load())
	}
}

// What a manifest says is sent as it says it, even where it holds the text of
// a credential: only what is shown is scrubbed.
func TestMasking(t *testing.T) {
	t.Run("masking-corrupts", func(t *testing.T) {
		var sent []byte
		a := served(t, func(w http.ResponseWriter, r *http.Request) {
			sent, _ = io.ReadAll(r.Body)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write(sent)
		})
		prose := "She whispers canary-key, and <b>nobody</b> hears."
		_, err := a.Create(t.Context(), "", "", providers.Body{"detail": prose})
		if string(sent) != `{"detail":"`+prose+`"}` {
			t.Errorf("sent %s", sent)
		}
		if err == nil || strings.Contains(err.Error(), "canary-key") || !strings.Contains(err.Error(), "[secret]") {
			t.Errorf("shown: %v", err)
		}
	})
}
