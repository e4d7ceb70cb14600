package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// convaiItem is a character as the list shows it.
func convaiItem(t *testing.T, s *Server, id string) map[string]any {
	t.Helper()
	for _, e := range list(ask(t, s, "convai", "POST", "/character/list", "").Doc, "characters") {
		if o := e.(map[string]any); o["character_id"] == id {
			return o
		}
	}
	return nil
}

func TestConvaiKeysAndRoutes(t *testing.T) {
	s := opened(t, Options{Accept: map[string][]string{"convai": {"mine"}}})
	for _, tc := range []struct {
		path, body string
		header     []string
		status     int
		want       string
	}{
		{"/character/list", "", []string{"CONVAI-API-KEY", ""}, 401, `{"API_ERROR":"api_key not found."}`},
		{"/character/list", "", []string{"CONVAI-API-KEY", "nope"}, 401, `{"API_ERROR":"Invalid API key provided."}`},
		{"/character/list", "", []string{"CONVAI-API-KEY", "mine"}, 200, `{"characters":[]}`},
		{"/character/list", "", []string{"CONVAI-API-KEY", "", "API-AUTH-TOKEN", "mine"}, 200, `{"characters":[]}`},
		{"/character/list", "", []string{"CONVAI-API-KEY", "nope", "API-AUTH-TOKEN", "mine"}, 401, `{"API_ERROR":"Invalid API key provided."}`},
		{"/character/get", `{"charID":"nope"}`, nil, 400, `{"ERROR":"INTERNAL SERVER ERROR, one or more database calls failed!"}`},
		{"/character/get", `{}`, nil, 400, `{"ERROR":"INTERNAL SERVER ERROR, one or more database calls failed!"}`},
		{"/character/update", `{"charID":"nope","charName":"x"}`, nil, 400, `{"ERROR":"Could not fetch character details from all_characters table."}`},
		{"/character/delete", `{"charID":"nope"}`, nil, 400, `{"ERROR":"INTERNAL SERVER ERROR, one or more database calls failed!"}`},
		{"/character/nonesuch", `{}`, nil, 404, "Not Found"},
		{"/character/get", `{"charID":`, nil, 400, "ERROR"},
		{"/character/get", `{"charID":"x"}`, []string{"Content-Type", "text/plain"}, 415, "ERROR"},
	} {
		g := ask(t, s, "convai", "POST", tc.path, tc.body, tc.header...)
		if g.Status != tc.status || !strings.Contains(g.Text, tc.want) {
			t.Errorf("%s %s %v: %d %s", tc.path, tc.body, tc.header, g.Status, g.Text)
		}
	}
	if g := ask(t, s, "convai", "GET", "/character/list", ""); g.Status != 405 {
		t.Errorf("GET list: %d", g.Status)
	}
}

