package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		fault Fault
		made  bool // whether the character is there afterwards
		check func(g got, err error) bool
	}{
		{Fault{Kind: FaultLatency, Delay: 40 * time.Millisecond}, true, func(g got, err error) bool { return g.Status == 201 }},
		{Fault{Kind: FaultRateLimit}, false, func(g got, err error) bool {
			return g.Status == 429 && g.Header["Retry-After"] == nil && g.Doc["detail"] != nil
		}},
		{Fault{Kind: FaultRateLimit, RetryAfter: "2"}, false, func(g got, err error) bool { return g.Status == 429 && g.Header.Get("Retry-After") == "2" }},
		{Fault{Kind: FaultServerError}, false, func(g got, err error) bool { return g.Status == 500 && g.Doc["detail"] != nil }},
		{Fault{Kind: FaultServerError, Commit: true}, true, func(g got, err error) bool { return g.Status == 500 }},
		{Fault{Kind: FaultBadGateway}, false, func(g got, err error) bool { return g.Status == 502 && strings.HasPrefix(g.Text, "<!doctype") }},
		{Fault{Kind: FaultUnavailable, RetryAfter: "1"}, false, func(g got, err error) bool { return g.Status == 503 && g.Header.Get("Retry-After") == "1" }},
		{Fault{Kind: FaultStatus, Status: 418, Body: `{"teapot":true}`}, false, func(g got, err error) bool { return g.Status == 418 && g.Doc["teapot"] == true }},
		{Fault{Kind: FaultServerError, Body: "<html>oops"}, false, func(g got, err error) bool {
			return g.Text == "<html>oops" && strings.HasPrefix(g.Header.Get("Content-Type"), "text/html")
		}},
		{Fault{Kind: FaultResetBefore}, false, func(g got, err error) bool { return err != nil }},
		{Fault{Kind: FaultResetAfter}, true, func(g got, err error) bool { return err != nil }},
		{Fault{Kind: FaultTruncated}, true, func(g got, err error) bool {
			return err == nil && g.Status == 201 && len(g.Text) > 20 && !json.Valid([]byte(g.Text))
		}},
		{Fault{Kind: FaultCut}, true, func(g got, err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
		{Fault{Kind: FaultHTML}, false, func(g got, err error) bool { return g.Status == 200 && strings.HasPrefix(g.Text, "<!doctype") }},
		{Fault{Kind: FaultChallenge}, false, func(g got, err error) bool { return g.Status == 403 && g.Header.Get("Server") == "cloudflare" }},
		{Fault{Kind: FaultRedirect}, false, func(g got, err error) bool {
			return g.Status == 302 && g.Header.Get("Location") == "https://elsewhere.invalid/login"
		}},
		{Fault{Kind: FaultWrongTypes}, true, func(g got, err error) bool { _, number := g.Doc["id"].(float64); return g.Status == 201 && number }},
		{Fault{Kind: FaultSlow, Delay: time.Millisecond}, true, func(g got, err error) bool { return g.Status == 201 && g.Doc["id"] != nil }},
		{Fault{Kind: FaultExpiredKey}, false, func(g got, err error) bool { return g.Status == 401 }},
		{Fault{Kind: FaultEmpty}, true, func(g got, err error) bool { return g.Status == 201 && g.Text == "" && err == nil }},
		{Fault{Kind: "nonsense"}, false, func(g got, err error) bool {
			return g.Status == 500 && strings.Contains(g.Text, "reset-after")
		}},
	} {
		t.Run(string(tc.fault.Kind), func(t *testing.T) {
			s := opened(t, Options{})
			s.Inject(tc.fault)
			start := time.Now()
			g, err := try(s, "alakazam", "POST", "/v1/characters", `{"name":"Mira"}`)
			if !tc.check(g, err) {
				t.Errorf("%d %v %.200s, error %v", g.Status, g.Header, g.Text, err)
			}
			if time.Since(start) < tc.fault.wait() {
				t.Error("it came too early")
			}
			if made := len(idsOf(t, s, "alakazam")) == 1; made != tc.made {
				t.Errorf("carried out: %v", made)
			}
			log := s.Requests("")
			if len(log) != 1 || log[0].Fault != string(tc.fault.Kind) || log[0].Committed != tc.made || err == nil && log[0].Status != g.Status {
				t.Errorf("log: %+v", log)
			}
		})
	}
}

func TestEndlessAnswer(t *testing.T) {
	s := opened(t, Options{})
	s.Inject(Fault{Kind: FaultEndless})
	req, err := http.NewRequest("GET", s.URL("alakazam")+"/v1/characters", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.CopyN(io.Discard, resp.Body, 4<<20); err != nil || resp.StatusCode != 200 || resp.ContentLength >= 0 {
		t.Errorf("%d after %d bytes: %v", resp.StatusCode, n, err)
	}
}

func TestFaultsHitWhatTheyName(t *testing.T) {
	s := opened(t, Options{})
	get := func(vendor string) int {
		path := map[string]string{"alakazam": "/v1/characters", "npcbuilder": npcWorldPath}[vendor]
		return ask(t, s, vendor, "GET", path, "").Status
	}
	s.Inject(Fault{Vendor: "alakazam", Route: "read", Kind: FaultServerError, Skip: 1, Times: 2})
	if got := []int{get("npcbuilder"), get("alakazam"), get("alakazam"), get("alakazam"), get("alakazam")}; !slices.Equal(got, []int{200, 200, 500, 500, 200}) {
		t.Errorf("skip 1, times 2: %v", got)
	}
	s.Inject(Fault{Route: "write", Kind: FaultServerError})
	s.Inject(Fault{Method: "DELETE", Kind: FaultServerError})
	s.Inject(Fault{Route: "usage.get", Kind: FaultServerError, Times: -1})
	if got := get("alakazam"); got != 200 {
		t.Errorf("none of these fits: %d", got)
	}
	for range 3 {
		if g := ask(t, s, "alakazam", "GET", "/v1/usage", ""); g.Status != 500 {
			t.Errorf("always: %d", g.Status)
		}
	}
	s.ClearFaults()
	if g := ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"x"}`); g.Status != 201 {
		t.Errorf("after clearing: %d", g.Status)
	}
	s.Inject(Fault{Vendor: "convai", Kind: FaultExpiredKey})
	for range 2 {
		if g := ask(t, s, "convai", "POST", "/character/list", ""); g.Status != 401 {
			t.Errorf("an expired key: %d", g.Status)
		}
	}
	if g := ask(t, s, "alakazam", "GET", "/v1/usage", ""); g.Status != 200 {
		t.Errorf("another vendor's key: %d", g.Status)
	}
	s.ClearFaults()
	if g := ask(t, s, "convai", "POST", "/character/list", ""); g.Status != 200 {
		t.Errorf("renewed: %d", g.Status)
	}
}

func TestCloseEndsWhatHangs(t *testing.T) {
	s, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	s.Inject(Fault{Kind: FaultLatency, Delay: time.Hour})
	done := make(chan error)
	go func() {
		_, err := try(s, "alakazam", "GET", "/v1/characters", "")
		done <- err
	}()
	for len(s.faultsLeft()) > 0 {
		time.Sleep(time.Millisecond)
	}
	start := time.Now()
	if err := s.Close(); err != nil || time.Since(start) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	if err := <-done; err == nil {
		t.Error("the request that hung has got an answer")
	}
}

func (s *Server) faultsLeft() []*Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return slices.Clone(s.faults.queue)
}

func TestRequestLog(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	ask(t, s, "alakazam", "POST", "/v1/characters", "{\n \"name\": \"Mira\" }", "User-Agent", "charsync/test")
	ask(t, s, "convai", "POST", "/character/list", "")
	ask(t, s, "npcbuilder", "GET", "/nonesuch?session_id=1", "", "clientSecret", "canary-secret")
	if err := s.Edit("alakazam", idsOf(t, s, "alakazam")[0], doc{"name": "x"}); err != nil {
		t.Fatal(err)
	}
	log := s.Requests("")
	if len(log) != 3 {
		t.Fatalf("%d entries: edits behind the back are no requests", len(log))
	}
	first := log[0]
	if first.Seq != 1 || first.Route != "character.create" || !first.Write || first.Status != 201 || string(first.Body) != `{"name":"Mira"}` || !first.Committed || first.ID == "" || first.Header["User-Agent"] != "charsync/test" || first.Path != "/v1/characters" {
		t.Errorf("%+v", first)
	}
	if log[1].Write || log[1].Route != "character.list" || log[2].Route != "" || log[2].Query != "session_id=1" || log[2].Status != 404 {
		t.Errorf("%+v", log[1:])
	}
	if got := s.Requests("convai"); len(got) != 1 || got[0].Vendor != "convai" {
		t.Errorf("one vendor's: %+v", got)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "requests.jsonl"))
	if err != nil || bytes.Count(raw, []byte("\n")) != 3 {
		t.Errorf("%v: %s", err, raw)
	}
	for _, secret := range []string{"sk_live_sandbox", "sandbox-convai-key", "sandbox-npcbuilder-token", "canary-secret"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the log has the credential %s", secret)
		}
	}
	s.ResetRequests()
	ask(t, s, "convai", "POST", "/character/list", "")
	raw, _ = os.ReadFile(filepath.Join(dir, "requests.jsonl"))
	if len(s.Requests("")) != 1 || bytes.Count(raw, []byte("\n")) != 1 {
		t.Errorf("after a reset: %s", raw)
	}
}

func TestRequestLogLetsOldBodiesGo(t *testing.T) {
	l := &requestLog{}
	big, _ := json.Marshal(strings.Repeat("x", keptBodies/3))
	for range 4 {
		l.add(Request{Body: big})
	}
	if l.entries[0].Body != nil || l.entries[1].Body != nil || l.entries[3].Body == nil || l.bodies > keptBodies {
		t.Errorf("%d bytes of bodies are kept", l.bodies)
	}
}

func TestAdmin(t *testing.T) {
	s := opened(t, Options{})
	do := func(method, path, body string) got { return ask(t, s, "", method, "/_sandbox/"+path, body) }
	g := do("POST", "characters/convai", `{"charName":"Mira","backstory":"b"}`)
	id := text(g.Doc, "id")
	if g.Status != 200 || id == "" {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	for _, tc := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"PATCH", "characters/convai/" + id, `{"charName":"New","backstory":null}`, 200, `"charName":"New"`},
		{"GET", "characters/convai/" + id, "", 200, `"owner":"home"`},
		{"GET", "characters/convai", "", 200, id},
		{"GET", "characters", "", 200, `"alakazam":[]`},
		{"GET", "characters/nonesuch", "", 400, "accepted: alakazam"},
		{"PATCH", "characters/convai/nope", `{}`, 400, "no character"},
		{"PUT", "switches", `{"alakazam.get-one":"404"}`, 200, `"value":"404"`},
		{"PUT", "switches", `{"alakazam.get-one":"999"}`, 400, "200, 404, 405"},
		{"GET", "switches", "", 200, `"name":"convai.kb-delay"`},
		{"POST", "faults", `{"vendor":"convai","kind":"429","retry_after":"3","delay":"1ms"}`, 200, `"ok":true`},
		{"POST", "faults", `{"kind":"nonsense"}`, 400, "reset-after"},
		{"POST", "faults", `{"knid":"429"}`, 400, "unknown field"},
		{"POST", "faults", `{"kind":"429","delay":"soon"}`, 400, "delay"},
		{"PUT", "worlds/g/w", `{"regions":{"r":["l"]}}`, 200, `"ok":true`},
		{"DELETE", "nonesuch", "", 404, "GET /_sandbox/requests"},
	} {
		if g := do(tc.method, tc.path, tc.body); g.Status != tc.status || !strings.Contains(g.Text, tc.want) {
			t.Errorf("%s %s %s: %d %s", tc.method, tc.path, tc.body, g.Status, g.Text)
		}
	}
	if g := ask(t, s, "convai", "POST", "/character/list", ""); g.Status != 429 || g.Header.Get("Retry-After") != "3" {
		t.Errorf("the fault: %d %v", g.Status, g.Header)
	}
	if g := ask(t, s, "npcbuilder", "GET", "/api/context/world/g/w", ""); g.Status != 200 {
		t.Errorf("the world: %d", g.Status)
	}
	if g := do("GET", "requests?vendor=convai", ""); !strings.Contains(g.Text, `"fault":"429"`) {
		t.Errorf("requests: %s", g.Text)
	}
	if do("DELETE", "requests", ""); len(s.Requests("")) != 0 {
		t.Error("the log is still there")
	}
	do("POST", "faults", `{"kind":"429"}`)
	do("DELETE", "faults", "")
	if g := do("DELETE", "characters/convai/"+id, ""); g.Status != 200 || len(idsOf(t, s, "convai")) != 0 {
		t.Errorf("delete: %d", g.Status)
	}
	if g := ask(t, s, "convai", "POST", "/character/list", ""); g.Status != 200 {
		t.Errorf("after dropping faults: %d", g.Status)
	}
}

func TestEnviron(t *testing.T) {
	s := opened(t, Options{})
	env := s.Environ()
	if len(env) != 2*len(Vendors()) || env["CONVAI_BASE_URL"] != s.URL("convai") || env["ALAKAZAM_API_KEY"] == "" || env["CHARACTERAI_TOKEN"] == "" || env["NPCBUILDER_TOKEN"] == "" {
		t.Errorf("%v", env)
	}
	unserved, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer unserved.Close()
	if _, err := http.Get(unserved.URL("convai")); err == nil {
		t.Error("the URL of a sandbox that does not listen leads somewhere")
	}
	for _, o := range []Options{{Accept: map[string][]string{"nonesuch": {"x"}}}, {Accept: map[string][]string{"convai": {""}}}} {
		if s, err := Open(o); err == nil {
			_ = s.Close()
			t.Errorf("Open(%v) worked", o)
		}
	}
}

// TestClearFaultsLetsGo: a request that a fault holds back goes on at once.
func TestClearFaultsLetsGo(t *testing.T) {
	q := newFaultQueue()
	s := &Server{faults: q, ctx: t.Context()}
	s.Inject(Fault{Kind: FaultLatency, Delay: time.Hour})
	f := q.take("alakazam", nil, http.MethodGet)
	s.ClearFaults()
	if !s.pause(httptest.NewRequest(http.MethodGet, "/", nil), f.wait(), f.cleared) {
		t.Error("the request did not go on")
	}
}
