package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

const elAgents = "/v1/convai/agents"

// elMade creates an agent by request, so that it has a version.
func elMade(t testing.TB, s *Server, body string) string {
	t.Helper()
	g := ask(t, s, "elevenlabs", "POST", elAgents+"/create", body)
	if g.Status != http.StatusOK {
		t.Fatalf("create: %d %s", g.Status, g.Text)
	}
	return text(g.Doc, "agent_id")
}

func elRead(t testing.TB, s *Server, id string) got {
	t.Helper()
	return ask(t, s, "elevenlabs", "GET", elAgents+"/"+id, "")
}

func elPrompt(g got) doc {
	return object(object(object(g.Doc, "conversation_config"), "agent"), "prompt")
}

func TestElevenLabsKeys(t *testing.T) {
	s := opened(t, Options{Accept: map[string][]string{"elevenlabs": {"mine"}}})
	for key, want := range map[string]string{"": "needs_authorization", "nope": "invalid_api_key", "mine": ""} {
		g := ask(t, s, "elevenlabs", "GET", elAgents, "", "xi-api-key", key)
		if word := text(object(g.Doc, "detail"), "status"); word != want || (want == "") != (g.Status == 200) {
			t.Errorf("%q: %d %s", key, g.Status, g.Text)
		}
	}
}