func TestConvaiCreate(t *testing.T) {
	s := opened(t, Options{})
	g := ask(t, s, "convai", "POST", "/character/create", `{"charName":"Mira","voiceType":"US MALE 1","backstory":"b","actions":"Nod, Wave,,  Bow low "}`)
	id := text(g.Doc, "charID")
	if g.Status != 201 || len(g.Doc) != 1 || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab]`).MatchString(id) {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	got := ask(t, s, "convai", "POST", "/character/get", `{"charID":"`+id+`"}`)
	if keys := slices.Sorted(mapKeys(got.Doc)); fmt.Sprint(keys) != "[backstory character_id character_name timestamp user_id voice_type]" {
		t.Errorf("get: %s", got.Text)
	}
	item := convaiItem(t, s, id)
	if fmt.Sprint(item["character_actions"]) != "[Nod Wave Bow low]" || item["backstory"] != nil || item["speaking_style"] != "None" || item["memory_settings"] == nil {
		t.Errorf("list item: %v", item)
	}
	for _, body := range []string{`{}`, `{"charName":"x","voiceType":"v"}`, `{"charName":"","voiceType":"v","backstory":"b"}`, `{"charName":1,"voiceType":"v","backstory":"b"}`, `{"charName":"x","voiceType":"v","backstory":"b","actions":["Nod"]}`} {
		if g := ask(t, s, "convai", "POST", "/character/create", body); g.Status != 400 || g.Doc["INTERNAL_ERROR"] == nil {
			t.Errorf("%s: %d %s", body, g.Status, g.Text)
		}
	}
}

func TestConvaiUpdate(t *testing.T) {
	s := opened(t, Options{Switches: map[string]string{"convai.unknown-model": "400"}})
	id := put(t, s, "convai", doc{"charName": "Mira", "voiceType": "MALE", "backstory": "Old.", "actions": []string{"Nod"}, "temperature": 0.5})
	update := func(body string) got {
		return ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`",`+body+`}`)
	}
	if g := update(`"temperature":0.42,"model_group_name":"gpt-4.1","languageCodes":["de-DE","en-US"],"memorySettings":{"enabled":true},"action":"Bow,Sit","actions":"Ignored","language_codes":["fr-FR"]`); g.Status != 200 || g.Text != "{\"STATUS\":\"SUCCESS\"}\n" {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	item := convaiItem(t, s, id)
	for key, want := range map[string]string{
		"character_actions": "[Bow Sit]", "language_code": "de-DE", "language_codes": "[de-DE en-US]", "character_name": "Mira",
		"memory_settings": "map[enabled:true]", "voice_type": "MALE",
		"personalised_prompt_config": "map[MODEL:gpt-4.1 TEMPERATURE:0.42 USE_COMBINED_PROMPT:true]",
	} {
		if fmt.Sprint(item[key]) != want {
			t.Errorf("%s: %v, want %s", key, item[key], want)
		}
	}
	if item == nil {
		t.Errorf("item: %v", item)
	}
	before := storedDoc(t, s, "convai", id)
	for _, body := range []string{`"temperature":1.01`, `"temperature":-0.1`, `"temperature":"0.5"`, `"model_group_name":"LLAMA3-70B"`, `"languageCodes":[]`, `"languageCodes":["en-US","de-DE","fr-FR","es-ES","it-IT"]`, `"languageCodes":"en-US"`, `"action":["Nod"]`, `"charName":""`, `"voiceType":""`, `"backstory":""`, `"backstory":null`, `"charName":7`, `"memorySettings":true`, `"reasoning_effort":"maximum"`} {
		if g := update(`"charName":"changed",` + body); g.Status != 400 || g.Doc["ERROR"] == nil {
			t.Errorf("%s: %d %s", body, g.Status, g.Text)
		}
		if after := storedDoc(t, s, "convai", id); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: a refused update has changed something", body)
		}
	}
	for _, ok := range []string{`"temperature":0`, `"temperature":1`, `"temperature":1.0`, `"model_group_name":"llama-3-70B"`, `"model_group_name":"llama3-70b"`} {
		if g := update(ok); g.Status != 200 {
			t.Errorf("%s: %d %s", ok, g.Status, g.Text)
		}
	}
}

func TestConvaiReasoningEffort(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "convai", doc{"charName": "Mira", "model_group_name": "gemini-2.5-pro"})
	for _, tc := range []struct {
		value  string
		status int
		stored any
	}{{"high", 200, "high"}, {"auto", 200, "auto"}, {"extreme", 400, "auto"}, {"", 200, nil}} {
		g := ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`","reasoning_effort":"`+tc.value+`"}`)
		if g.Status != tc.status || storedDoc(t, s, "convai", id)["reasoning_effort"] != tc.stored {
			t.Errorf("%q: %d %s", tc.value, g.Status, g.Text)
		}
		if g.Status == 400 && !strings.Contains(g.Text, "none, minimal, low, medium, high, xhigh, max, auto") {
			t.Errorf("the error does not name what is allowed: %s", g.Text)
		}
	}
}

