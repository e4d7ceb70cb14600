package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// opened is a listening sandbox that ends with the test.
func opened(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Seed == 0 {
		o.Seed = 7
	}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	return s
}

// got is an answer with its body read; Doc is the body when it was a JSON object.
type got struct {
	Status int
	Header http.Header
	Text   string
	Doc    map[string]any
}

// ask sends a request to a vendor with the credentials of its first built-in key. body is JSON text, "" for none.
func ask(t testing.TB, s *Server, vendor, method, path, body string, header ...string) got {
	t.Helper()
	g, err := try(s, vendor, method, path, body, header...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return g
}

func try(s *Server, vendor, method, path, body string, header ...string) (got, error) {
	req, err := http.NewRequest(method, s.URL(vendor)+path, strings.NewReader(body))
	if err != nil {
		return got{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	switch vendor {
	case "alakazam":
		req.Header.Set("Authorization", "Bearer sk_live_sandbox")
	case "convai":
		req.Header.Set("CONVAI-API-KEY", "sandbox-convai-key")
	case "elevenlabs":
		req.Header.Set("xi-api-key", "sandbox-elevenlabs-key")
	case "characterai":
		req.Header.Set("Authorization", "Token sandbox-characterai-token")
	case "npcbuilder":
		req.Header.Set("Authorization", "Bearer sandbox-npcbuilder-token")
	case "vapi":
		req.Header.Set("Authorization", "Bearer sandbox-vapi-private")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return got{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	g := got{Status: resp.StatusCode, Header: resp.Header, Text: string(raw)}
	_ = json.NewDecoder(bytes.NewReader(raw)).Decode(&g.Doc)
	return g, err
}

func set(t testing.TB, s *Server, name, value string) {
	t.Helper()
	if err := s.Set(name, value); err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, s *Server, vendor string, d map[string]any) string {
	t.Helper()
	id, err := s.Put(vendor, d)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// storedDoc is what is stored for a character, with numbers as float64.
func storedDoc(t testing.TB, s *Server, vendor, id string) map[string]any {
	t.Helper()
	c, err := s.Character(vendor, id)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(c.Doc)
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOnlyLoopbackIsServed(t *testing.T) {
	s := opened(t, Options{})
	for _, addr := range []string{":0", "0.0.0.0:0", "192.0.2.1:80", "example.com:80"} {
		if err := s.Listen(addr); err == nil || !strings.Contains(err.Error(), "loopback") {
			t.Errorf("Listen(%q) = %v", addr, err)
		}
	}
	for _, path := range []string{"/v1/characters"} {
		if g := ask(t, s, "alakazam", "GET", path, "", "Host", "evil.example"); g.Status != 403 {
			t.Errorf("foreign Host: %d", g.Status)
		}
		if g := ask(t, s, "alakazam", "GET", path, "", "Sec-Fetch-Site", "cross-site"); g.Status != 403 {
			t.Errorf("%s for another site's page: %d", path, g.Status)
		}
		if g := ask(t, s, "alakazam", "GET", path, "", "Origin", "http://127.0.0.1"); g.Status != 403 {
			t.Errorf("Origin: %d", g.Status)
		}
	}
	if g := ask(t, s, "", "GET", "/_sandbox/requests", "", "Host", "evil.example:1"); g.Status != 403 {
		t.Errorf("admin, foreign Host: %d", g.Status)
	}
}

func TestCloseDoesNotWaitForUnusedConnections(t *testing.T) {
	s, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen("localhost:0"); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL(""), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask(t, s, "alakazam", "GET", "/v1/usage", "") // by now the other connection was taken, too
	start := time.Now()
	if err := s.Close(); err != nil || time.Since(start) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// Lists keep what they showed; a switch turned at run time, or an edit, must show all the same.
func TestSwitchAtRunTimeReachesKeptLists(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "convai", map[string]any{"charName": "Mira", "temperature": 0.42})
	list := func() string { return ask(t, s, "convai", "POST", "/character/list", "").Text }
	for range 2 {
		if !strings.Contains(list(), `"TEMPERATURE":0.42,`) {
			t.Fatal(list())
		}
	}
	set(t, s, "convai.float-noise", "on")
	if !strings.Contains(list(), `"TEMPERATURE":0.41999998688697815`) {
		t.Error(list())
	}
	set(t, s, "convai.float-noise", "off")
	if !strings.Contains(list(), `"TEMPERATURE":0.42,`) {
		t.Error(list())
	}
	if err := s.Edit("convai", id, map[string]any{"temperature": 0.9}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(list(), `"TEMPERATURE":0.9,`) {
		t.Error(list())
	}
}

// TestKinds: the characters of every vendor can be edited by hand.
func TestKinds(t *testing.T) {
	for _, v := range Vendors() {
		if kinds, err := Kinds(v); err != nil || kinds["name"] != "text" && kinds["character_name"] != "text" && kinds["charName"] != "text" {
			t.Errorf("%s: %v, %v", v, kinds, err)
		}
	}
}