// A creation answers the id alone; a read shows everything with its defaults.
func TestElevenLabsCreateAndRead(t *testing.T) {
	s := opened(t, Options{})
	g := ask(t, s, "elevenlabs", "POST", elAgents+"/create", `{"conversation_config":{}}`)
	if len(g.Doc) != 1 || !regexp.MustCompile(`^agent_[0-9a-z]{28}$`).MatchString(text(g.Doc, "agent_id")) {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	full := elRead(t, s, text(g.Doc, "agent_id"))
	for pointer, want := range map[string]string{
		"name": "New agent", "tags": "[]", "procedures": "map[]",
		"conversation_config/agent/first_message": "", "conversation_config/agent/language": "en",
		"conversation_config/agent/prompt/llm": "gemini-2.5-flash", "conversation_config/agent/prompt/temperature": "0",
		"conversation_config/agent/prompt/max_tokens": "-1", "conversation_config/agent/prompt/reasoning_effort": "<nil>",
		"conversation_config/agent/prompt/ignore_default_personality": "true", "conversation_config/tts/voice_id": "cjVigY5qzO86Huf0OWal",
		"conversation_config/tts/model_id": "eleven_flash_v2", "conversation_config/tts/speed": "1", "conversation_config/tts/similarity_boost": "0.8",
		"conversation_config/conversation/max_duration_seconds":                     "600",
		"conversation_config/agent/dynamic_variables/dynamic_variable_placeholders": "map[]",
		"platform_settings/auth/enable_auth":                                        "false",
		"platform_settings/privacy/record_voice":                                    "true",
		"platform_settings/privacy/retention_days":                                  "-1",
		"platform_settings/evaluation/criteria":                                     "[]",
		"access_info/role":                                                          "admin",
		"access_info/is_creator":                                                    "true",
	} {
		at, keys := full.Doc, strings.Split(pointer, "/")
		for _, key := range keys[:len(keys)-1] {
			at = object(at, key)
		}
		v, there := at[keys[len(keys)-1]]
		if got := fmt.Sprint(v); !there || got != want {
			t.Errorf("%s: %s (%v), want %s", pointer, got, there, want)
		}
	}
}

func TestElevenLabsRefusals(t *testing.T) {
	s := opened(t, Options{})
	id := elMade(t, s, `{"name":"Mira","conversation_config":{"agent":{"prompt":{"prompt":"Old."}}}}`)
	before := elRead(t, s, id).Text
	for body, want := range map[string]string{
		`{"conversation_config":{"tts":{"speed":1.3}}}`:                                                                   `422 ["body","conversation_config","tts","speed"]`,
		`{"conversation_config":{"tts":{"stability":"high"}}}`:                                                            `422 ["body","conversation_config","tts","stability"]`,
		`{"conversation_config":{"agent":{"prompt":{"llm":"gpt-0"}}}}`:                                                    `422 ["body","conversation_config","agent","prompt","llm"]`,
		`{"conversation_config":{"agent":{"prompt":{"max_tokens":1.5}}}}`:                                                 `422 ["body","conversation_config","agent","prompt","max_tokens"]`,
		`{"conversation_config":{"agent":{"prompt":{"prompt":null}}}}`:                                                    `422 ["body","conversation_config","agent","prompt","prompt"]`,
		`{"conversation_config":{"agent":{"first_message":null}}}`:                                                        `422 ["body","conversation_config","agent","first_message"]`,
		`{"conversation_config":{"agent":{"prompt":{"knowledge_base":[{"id":"a"}]}}}}`:                                    `422 ["body","conversation_config","agent","prompt","knowledge_base",0,"name"]`,
		`{"conversation_config":{"agent":{"prompt":{"mcp_server_ids":["1","2","3","4","5","6","7","8","9","10","11"]}}}}`: `422 ["body","conversation_config","agent","prompt","mcp_server_ids"]`,
		`{"tags":"one"}`: `422 ["body","tags"]`,
		`{"platform_settings":{"evaluation":{"criteria":[{"conversation_goal_prompt":"` + strings.Repeat("x", 2001) + `"}]}}}`: `422 ["body","platform_settings","evaluation","criteria",0,"conversation_goal_prompt"]`,
		`{"conversation_config":{"agent":{"language":"de"}}}`:                                                                  `400 invalid_agent_config`,
		`{"conversation_config":{"agent":{"prompt":{"tools":[],"tool_ids":["t"]}}}}`:                                           `400 invalid_agent_config`,
		`{"procedures":{"p1":{"procedure_id":"p1"}}}`:                                                                          `422 ["body","procedures","p1","version_id"]`,
	} {
		g := ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id, body)
		if !strings.HasPrefix(want, fmt.Sprint(g.Status)) || !strings.Contains(g.Text, want[4:]) {
			t.Errorf("%.80s: %d %s, want %s", body, g.Status, g.Text, want)
		}
	}
	if after := elRead(t, s, id).Text; after != before {
		t.Errorf("a refused update changed the agent: %s", after)
	}
	if g := ask(t, s, "elevenlabs", "POST", elAgents+"/create", `{"name":"Mira"}`); g.Status != 422 || !strings.Contains(g.Text, `"conversation_config"`) {
		t.Errorf("without conversation_config: %d %s", g.Status, g.Text)
	}
}

// Objects merge, lists are whole, null leaves name and tags, and a read sent back loses nothing but what the deprecated
// tools stand in the way of.
func TestElevenLabsUpdateMerges(t *testing.T) {
	s := opened(t, Options{})
	id := elMade(t, s, `{"name":"Mira","tags":["a","b"],"conversation_config":{"agent":{"first_message":"Hi","prompt":{"prompt":"Old.","tool_ids":["t1"],"temperature":0.5}}}}`)
	g := ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id, `{"name":null,"tags":null,"conversation_config":{"agent":{"prompt":{"prompt":"New.","temperature":null,"tool_ids":["t2"]}}}}`)
	if g.Status != 200 || text(g.Doc, "name") != "Mira" || fmt.Sprint(g.Doc["tags"]) != "[a b]" {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	p := elPrompt(elRead(t, s, id))
	if text(p, "prompt") != "New." || p["temperature"] != nil || fmt.Sprint(p["tool_ids"]) != "[t2]" || len(list(p, "tools")) != 1 {
		t.Errorf("%v", p)
	}
	if text(object(object(elRead(t, s, id).Doc, "conversation_config"), "agent"), "first_message") != "Hi" {
		t.Error("the first message is gone")
	}
}