func TestConvaiPartialThen400(t *testing.T) {
	s := opened(t, Options{Switches: map[string]string{"convai.partial-then-400": "on"}})
	id := put(t, s, "convai", doc{"charName": "Mira", "voiceType": "MALE", "backstory": "Old."})
	g := ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`","backstory":"New.","charName":"New"}`)
	d := storedDoc(t, s, "convai", id)
	if g.Status != 400 || d["charName"] != "New" || d["backstory"] != "Old." {
		t.Errorf("%d %s, stored %v", g.Status, g.Text, d)
	}
	if log := s.Requests("convai"); !log[0].Committed || log[0].Status != 400 {
		t.Errorf("log: %+v", log[0])
	}
}

func TestConvaiLinksMergeByID(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "convai", doc{"charName": "Mira", "functions": []any{doc{"id": "a", "status": "active"}, doc{"id": "b", "status": "active"}}})
	update := func(links string) int {
		return ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`","functions":`+links+`}`).Status
	}
	if got := update(`[{"id":"b","status":"inactive"},{"id":"c","status":"active"}]`); got != 200 {
		t.Fatal(got)
	}
	if got := fmt.Sprint(storedDoc(t, s, "convai", id)["functions"]); got != "[map[id:a status:active] map[id:b status:inactive] map[id:c status:active]]" {
		t.Error(got)
	}
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,{"id":"f%d","status":"active"}`, i)
		}
		return "[" + b.String()[1:] + "]"
	}
	if got := update(many(126)); got != 200 { // with a and c: 128
		t.Errorf("128 active: %d", got)
	}
	if got := update(`[{"id":"one more","status":"active"}]`); got != 400 {
		t.Errorf("129 active: %d", got)
	}
	if got := update(`[{"id":"x","status":"gone"}]`); got != 400 {
		t.Errorf("a status that is none: %d", got)
	}
}

func TestConvaiNamesAreNotKeys(t *testing.T) {
	s := opened(t, Options{})
	theirs := put(t, s, "convai", doc{"charName": "Mira", "owner": "somebody", "listing": "PUBLIC", "backstory": "theirs"})
	oldest := put(t, s, "convai", doc{"charName": "Mira"})
	put(t, s, "convai", doc{"charName": "Mira"})
	if g := ask(t, s, "convai", "POST", "/character/get", `{"charName":"Mira"}`); g.Doc["character_id"] != oldest {
		t.Errorf("by name: %v", g.Doc)
	}
	if g := ask(t, s, "convai", "POST", "/character/get", `{"charID":"`+theirs+`"}`); g.Doc["backstory"] != "theirs" {
		t.Errorf("a public character of somebody else: %d %s", g.Status, g.Text)
	}
	for _, path := range []string{"/character/update", "/character/delete"} {
		if g := ask(t, s, "convai", "POST", path, `{"charID":"`+theirs+`","charName":"x"}`); g.Status != 400 {
			t.Errorf("%s on it: %d", path, g.Status)
		}
	}
	if err := s.Edit("convai", theirs, doc{"listing": "PRIVATE"}); err != nil {
		t.Fatal(err)
	}
	if g := ask(t, s, "convai", "POST", "/character/get", `{"charID":"`+theirs+`"}`); g.Status != 400 {
		t.Errorf("a private one: %d", g.Status)
	}
}

func TestConvaiCloneAndKnowledge(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "convai", doc{"charName": "Mira", "backstory": "b", "temperature": 0.1})
	req := `{"charID":"` + id + `","file_name":"a.txt","content":"facts"}`
	if g := ask(t, s, "convai", "POST", "/character/knowledge-bank/upload", req); g.Status != 200 {
		t.Fatalf("upload: %d %s", g.Status, g.Text)
	}
	form := "--x\r\nContent-Disposition: form-data; name=\"charID\"\r\n\r\n" + id + "\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b.txt\"\r\n\r\nmore\r\n--x--\r\n"
	if g := ask(t, s, "convai", "POST", "/character/knowledge-bank/upload", form, "Content-Type", "multipart/form-data; boundary=x"); g.Status != 200 || g.Doc["file_name"] != "b.txt" {
		t.Fatalf("upload of a form: %d %s", g.Status, g.Text)
	}
	docsOf := func(id string) []any {
		return list(ask(t, s, "convai", "POST", "/character/knowledge-bank/list", `{"character_id":"`+id+`"}`).Doc, "docs")
	}
	if got := docsOf(id); len(got) != 2 || !strings.HasPrefix(fmt.Sprint(got[0]), `{"`) {
		t.Errorf("the items are not JSON inside strings: %v", got)
	}
	for _, tc := range []struct {
		kb   string
		docs int
	}{{"", 0}, {`,"KB":false`, 0}, {`,"KB":true`, 2}} {
		g := ask(t, s, "convai", "POST", "/user/clone_character", `{"charID":"`+id+`"`+tc.kb+`}`)
		copied := text(g.Doc, "charID")
		if d := storedDoc(t, s, "convai", copied); g.Status != 200 || copied == id || d["backstory"] != "b" || d["temperature"] != 0.1 || len(docsOf(copied)) != tc.docs || len(list(d, "docs")) != tc.docs {
			t.Errorf("clone%s: %d %v, %d documents", tc.kb, g.Status, d, len(docsOf(copied)))
		}
	}
	entry, _ := decodeDoc([]byte(docsOf(id)[0].(string)))
	if g := ask(t, s, "convai", "POST", "/character/knowledge-bank/update", `{"document_id":"`+text(entry, "id")+`","file_name":"c.txt"}`); g.Status != 200 || !strings.Contains(fmt.Sprint(docsOf(id)), "c.txt") {
		t.Errorf("update: %d %v", g.Status, docsOf(id))
	}
	if g := ask(t, s, "convai", "POST", "/character/knowledge-bank/delete", `{"document_id":"`+text(entry, "id")+`"}`); g.Status != 200 || len(docsOf(id)) != 1 {
		t.Errorf("delete: %d %v", g.Status, docsOf(id))
	}
	if g := ask(t, s, "convai", "POST", "/user/clone_character", `{"charID":"nope"}`); g.Status != 400 {
		t.Errorf("clone of nothing: %d", g.Status)
	}
	if g := ask(t, s, "convai", "POST", "/character/delete", `{"charID":"`+id+`"}`); g.Text != "{\"STATUS\":\"SUCCESS\"}\n" {
		t.Errorf("delete: %s", g.Text)
	}
}

