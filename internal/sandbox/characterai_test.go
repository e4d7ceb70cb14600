package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// caiGet is the owner's view of a character.
func caiGet(t *testing.T, s *Server, id string) map[string]any {
	t.Helper()
	return object(ask(t, s, "characterai", "POST", "/chat/character/", `{"external_id":"`+id+`"}`).Doc, "character")
}

func TestCharacterAITokens(t *testing.T) {
	s := opened(t, Options{Accept: map[string][]string{"characterai": {"mine"}}})
	for header, want := range map[string]int{"": 401, "Token nope": 401, "Bearer mine": 401, "Token mine": 200, "token mine": 200} {
		for _, path := range []string{"/chat/characters/?scope=user", "/character/v1/get_characters_created_by_user", "/chat/user/"} {
			g := ask(t, s, "characterai", "GET", path, "", "Authorization", header)
			if g.Status != want || want == 401 && g.Doc["detail"] == nil {
				t.Errorf("%s with %q: %d %s", path, header, g.Status, g.Text)
			}
		}
	}
	if g := ask(t, s, "characterai", "POST", "/chat/character/create", `{}`); g.Status != 404 {
		t.Errorf("without the slash: %d", g.Status)
	}
	if g := ask(t, s, "characterai", "GET", "/chat/character/create/", ""); g.Status != 405 {
		t.Errorf("GET create: %d", g.Status)
	}
	if g := ask(t, s, "characterai", "GET", "/chat/character/info-cached/x/", ""); g.Status != 500 || g.Doc != nil {
		t.Errorf("the dead endpoint: %d", g.Status)
	}
}