// Every update is a version with its description; pending edits of procedures are published unless versions are named.
func TestElevenLabsVersionsAndProcedures(t *testing.T) {
	s := opened(t, Options{})
	pending := doc{"name": "Mira", "_procedures": doc{"tip": doc{"p1": "v1"}, "draft": doc{"p1": "v2"}}}
	for body, want := range map[string]string{
		`{"name":"Miriam","version_description":"run 7"}`:                               "v2 false",
		`{"name":"Miriam","procedures":null}`:                                           "v2 false",
		`{"name":"Miriam","procedures":{"p1":{"procedure_id":"p1","version_id":"v1"}}}`: "v1 true",
		`{"name":"Miriam","procedures":{}}`:                                             " false",
	} {
		id := put(t, s, "elevenlabs", pending)
		g := ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id, body)
		stored, err := s.Character("elevenlabs", id)
		if err != nil {
			t.Fatal(err)
		}
		_, still := object(stored.Doc, "_procedures")["draft"]
		if got := fmt.Sprint(text(object(object(g.Doc, "procedures"), "p1"), "version_id"), " ", still); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
		v := ask(t, s, "elevenlabs", "GET", elAgents+"/"+id+"/versions/"+text(g.Doc, "version_id"), "")
		if want := strings.Contains(body, "run 7"); (text(v.Doc, "version_description") == "run 7") != want {
			t.Errorf("%s: %s", body, v.Text)
		}
	}
}

func TestElevenLabsBranches(t *testing.T) {
	s := opened(t, Options{})
	id := elMade(t, s, `{"name":"Mira","conversation_config":{"agent":{"prompt":{"prompt":"Main."}}}}`)
	version := text(elRead(t, s, id).Doc, "version_id")
	made := ask(t, s, "elevenlabs", "POST", elAgents+"/"+id+"/branches", `{"parent_version_id":"`+version+`","name":"staging","description":""}`)
	branch := text(made.Doc, "created_branch_id")
	if branch == "" {
		t.Fatal(made.Text)
	}
	if g := ask(t, s, "elevenlabs", "POST", elAgents+"/"+id+"/branches", `{"parent_version_id":"`+version+`","name":"staging","description":""}`); g.Status != 409 {
		t.Errorf("the name twice: %d", g.Status)
	}
	ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id+"?branch_id="+branch, `{"conversation_config":{"agent":{"prompt":{"prompt":"Staged."}}}}`)
	for query, want := range map[string]string{"": "Main.", "?branch_id=" + branch: "Staged."} {
		if got := text(elPrompt(ask(t, s, "elevenlabs", "GET", elAgents+"/"+id+query, "")), "prompt"); got != want {
			t.Errorf("%q: %s", query, got)
		}
	}
	if g := ask(t, s, "elevenlabs", "GET", elAgents+"/"+id+"?branch_id=nope", ""); g.Status != 404 {
		t.Errorf("an unknown branch: %d", g.Status)
	}
	g := ask(t, s, "elevenlabs", "GET", elAgents+"/"+id+"/branches", "")
	if names := regexp.MustCompile(`"name":"(\w+)"`).FindAllString(g.Text, -1); len(names) != 2 || !strings.Contains(g.Text, `"current_live_percentage":100`) {
		t.Errorf("%s", g.Text)
	}
	ask(t, s, "elevenlabs", "POST", elAgents+"/"+id+"/deployments", `{"deployment_request":{"requests":[{"branch_id":"`+branch+`","deployment_strategy":{"type":"percentage","traffic_percentage":50}}]}}`)
	if g := ask(t, s, "elevenlabs", "GET", elAgents+"/"+id+"/branches", ""); !strings.Contains(g.Text, `"current_live_percentage":50`) {
		t.Errorf("%s", g.Text)
	}
}

