package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func vapiMade(t *testing.T, s *Server, body string) got {
	t.Helper()
	g := ask(t, s, "vapi", "POST", "/assistant", body)
	if g.Status != 201 {
		t.Fatalf("%s: %d %s", body, g.Status, g.Text)
	}
	return g
}

func TestVapiKeys(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "vapi", doc{"name": "Mira"})
	for _, tc := range []struct {
		key, method, path, body string
		want                    int
	}{
		{"", "GET", "/assistant", "", 401},
		{"nope", "GET", "/assistant", "", 401},
		{"sandbox-vapi-public", "GET", "/assistant", "", 401},
		{"sandbox-vapi-private", "GET", "/assistant/" + id, "", 200},
		{"sandbox-vapi-stranger", "GET", "/assistant/" + id, "", 404},
		{"sandbox-vapi-stranger", "PATCH", "/assistant/" + id, `{"name":"x"}`, 404},
		{"sandbox-vapi-stranger", "DELETE", "/assistant/" + id, "", 404},
		{"sandbox-vapi-private", "PATCH", "/assistant/nope", `{"name":"x"}`, 404},
		{"sandbox-vapi-private", "GET", "/v1/nonesuch", "", 404},
	} {
		g := ask(t, s, "vapi", tc.method, tc.path, tc.body, "Authorization", "Bearer "+tc.key)
		if g.Status != tc.want || g.Status >= 400 && (g.Doc["message"] == nil || g.Doc["statusCode"] != float64(tc.want)) {
			t.Errorf("%s %s with %q: %d %s, want %d", tc.method, tc.path, tc.key, g.Status, g.Text, tc.want)
		}
	}
	if g := ask(t, s, "vapi", "GET", "/assistant", "", "Authorization", "Bearer sandbox-vapi-stranger"); g.Text != "[]\n" {
		t.Errorf("a stranger sees %s", g.Text)
	}
}

// Objects are replaced whole, and keys that are not sent stay.
func TestVapiUpdateReplacesWhatItNames(t *testing.T) {
	s := opened(t, Options{})
	made := vapiMade(t, s, `{"name":"Mira","firstMessage":"Hello.","model":{"provider":"openai","model":"gpt-4.1","reasoningEffort":"low",
		"messages":[{"role":"system","content":"You are Mira."},{"role":"user","content":"Hi"}]},"metadata":{"a":1,"b":2},"voice":{"provider":"vapi","voiceId":"Elliot"}}`)
	path := "/assistant/" + text(made.Doc, "id")
	g := ask(t, s, "vapi", "PATCH", path, `{"model":{"provider":"openai","model":"gpt-4.1"},"metadata":{"a":3},"firstMessage":null}`)
	read := ask(t, s, "vapi", "GET", path, "")
	if g.Status != 200 || g.Text != read.Text {
		t.Fatalf("%d %s, reads as %s", g.Status, g.Text, read.Text)
	}
	model, voice := object(read.Doc, "model"), object(read.Doc, "voice")
	if len(model) != 2 || len(object(read.Doc, "metadata")) != 1 || text(voice, "voiceId") != "Elliot" || text(read.Doc, "name") != "Mira" {
		t.Error(read.Text)
	}
	if v, there := read.Doc["firstMessage"]; !there || v != nil {
		t.Errorf("firstMessage reads as %v", v)
	}
	for _, key := range []string{"id", "orgId", "createdAt", "updatedAt", "latestVersion"} {
		if _, there := read.Doc[key]; !there {
			t.Errorf("a read lacks %s", key)
		}
	}
	if g := ask(t, s, "vapi", "DELETE", path, ""); g.Status != 200 || text(g.Doc, "name") != "Mira" {
		t.Errorf("delete: %d %s", g.Status, g.Text)
	}
	if g := ask(t, s, "vapi", "DELETE", path, ""); g.Status != 404 {
		t.Errorf("deleted twice: %d", g.Status)
	}
}