func TestCharacterAICreateAndReads(t *testing.T) {
	s := opened(t, Options{})
	body := `{"name":"Mira","greeting":"Hello","title":"Keeper","description":"d","definition":"def","categories":["Books","Games"],"visibility":"UNLISTED","copyable":false,"avatar_rel_path":"uploaded/a.webp","identifier":"id:abc","img_gen_enabled":false,"base_img_prompt":"","strip_img_prompt_from_msg":false,"voice_id":"","default_voice_id":"v-1"}`
	g := ask(t, s, "characterai", "POST", "/chat/character/create/", body)
	made := object(g.Doc, "character")
	if g.Status != 200 || g.Doc["status"] != "OK" || made == nil {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	for _, missing := range []string{"songs", "participant__user__username", "voice_id"} {
		if _, there := made[missing]; there {
			t.Errorf("the create's answer has %s", missing)
		}
	}
	id := text(made, "external_id")
	full := caiGet(t, s, id)
	for key, want := range map[string]string{
		"name": "Mira", "participant__name": "Mira", "avatar_file_name": "uploaded/a.webp", "identifier": "id:abc", "songs": "<nil>",
		"definition": "def", "default_voice_id": "v-1", "visibility": "UNLISTED", "avatar_rel_path": "<nil>", "archived": "<nil>",
		"categories": "[map[description:Books on Character.AI name:Books priority:96] map[description:Games on Character.AI name:Games priority:88]]",
	} {
		if got := fmt.Sprint(full[key]); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	if _, there := full["songs"]; !there || len(text(full, "short_hash")) != 8 || full["model_variant"] == nil {
		t.Errorf("full: %v", full)
	}
	for _, path := range []string{"/chat/characters/?scope=user", "/character/v1/get_characters_created_by_user"} {
		items := list(ask(t, s, "characterai", "GET", path, "").Doc, "characters")
		item, _ := items[0].(map[string]any)
		if len(items) != 1 || item["external_id"] != id || item["participant__name"] != "Mira" || item["copyable"] != false {
			t.Errorf("%s: %v", path, items)
		}
		for _, missing := range []string{"definition", "categories", "identifier", "name"} {
			if _, there := item[missing]; there {
				t.Errorf("%s: an item has %s", path, missing)
			}
		}
	}
	if g := ask(t, s, "characterai", "GET", "/chat/characters/", ""); len(list(g.Doc, "characters")) != 0 {
		t.Errorf("without scope: %s", g.Text)
	}
	neo := object(ask(t, s, "characterai", "POST", "/character/v1/get_character_info", `{"external_id":"`+id+`"}`).Doc, "character")
	if neo["definition"] != "def" {
		t.Errorf("neo: %v", neo)
	}
	info := object(ask(t, s, "characterai", "POST", "/chat/character/info/", `{"external_id":"`+id+`"}`).Doc, "character")
	if _, there := info["definition"]; there || info["name"] != "Mira" {
		t.Errorf("the public view: %v", info)
	}
}

func TestCharacterAIIDs(t *testing.T) {
	s := opened(t, Options{})
	dashes := 0
	for range 12 {
		id := put(t, s, "characterai", doc{"name": "Same"})
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(id) {
			t.Errorf("id %q", id)
		}
		if strings.HasPrefix(id, "-") {
			dashes++
			if caiGet(t, s, id)["name"] != "Same" {
				t.Errorf("%s can't be read", id)
			}
		}
	}
	if dashes < 3 {
		t.Errorf("%d ids begin with a dash", dashes)
	}
}

func TestCharacterAIRefusesWith200(t *testing.T) {
	s := opened(t, Options{})
	id := caiMade(t, s, "")
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, body := range []string{
		`{}`, `{"name":"Mira"}`, `{"greeting":"Hello"}`, `{"name":"Mi","greeting":"Hello"}`, `{"name":"` + long(21) + `","greeting":"Hello"}`,
		`{"name":"Mira","greeting":"Hi"}`, `{"name":"Mira","greeting":"` + long(4097) + `"}`, `{"name":"Mira","greeting":"Hello","title":"ab"}`,
		`{"name":"Mira","greeting":"Hello","title":"` + long(51) + `"}`, `{"name":"Mira","greeting":"Hello","description":"` + long(501) + `"}`,
		`{"name":"Mira","greeting":"Hello","definition":"` + long(32001) + `"}`, `{"name":"Mira","greeting":"Hello","visibility":"private"}`,
		`{"name":"Mira","greeting":"Hello","visibility":true}`, `{"name":"Mira","greeting":"Hello","copyable":"true"}`,
		`{"name":"Mira","greeting":"Hello","categories":"Books"}`, `{"name":"Mira","greeting":"Hello","categories":[{"name":"Books"}]}`,
	} {
		before := storedDoc(t, s, "characterai", id)
		for path, sent := range map[string]string{"create": body, "update": `{"external_id":"` + id + `"` + strings.TrimSuffix(","+body[1:], ",}") + ``} {
			if !strings.HasSuffix(sent, "}") {
				sent += "}"
			}
			g := ask(t, s, "characterai", "POST", "/chat/character/"+path+"/", sent)
			if g.Status != 200 || g.Doc["status"] != "NOT_OK" || g.Doc["error"] == nil {
				t.Errorf("%s %.80s: %d %.200s", path, sent, g.Status, g.Text)
			}
		}
		g := ask(t, s, "characterai", "POST", "/character/v1/create_character", body)
		if g.Status != 200 || g.Doc["command"] != "neo_error" || g.Doc["comment"] == nil {
			t.Errorf("neo %.80s: %d %.200s", body, g.Status, g.Text)
		}
		if fmt.Sprint(storedDoc(t, s, "characterai", id)) != fmt.Sprint(before) {
			t.Errorf("%.80s has changed something", body)
		}
	}
	exactly := `{"name":"` + long(20) + `","greeting":"` + long(4096) + `","title":"` + long(50) + `","description":"` + long(500) + `","definition":"` + long(32000) + `"}`
	if g := ask(t, s, "characterai", "POST", "/chat/character/create/", exactly); g.Doc["status"] != "OK" {
		t.Errorf("exactly the limits: %.200s", g.Text)
	}
}

func TestCharacterAIUpdateReplaces(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "characterai", doc{
		"name": "Mira", "greeting": "Hello", "title": "Keeper", "definition": "def", "categories": []string{"Books"}, "copyable": true,
		"avatar_rel_path": "a.webp", "default_voice_id": "v", "identifier": "id:1", "future_field": doc{"a": 1}, "archived": true,
	})
	g := ask(t, s, "characterai", "POST", "/chat/character/update/", `{"external_id":"`+id+`","name":"Mira","greeting":"New hello","id":5,"upvotes":9}`)
	if g.Doc["status"] != "OK" {
		t.Fatal(g.Text)
	}
	d := storedDoc(t, s, "characterai", id)
	delete(d, "number")
	delete(d, "short_hash")
	want := map[string]any{"name": "Mira", "greeting": "New hello", "visibility": "PRIVATE", "avatar_rel_path": "a.webp", "default_voice_id": "v", "identifier": "id:1"}
	if fmt.Sprint(d) != fmt.Sprint(want) {
		t.Errorf("left is %v", d)
	}
}

// What an overlay sends back whole must come out whole.
func TestCharacterAIOverlayKeepsEverything(t *testing.T) {
	s := opened(t, Options{})
	id := put(t, s, "characterai", doc{
		"name": "Mira", "greeting": "Hello", "title": "Keeper", "definition": "def", "categories": []string{"Books"},
		"avatar_rel_path": "a.webp", "future_field": doc{"a": 1}, "starter_prompts": doc{"phrases": []string{"x"}}, "allow_dynamic_greeting": true, "tags": []string{"t"},
	})
	before := caiGet(t, s, id)
	sent := doc{}
	for k, v := range before {
		if v != nil {
			sent[k] = v
		}
	}
	sent["avatar_rel_path"], sent["categories"], sent["greeting"] = before["avatar_file_name"], []string{"Books"}, "Changed"
	raw, _ := encode(sent)
	if g := ask(t, s, "characterai", "POST", "/chat/character/update/", string(raw)); g.Doc["status"] != "OK" {
		t.Fatal(g.Text)
	}
	after := caiGet(t, s, id)
	before["greeting"], before["updated"], after["updated"] = "Changed", "", ""
	if fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
}

func TestCharacterAIStrangers(t *testing.T) {
	s := opened(t, Options{})
	hidden := put(t, s, "characterai", doc{"name": "Hidden", "greeting": "Hello", "visibility": "PUBLIC", "definition": "secret", "owner": stranger})
	open := put(t, s, "characterai", doc{"name": "Open", "greeting": "Hello", "visibility": "PUBLIC", "copyable": true, "definition": "shared", "owner": stranger})
	private := put(t, s, "characterai", doc{"name": "Private", "greeting": "Hello", "visibility": "PRIVATE", "copyable": true, "owner": stranger})
	for _, id := range []string{hidden, private} {
		g := ask(t, s, "characterai", "POST", "/chat/character/", `{"external_id":"`+id+`"}`)
		if g.Status != 200 || len(object(g.Doc, "character")) != 0 || !strings.Contains(text(g.Doc, "status"), "permission") {
			t.Errorf("hidden from others: %d %s", g.Status, g.Text)
		}
	}
	if caiGet(t, s, open)["definition"] != "shared" {
		t.Error("an open definition is hidden")
	}
	g := ask(t, s, "characterai", "POST", "/character/v1/get_character_info", `{"external_id":"`+hidden+`"}`)
	if strings.Contains(g.Text, "secret") || object(g.Doc, "character")["name"] != "Hidden" {
		t.Errorf("neo: %s", g.Text)
	}
	for _, path := range []string{"/chat/character/info/", "/character/v1/get_character_info"} {
		if g := ask(t, s, "characterai", "POST", path, `{"external_id":"`+private+`"}`); len(object(g.Doc, "character")) != 0 {
			t.Errorf("%s of a private character: %s", path, g.Text)
		}
	}
	for _, id := range []string{hidden, open, "nonesuch"} {
		if g := ask(t, s, "characterai", "POST", "/chat/character/update/", `{"external_id":"`+id+`","name":"Mine","greeting":"Hello"}`); g.Doc["status"] != "NOT_OK" {
			t.Errorf("updating %s: %s", id, g.Text)
		}
	}
	if g := ask(t, s, "characterai", "POST", "/chat/character/", `{"external_id":"nonesuch"}`); g.Status != 200 || len(object(g.Doc, "character")) != 0 {
		t.Errorf("nothing there: %d %s", g.Status, g.Text)
	}
	if g := ask(t, s, "characterai", "GET", "/chat/characters/search/?query=open", ""); len(list(g.Doc, "characters")) != 1 {
		t.Errorf("search: %s", g.Text)
	}
	if g := ask(t, s, "characterai", "GET", "/chat/curated_categories/characters/", ""); object(g.Doc, "characters_by_curated_category")["Books"] == nil {
		t.Errorf("curated: %s", g.Text)
	}
}

func TestCharacterAIArchiveAndPersonas(t *testing.T) {
	s := opened(t, Options{})
	id := caiMade(t, s, "")
	ask(t, s, "characterai", "POST", "/chat/character/update/", `{"external_id":"`+id+`",`+caiBody+`,"archived":true}`)
	if strings.Contains(caiListed(t, s), id) || caiGet(t, s, id)["archived"] != true {
		t.Error("an archived character is in the list, or can't be read")
	}
	g := ask(t, s, "characterai", "POST", "/chat/persona/create/", `{"name":"Me","greeting":"Hello! This is my persona"}`)
	if g.Doc["status"] != "NOT_OK" {
		t.Errorf("a name of two: %s", g.Text)
	}
	g = ask(t, s, "characterai", "POST", "/chat/persona/create/", `{"name":"Myself","greeting":"Hello!","definition":"`+strings.Repeat("x", 728)+`"}`)
	me := text(object(g.Doc, "character"), "external_id")
	if caiGet(t, s, me)["is_persona"] != true || strings.Contains(caiListed(t, s), me) {
		t.Errorf("persona: %s", g.Text)
	}
	if g := ask(t, s, "characterai", "GET", "/chat/personas/", ""); !strings.Contains(g.Text, me) || strings.Contains(g.Text, id) {
		t.Errorf("personas: %s", g.Text)
	}
	if g := ask(t, s, "characterai", "POST", "/chat/character/update/", `{"external_id":"`+me+`","name":"Myself","greeting":"Hello!","definition":"`+strings.Repeat("x", 729)+`"}`); g.Doc["status"] != "NOT_OK" {
		t.Errorf("a persona's definition: %s", g.Text)
	}
}

func TestCharacterAIOffersAndUploads(t *testing.T) {
	s := opened(t, Options{})
	for path, want := range map[string]string{
		"/chat/character/categories/":                                    `{"description":"Books on Character.AI","name":"Books","priority":96}`,
		"/chat/character/voices/":                                        `"voice_id":22`,
		"/multimodal/api/v1/voices/system":                               `"Radio Host"`,
		"/multimodal/api/v1/voices/search?query=story":                   `"Storyteller"`,
		"/multimodal/api/v1/voices/8d1f9c2e-3a60-4f0e-9f0b-0f6f3a1c1a01": `"Innkeeper"`,
		"/character/v1/categories/Books":                                 `"Books"`,
		"/character/v1/character_tag_options":                            `"Mentor"`,
		"/chat/user/":                                                    `"username":"home"`,
	} {
		if g := ask(t, s, "characterai", "GET", path, ""); g.Status != 200 || !strings.Contains(g.Text, want) {
			t.Errorf("%s: %d %s", path, g.Status, g.Text)
		}
	}
	paths := []string{}
	for range 2 {
		g := ask(t, s, "characterai", "POST", "/chat/avatar/upload/", "--x--", "Content-Type", "multipart/form-data; boundary=x")
		if g.Doc["status"] != "OK" {
			t.Errorf("upload: %s", g.Text)
		}
		paths = append(paths, text(g.Doc, "value"))
	}
	if paths[0] == paths[1] || slices.Contains(paths, "") {
		t.Errorf("paths: %v", paths)
	}
	if g := ask(t, s, "characterai", "POST", "/api/trpc/user.uploadAvatar", `{"0":{}}`); g.Status != 401 {
		t.Errorf("without the cookie: %d", g.Status)
	}
	if g := ask(t, s, "characterai", "POST", "/api/trpc/user.uploadAvatar", `{"0":{}}`, "Cookie", "web-next-auth=x"); g.Status != 200 || !strings.Contains(g.Text, "uploaded/") {
		t.Errorf("with it: %d %s", g.Status, g.Text)
	}
}