func TestConvaiOffers(t *testing.T) {
	s := opened(t, Options{})
	for _, tc := range []struct{ method, path, key, want string }{
		{"POST", "/character/getSupportedModel", "sandbox-convai-key", `"model_group_name":"gpt-4o"`},
		{"GET", "/tts/get_available_voices", "sandbox-convai-key", `"voice_value":"US MALE 1"`},
		{"GET", "/tts/get_available_languages", "sandbox-convai-key", `{"en-US":{"lang_code":"en-US","lang_name":"English"}}`},
		{"GET", "/v2/voices", "", `"voice_value"`},
		{"GET", "/v2/voices/US%20MALE%201", "", `"gender":"Male"`},
	} {
		if g := ask(t, s, "convai", tc.method, tc.path, "", "CONVAI-API-KEY", tc.key); g.Status != 200 || !strings.Contains(g.Text, tc.want) {
			t.Errorf("%s: %d %s", tc.path, g.Status, g.Text)
		}
	}
	id := put(t, s, "convai", doc{"charName": "Mira"})
	if g := ask(t, s, "convai", "POST", "/character/toggle-is-narrative-driven", `{"character_id":"`+id+`","is_narrative_driven":true}`); g.Doc["STATUS"] != "Successful" || convaiItem(t, s, id)["is_narrative_driven"] != true {
		t.Errorf("narrative: %s", g.Text)
	}
	g := ask(t, s, "convai", "POST", "/functions/create", `{"name":"open_door"}`)
	if got := ask(t, s, "convai", "POST", "/functions/list", `{"charID":"`+id+`"}`); !strings.Contains(got.Text, `"status":"inactive"`) || !strings.Contains(got.Text, text(g.Doc, "id")) {
		t.Errorf("functions: %s", got.Text)
	}
}

