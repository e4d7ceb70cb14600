package preview

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *Server {
	t.Helper()
	s, err := Open(t.Context(), "127.0.0.1:0", Options{
		Driver: all.Driver, Now: time.Now, Log: slog.New(slog.DiscardHandler), Where: "providers are only read", Editor: DefaultEditor,
		Documents: func(context.Context, *spec.Project, *spec.Character) ([]Document, error) {
			return []Document{{Target: "alakazam", Requests: []Request{{"POST", "/v1/characters", map[string]any{"name": "Mira", "free": true}}}}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// character is one as a manifest would have it.
func character(name, greeting string) *spec.Character {
	at := spec.Pos{File: "characters/" + name + ".yaml", Line: 3, Col: 18}
	field := func(s string) spec.Field { return spec.Field{Value: spec.Value{V: s, Set: true, Pos: at}} }
	return &spec.Character{
		Name: name, Pos: at, Targets: []spec.Target{{Instance: "alakazam", Pos: at, Fields: spec.Fields{}}},
		Fields: spec.Fields{
			"name": field("Mira"), "greeting": field(greeting), "persona": field("She keeps the inn."),
			"examples": field("{{user}}: A room?\n{{char}}: Two, {{user}}.\n<START>\n{{user}}: Hm.\n{{char}}: Hm."),
		},
	}
}

func (s *Server) with(t *testing.T, entries map[string]Entry) *Server {
	t.Helper()
	s.Publish(News{Project: spec.DefaultProject(t.TempDir()), At: "12:00:00", Because: "start", Reset: true, Entries: entries})
	return s
}

// reader is a browser that was let in.
func reader(t *testing.T, s *Server) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{}}
	t.Cleanup(c.CloseIdleConnections)
	if code, _ := get(t, c, s.URL(), nil); code != 200 {
		t.Fatalf("not let in: %d", code)
	}
	return c
}

func get(t *testing.T, c *http.Client, address string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.Host = header.Get("Host")
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func base(s *Server) string { return "http://" + s.listener.Addr().String() }

// TestOthersGetNothing: without the token, from another origin, or under
// another name of this machine there is an empty answer.
func TestOthersGetNothing(t *testing.T) {
	s := open(t).with(t, map[string]Entry{"mira": {Manifest: character("mira", "Come in.")}})
	c := reader(t, s)
	stranger := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	tests := []struct {
		name   string
		client *http.Client
		path   string
		header http.Header
		want   int
	}{
		{"the page", c, "/", nil, 200},
		{"its parts", c, "/parts", http.Header{"Sec-Fetch-Site": {"same-origin"}}, 200},
		{"another path", c, "/secret", nil, 404},
		{"a file above", c, "/../go.mod", nil, 404},
		{"no token", stranger, "/", nil, 403},
		{"no token, parts", stranger, "/parts", nil, 403},
		{"no token, events", stranger, "/events", nil, 403},
		{"a wrong token", stranger, "/?token=AAAAAAAAAAAAAAAAAAAAAAAAAA", nil, 403},
		{"an empty token", stranger, "/?token=", nil, 403},
		{"the token elsewhere", stranger, "/parts?token=" + s.token, nil, 403},
		{"a wrong cookie", stranger, "/", http.Header{"Cookie": {s.cookie() + "=AAAA"}}, 403},
		{"another name for this machine", c, "/", http.Header{"Host": {"evil.example:" + port(s)}}, 403},
		{"a name with the token", stranger, "/?token=" + s.token, http.Header{"Host": {"evil.example"}}, 403},
		{"another origin", c, "/parts", http.Header{"Origin": {"https://evil.example"}}, 403},
		{"no origin at all", c, "/parts", http.Header{"Origin": {"null"}}, 403},
		{"another port", c, "/parts", http.Header{"Origin": {"http://127.0.0.1:1"}}, 403},
		{"another site", c, "/", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"the same site", c, "/", http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
	}
	for _, tt := range tests {
		code, body := get(t, tt.client, base(s)+tt.path, tt.header)
		if code != tt.want || code == 403 && body != "" {
			t.Errorf("%s: %d %.100q, want %d", tt.name, code, body, tt.want)
		}
	}
	res, err := c.Post(base(s)+"/", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 403 {
		t.Errorf("a post: %d", res.StatusCode)
	}
}

func port(s *Server) string {
	u, _ := url.Parse(base(s))
	return u.Port()
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"8080": "127.0.0.1:8080", "127.0.0.1:0": "127.0.0.1:0", "localhost:80": "localhost:80", "[::1]:80": "[::1]:80", "127.8.8.8:1": "127.8.8.8:1",
		":8080": "", "0.0.0.0:80": "", "[::]:80": "", "192.168.1.4:80": "", "example.com:80": "", "localhost.example.com:80": "", "": "", "::1": "",
	} {
		if got, err := loopback(address); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", address, got, err)
		}
	}
}

func TestEditor(t *testing.T) {
	for pattern, ok := range map[string]bool{
		DefaultEditor: true, "none": true, "": true, "idea://open?file={path}&line={line}": true, "file://{path}": true,
		"javascript:alert('{path}')": false, "JavaScript:{path}": false, "data:text/html,{path}": false, "{path}": false, "vscode://file": false, "/{path}:1": false,
	} {
		if _, err := ParseEditor(pattern); (err == nil) != ok {
			t.Errorf("%q: %v", pattern, err)
		}
	}
	at := spec.Pos{File: `characters/a "b" é#?.yaml`, Line: 7, Col: 3}
	if got := Editor(DefaultEditor).link("/srv/tavern", at); got != "vscode://file/srv/tavern/characters/a%20%22b%22%20%C3%A9%23%3F.yaml:7:3" {
		t.Errorf("link: %s", got)
	}
}

// TestShows: what is published shows, and prose stays prose.
func TestShows(t *testing.T) {
	mira := character("mira", "Come in, {{user}}.\n\n<script>alert(1)</script>\x1b[31m")
	finding := spec.Diagnostic{Pos: spec.Pos{File: "characters/mira.yaml", Line: 9, Col: 3}, Severity: spec.Error, Code: "CS201", Message: "unknown field \"<b>\"", Character: "mira", Source: "  <b>: 1", Length: 3}
	s := open(t).with(t, map[string]Entry{"mira": {Manifest: mira, Findings: []spec.Diagnostic{finding}, Held: true}, "tom": {Manifest: character("tom", "Aye."), Planned: true, Changes: []diff.Change{{
		Address: diff.Address{Name: "tom", Target: "alakazam"}, Provider: "alakazam", Action: diff.Update, ID: "7",
		Fields:   []diff.FieldChange{{Path: "greeting", Kind: diff.Text, Class: diff.Yours, Before: "Yes.", BeforeKnown: true, After: "Aye.", Send: true}},
		Requests: []diff.Request{{Method: "PATCH", Path: "/v1/characters/7", Fields: []spec.Path{"greeting"}}},
	}}}})
	c := reader(t, s)
	_, page := get(t, c, base(s)+"/?c=mira", nil)
	for _, want := range []string{
		"Come in, You.", "&lt;script&gt;alert(1)", "She keeps the inn.", "Two, You.", `<hr class="sep">`, "last good",
		"characters/mira.yaml:9:3", "vscode://file/", "CS201", "&lt;b&gt;", `data-c="tom"`, "POST", "/v1/characters", "providers are only read",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q does not show", want)
		}
	}
	for _, not := range []string{"<script>alert", "<b>: 1", "\x1b", `field "<b>"`} {
		if strings.Contains(page, not) {
			t.Errorf("%q got through", not)
		}
	}
	_, page = get(t, c, base(s)+"/?c=tom", nil)
	for _, want := range []string{"tone-update", "<del>Yes.", "<ins>Aye.", "PATCH", "/v1/characters/7"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q does not show", want)
		}
	}
	if _, page := get(t, c, base(s)+"/?c=%3Cscript%3E", nil); !strings.Contains(page, "No manifest holds &lt;script&gt;") {
		t.Error("a name that is none")
	}
}

// TestList: of many characters some are listed, and all are found.
func TestList(t *testing.T) {
	entries := map[string]Entry{}
	for i := range 1000 {
		name := fmt.Sprintf("c-%03d", i)
		entries[name] = Entry{Manifest: character(name, "Hi.")}
	}
	s := open(t).with(t, entries)
	if l := s.list("", ""); len(l.Items) != maxListed || l.More != 800 {
		t.Errorf("%d and %d", len(l.Items), l.More)
	}
	if l := s.list("mira C-99", "c-991"); len(l.Items) != 10 || !l.Items[1].Here {
		t.Errorf("found %+v", l.Items)
	}
	s.Publish(News{Gone: []string{"c-991"}, Entries: map[string]Entry{"d": {Manifest: character("d", "Hi.")}}})
	if l := s.list("c-99", ""); len(l.Items) != 9 {
		t.Errorf("found %+v", l.Items)
	}
	if l := s.list("d", ""); len(l.Items) != 1 {
		t.Errorf("found %+v", l.Items)
	}
}

// TestFollow: a page hears of each run, and one that is slow of the last; more
// than so many are turned away.
func TestFollow(t *testing.T) {
	s := open(t).with(t, nil)
	c := reader(t, s)
	join := func() (*http.Response, *bufio.Scanner) {
		res, err := c.Get(base(s) + "/events")
		if err != nil {
			t.Fatal(err)
		}
		return res, bufio.NewScanner(res.Body)
	}
	res, lines := join()
	defer res.Body.Close()
	hear := func(want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		t.Fatalf("%q was not heard: %v", want, lines.Err())
	}
	hear("data: 1")
	s.Publish(News{})
	hear("data: 2")
	var others []io.Closer
	turned := 0
	for range maxFollow {
		res, _ := join()
		others = append(others, res.Body)
		if res.StatusCode == http.StatusServiceUnavailable {
			turned++
		}
	}
	if turned != 1 {
		t.Errorf("%d turned away", turned)
	}
	for range 100 {
		s.Publish(News{})
	}
	hear("data: 102")
	var errs []error
	for _, o := range others {
		errs = append(errs, o.Close())
	}
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

// TestParts: what replaces the page's parts is what the page would hold.
func TestParts(t *testing.T) {
	s := open(t).with(t, map[string]Entry{"mira": {Manifest: character("mira", "Come in.")}})
	c := reader(t, s)
	_, page := get(t, c, base(s)+"/?c=mira", nil)
	_, body := get(t, c, base(s)+"/parts?c=mira", nil)
	var parts map[string]string
	if err := json.Unmarshal([]byte(body), &parts); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"status", "list", "character"} {
		if len(parts[name]) < 20 || !strings.Contains(page, parts[name]) {
			t.Errorf("%s: %s", name, parts[name])
		}
	}
}

// TestUnread: a manifest that was never good is in the list with its errors,
// and gives way to its character once it is good.
func TestUnread(t *testing.T) {
	wrong := spec.Diagnostic{Pos: spec.Pos{File: "characters/zoe.yaml", Line: 7, Col: 3}, Severity: spec.Error, Code: "CS201", Message: "unknown field", Character: "zoe"}
	s := open(t)
	s.Publish(News{
		Project: spec.DefaultProject(t.TempDir()), Reset: true, Entries: map[string]Entry{"mira": {Manifest: character("mira", "Come in.")}},
		Problems: []spec.Diagnostic{wrong}, Unread: map[string][]spec.Diagnostic{"characters/zoe.yaml": {wrong}},
	})
	s.Publish(News{}) // says nothing about them
	c := reader(t, s)
	if l := s.list("", ""); len(l.Items) != 2 || l.Items[0].Display != "zoe.yaml" || l.Items[0].Errors != 1 || l.Total != 2 {
		t.Errorf("%+v", l)
	}
	for _, query := range []string{"/?c=characters%2Fzoe.yaml", "/?c=zoe"} {
		_, page := get(t, c, base(s)+query, nil)
		for _, want := range []string{`aria-current="page"><span class="who" dir="auto">zoe.yaml`, "unknown field", "characters/zoe.yaml:7:3", "vscode://file/", "is without an error yet"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q does not show", query, want)
			}
		}
		if strings.Contains(page, "No greeting") {
			t.Error("it shows a character that there is not")
		}
	}
	if s.Publish(News{Problems: []spec.Diagnostic{wrong}}); s.first() != "characters/zoe.yaml" {
		t.Errorf("it opens with %s", s.first())
	}
	zoe := character("zoe", "Hello.")
	s.Publish(News{Entries: map[string]Entry{"zoe": {Manifest: zoe}}, Unread: map[string][]spec.Diagnostic{}})
	if _, page := get(t, c, base(s)+"/?c=characters%2Fzoe.yaml", nil); !strings.Contains(page, "Hello.") || len(s.list("", "").Items) != 2 {
		t.Error("it is good and does not show")
	}
}