// What others shared is in the list and says what may be done with it.
func TestElevenLabsShared(t *testing.T) {
	s := opened(t, Options{})
	for _, role := range []string{"admin", "editor", "commenter", "viewer"} {
		id := put(t, s, "elevenlabs", doc{"name": role, "owner": "stranger", "_shared": doc{home: role}})
		g := elRead(t, s, id)
		if access := object(g.Doc, "access_info"); text(access, "role") != role || truth(access, "is_creator") {
			t.Errorf("%s: %v", role, access)
		}
		writes := role == "admin" || role == "editor"
		if g := ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id, `{"name":"x"}`); (g.Status == 200) != writes || !writes && g.Status != 403 {
			t.Errorf("%s: %d", role, g.Status)
		}
		ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id+"/branches/"+elMainBranch(id), `{"protection_status":"admin_perms_required"}`, "xi-api-key", "sandbox-elevenlabs-stranger")
		if g := ask(t, s, "elevenlabs", "PATCH", elAgents+"/"+id, `{"name":"x"}`); (g.Status == 200) != (role == "admin") {
			t.Errorf("%s, protected: %d", role, g.Status)
		}
	}
	put(t, s, "elevenlabs", doc{"name": "Theirs", "owner": "stranger"})
	if g := ask(t, s, "elevenlabs", "GET", elAgents, ""); len(list(g.Doc, "agents")) != 4 {
		t.Errorf("%s", g.Text)
	}
}

func TestElevenLabsListAndOffers(t *testing.T) {
	s := opened(t, Options{})
	for i := range 101 {
		put(t, s, "elevenlabs", doc{"name": fmt.Sprint("Number ", i)})
	}
	put(t, s, "elevenlabs", doc{"name": "Old", "platform_settings": doc{"archived": true}})
	first := ask(t, s, "elevenlabs", "GET", elAgents+"?page_size=100", "")
	second := ask(t, s, "elevenlabs", "GET", elAgents+"?page_size=100&cursor="+text(first.Doc, "next_cursor"), "")
	if len(list(first.Doc, "agents")) != 100 || first.Doc["has_more"] != true || len(list(second.Doc, "agents")) != 1 || second.Doc["next_cursor"] != nil {
		t.Errorf("%d, %d, %v", len(list(first.Doc, "agents")), len(list(second.Doc, "agents")), second.Doc["next_cursor"])
	}
	for query, want := range map[string]int{"?page_size=101": 422, "?page_size=0": 422, "?cursor=!": 400, "?search=number%201": 200, "?archived=true": 200} {
		if g := ask(t, s, "elevenlabs", "GET", elAgents+query, ""); g.Status != want {
			t.Errorf("%s: %d", query, g.Status)
		}
	}
	id := text(list(second.Doc, "agents")[0].(map[string]any), "agent_id")
	g := ask(t, s, "elevenlabs", "GET", elAgents+"/summaries?agent_ids="+id+"&agent_ids=nope", "")
	if text(object(g.Doc, id), "status") != "success" || text(object(g.Doc, "nope"), "status") != "failure" {
		t.Errorf("%s", g.Text)
	}
	for path, key := range map[string]string{"/v1/convai/llm/list": "llms", "/v2/voices": "voices"} {
		if g := ask(t, s, "elevenlabs", "GET", path, ""); len(list(g.Doc, key)) < 5 {
			t.Errorf("%s: %s", path, g.Text)
		}
	}
	copied := ask(t, s, "elevenlabs", "POST", elAgents+"/"+id+"/duplicate", `{"name":"Twin"}`)
	if text(elRead(t, s, text(copied.Doc, "agent_id")).Doc, "name") != "Twin" {
		t.Errorf("%s", copied.Text)
	}
	if g := ask(t, s, "elevenlabs", "DELETE", elAgents+"/"+id, ""); g.Status != 204 || g.Text != "" {
		t.Errorf("%d %s", g.Status, g.Text)
	}
	if g := elRead(t, s, id); g.Status != 404 || text(object(g.Doc, "detail"), "status") != "agent_not_found" {
		t.Errorf("%d %s", g.Status, g.Text)
	}
}