// What Convai's documents list is offered and taken: a character that the service takes is not refused here.
func TestConvaiTakesWhatIsPublished(t *testing.T) {
	s := opened(t, Options{Switches: map[string]string{"convai.unknown-model": "400"}})
	id := put(t, s, "convai", doc{"charName": "Mira", "voiceType": "MALE", "backstory": "Keeps an inn."})
	models := map[string]string{
		"the documents that the project was started from": "gpt-4.1 gpt-4.1-mini gpt-4.1-nano gpt-4o gpt-4o-mini claude-opus-4.1 claude-opus-4 " +
			"claude-4-sonnet claude-3-7-sonnet gemini-2.5-flash gemini-2.5-flash-lite gemini-2.0-flash gemma-3n-e4b gemma-3n-e2b " +
			"llama-4-maverick llama-4-scout llama-3-70B",
		"their sample": "claude-3-5-sonnet",
		"core-ai-settings-api of 9 July 2026": "gpt-5.4 gpt-5.4-mini gpt-5.4-nano gpt-5.3-instant gpt-5.1 gpt-5.x gpt-5.x-mini gpt-5.x-nano gpt-oss-120b " +
			"claude-sonnet claude-4-5-sonnet claude-haiku claude-4-5-haiku gemini-flash gemini-flash-lite gemini-3.5-flash gemini-3.1-flash-lite " +
			"gemini-2.5-flash-lite qwen3.6-27b qwen3.6-35b-a3b grok-4.3 gpt-realtime-1.5 gpt-realtime-mini gemini-2.5-flash-live " +
			"realtime-gemma-4-31b-it realtime-gemma-4-26b-a4b-it",
		"the page of 2024": "claude-3-5-sonnet gemini-1.5-pro llama3-70b llama-2-13b gpt-4o gpt-4o-mini uncensored-small",
	}
	offered := ask(t, s, "convai", "POST", "/character/getSupportedModel", "").Text
	for page, codes := range models {
		for _, code := range strings.Fields(codes) {
			if g := ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`","model_group_name":"`+code+`"}`); g.Status != 200 {
				t.Errorf("%s, %s: %d %s", page, code, g.Status, g.Text)
			}
			if !strings.Contains(offered, `"model_group_name":"`+code+`"`) {
				t.Errorf("%s, %s: not offered", page, code)
			}
		}
	}
	languages := ask(t, s, "convai", "GET", "/tts/get_available_languages", "").Text
	for _, code := range strings.Fields("ar nl-BE cmn-CN es-US kk-KZ en-US") { // language-list-api, November 2026
		if g := ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`","languageCodes":["`+code+`"]}`); g.Status != 200 {
			t.Errorf("%s: %d %s", code, g.Status, g.Text)
		}
		if !strings.Contains(languages, `"`+code+`"`) {
			t.Errorf("%s: not offered", code)
		}
	}
	if g := ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`","model_group_name":"gemma-3n"}`); g.Status != 400 {
		t.Errorf("an unknown model under unknown-model=400: %d", g.Status)
	}
	if err := s.Set("convai.unknown-model", "accept"); err != nil {
		t.Fatal(err)
	}
	if g := ask(t, s, "convai", "POST", "/character/update", `{"charID":"`+id+`","model_group_name":"gemma-3n"}`); g.Status != 200 {
		t.Errorf("an unknown model by default: %d", g.Status)
	}
}