// Both writing calls refuse the same, name what is wrong, and change nothing.
func TestVapiRefusals(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "vapi", doc{"name": "Mira"})
	for body, want := range map[string]string{
		`{"name":"` + strings.Repeat("a", 41) + `"}`: "name must be shorter than or equal to 40 characters",
		`{"name":7}`:                      "name must be a string",
		`{"nonsense":1}`:                  "property nonsense should not exist",
		`{"id":"x"}`:                      "property id should not exist",
		`{"orgId":"x"}`:                   "property orgId should not exist",
		`{"model":{"temperature":0.4}}`:   "model.provider must be one of",
		`{"model":{"provider":"openai"}}`: "model.model should not be empty",
		`{"model":{"provider":"openai","model":"m","url":"u"}}`:                                "model.property url should not exist",
		`{"model":{"provider":"custom-llm","model":"m"}}`:                                      "model.url should not be empty",
		`{"model":{"provider":"vapi","maxTokens":50}}`:                                         "model.property maxTokens should not exist",
		`{"model":{"provider":"openai","model":"m","temperature":2.5}}`:                        "model.temperature must not be greater than 2",
		`{"model":{"provider":"openai","model":"m","maxTokens":49}}`:                           "model.maxTokens must not be less than 50",
		`{"model":{"provider":"openai","model":"m","messages":[{"role":"owner"}]}}`:            "model.messages.0.role must be one of",
		`{"model":{"provider":"openai","model":"m","messages":[{"role":"user","content":7}]}}`: "model.messages.0.content must be a string",
		`{"model":{"provider":"openai","model":"m","messages":["x"]}}`:                         "model.messages.0 must be an object",
		`{"model":{"provider":"openai","model":"m","toolIds":[7]}}`:                            "each value in model.toolIds must be a string",
		`{"model":"gpt"}`:                                         "model must be an object",
		`{"voice":{"provider":"vapi"}}`:                           "voice.voiceId should not be empty",
		`{"voice":{"provider":"11labs","voiceId":"x","speed":2}}`: "voice.speed must not be greater than 1.2",
		`{"voice":{"provider":"custom-voice"}}`:                   "voice.server should not be empty",
		`{"transcriber":{"provider":"deepgram","voiceId":"x"}}`:   "transcriber.property voiceId should not exist",
		`{"transcriber":{}}`:                                      "transcriber.provider must be one of",
		`{"firstMessageMode":"sing"}`:                             "firstMessageMode must be one of",
		`{"endCallPhrases":["a"]}`:                                "each value in endCallPhrases must be longer",
		`{"endCallPhrases":"bye"}`:                                "endCallPhrases must be an array",
		`{"maxDurationSeconds":9}`:                                "maxDurationSeconds must not be less than 10",
		`{"maxDurationSeconds":"600"}`:                            "maxDurationSeconds must be a number",
		`{"metadata":[]}`:                                         "metadata must be an object",
		`{"modelOutputInMessagesEnabled":"yes"}`:                  "modelOutputInMessagesEnabled must be a boolean",
		`{"server":{"secret":"x"}}`:                               "server.property secret should not exist",
		`{"stopSpeakingPlan":{"voiceSeconds":1}}`:                 "stopSpeakingPlan.voiceSeconds must not be greater than 0.5",
	} {
		for _, call := range [][2]string{{"POST", "/assistant"}, {"PATCH", "/assistant/" + id}} {
			g := ask(t, s, "vapi", call[0], call[1], body)
			if g.Status != 400 || text(g.Doc, "error") != "Bad Request" || !strings.Contains(fmt.Sprint(g.Doc["message"]), want) {
				t.Errorf("%s %s: %d %s, want %s", call[0], body, g.Status, g.Text, want)
			}
		}
	}
	if d := storedDoc(t, s, "vapi", id); len(d) != 1 || d["name"] != "Mira" {
		t.Errorf("it is %v now", d)
	}
	all, err := s.Characters("vapi")
	if err != nil || len(all) != 1 {
		t.Errorf("%d assistants, %v", len(all), err)
	}
	vapiMade(t, s, `{}`) // nothing is required
	vapiMade(t, s, `{"model":{"provider":"vapi"},"voice":{"provider":"custom-voice","server":{"url":"https://example.org"}},"voicemailDetection":"off"}`)
}

func TestVapiList(t *testing.T) {
	c := newClock()
	s := opened(t, Options{Now: c.now})
	for i := range 120 {
		if i%2 == 0 {
			c.move(time.Second)
		}
		put(t, s, "vapi", doc{"name": fmt.Sprint(i)})
	}
	names := func(query string) []string {
		g := ask(t, s, "vapi", "GET", "/assistant"+query, "")
		var items []map[string]any
		if err := json.Unmarshal([]byte(g.Text), &items); err != nil {
			t.Fatalf("%s: %d %s", query, g.Status, g.Text)
		}
		var out []string
		for _, item := range items {
			out = append(out, text(item, "name"))
		}
		return out
	}
	at := func(seconds int) string {
		return newClock().t.Add(time.Duration(seconds) * time.Second).Format(time.RFC3339Nano)
	}
	for query, want := range map[string]string{
		"":                                  "100 from 119 to 20",
		"?limit=1000":                       "120 from 119 to 0",
		"?limit=3":                          "3 from 119 to 117",
		"?limit=0":                          "0",
		"?limit=1000&createdAtLe=" + at(2):  "4 from 3 to 0",
		"?limit=1000&createdAtLt=" + at(2):  "2 from 1 to 0",
		"?limit=1000&createdAtGe=" + at(60): "2 from 119 to 118",
		"?limit=1000&createdAtGt=" + at(60): "0",
		"?limit=1000&updatedAtGt=" + at(59): "2 from 119 to 118",
	} {
		list := names(query)
		got := fmt.Sprint(len(list))
		if len(list) > 0 {
			got += " from " + list[0] + " to " + list[len(list)-1]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for _, query := range []string{"?limit=1001", "?limit=-1", "?limit=all", "?createdAtLe=yesterday"} {
		if g := ask(t, s, "vapi", "GET", "/assistant"+query, ""); g.Status != 400 {
			t.Errorf("%s: %d", query, g.Status)
		}
	}
}

// With versions on, each write through the API publishes one.
func TestVapiVersions(t *testing.T) {
	s := opened(t, Options{Switches: map[string]string{"vapi.versioning": "on"}})
	made := vapiMade(t, s, `{"name":"Mira"}`)
	path := "/assistant/" + text(made.Doc, "id")
	g := ask(t, s, "vapi", "PATCH", path, `{"name":"Miriam"}`)
	list := ask(t, s, "vapi", "GET", "/assistant", "")
	if text(made.Doc, "latestVersion") != "v1" || text(g.Doc, "latestVersion") != "v2" || !strings.Contains(list.Text, `"latestVersion":"v2"`) {
		t.Errorf("%s %s %s", made.Text, g.Text, list.Text)
	}
}
