package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func npcMade(t *testing.T, s *Server, query, body string) string {
	t.Helper()
	g := ask(t, s, "npcbuilder", "POST", npcPath+query, body)
	if g.Status != 200 {
		t.Fatalf("create %s: %d %s", body, g.Status, g.Text)
	}
	return text(g.Doc, "character_id")
}

const npcWhole = `{"name":"Aragorn","description":"A ranger.","age":"adult","gender":"Male","model":"premium","filters":false,"role":"protagonist","tone":"mysterious","traits":["brave","kind"],` +
	`"items":[{"type":"trade","itemName":"sword","description":"sharp","unit":"piece","value":10,"rune":"x"}],"events":[{"type":"action","eventName":"draw","description":"d"}],"quests":[{"description":"d","objective":"o","reward":"r"}]}`

func TestNPCBuilderCredentials(t *testing.T) {
	s := opened(t, Options{Accept: map[string][]string{"npcbuilder": {"mine", "id:secret"}}})
	for _, tc := range []struct {
		header []string
		want   int
	}{
		{[]string{"Authorization", ""}, 401},
		{[]string{"Authorization", "Bearer nope"}, 401},
		{[]string{"Authorization", "Bearer mine"}, 200},
		{[]string{"Authorization", "", "clientId", "id", "clientSecret", "secret"}, 200},
		{[]string{"Authorization", "", "clientId", "id", "clientSecret", "other"}, 401},
		{[]string{"Authorization", "", "clientId", "id"}, 401},
		{[]string{"Authorization", "", "clientId", "sandbox-client", "clientSecret", "sandbox-secret"}, 200},
	} {
		if g := ask(t, s, "npcbuilder", "GET", npcWorldPath, "", tc.header...); g.Status != tc.want {
			t.Errorf("%v: %d", tc.header, g.Status)
		}
	}
}

func TestNPCBuilderProjections(t *testing.T) {
	s := opened(t, Options{})
	g := ask(t, s, "npcbuilder", "POST", npcPath+"?region_id=region1&location_id=location1", npcWhole)
	id := text(g.Doc, "character_id")
	if g.Status != 200 || text(g.Doc, "message") != "Character: "+id+" has been created with the following context." {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	echo := object(g.Doc, "character_context")
	if keys := slices.Sorted(mapKeys(echo)); fmt.Sprint(keys) != "[age description gender items name quests role tone traits]" {
		t.Errorf("echo: %v", keys)
	}
	if fmt.Sprint(echo["items"]) != "[map[itemName:sword unit:piece value:10]]" {
		t.Errorf("echo: %v", echo["items"])
	}
	got := ask(t, s, "npcbuilder", "GET", npcPath+"/"+id, "").Doc
	dto := object(got, "character")
	if keys := slices.Sorted(mapKeys(dto)); got["character_id"] != id || fmt.Sprint(keys) != "[age description events gender id items name quests role tone traits]" {
		t.Errorf("get: %v", got)
	}
	if fmt.Sprint(dto["items"]) != "[map[description:sharp itemName:sword rune:x type:trade unit:piece value:10]]" || fmt.Sprint(dto["events"]) != "[map[description:d eventName:draw type:action]]" {
		t.Errorf("get: %v", dto)
	}
	if d := storedDoc(t, s, "npcbuilder", id); d["model"] != "premium" || d["filters"] != false {
		t.Errorf("stored: %v", d)
	}
	tree := object(ask(t, s, "npcbuilder", "GET", npcWorldPath, "").Doc, "world")
	want := "[map[id:" + id + " name:Aragorn role:protagonist]]"
	region := list(tree, "regions")[0].(map[string]any)
	location := list(region, "locations")[0].(map[string]any)
	for where, o := range map[string]map[string]any{"world": tree, "region": region, "location": location} {
		if fmt.Sprint(o["characters"]) != want {
			t.Errorf("%s: %v", where, o["characters"])
		}
	}
	if other := list(region, "locations")[1].(map[string]any); len(list(other, "characters")) != 0 || other["characters"] == nil {
		t.Errorf("location2: %v", other)
	}
}

func TestNPCBuilderPlaces(t *testing.T) {
	s := opened(t, Options{})
	for path, want := range map[string]int{
		"/api/context/characters/game123/nope": 404, "/api/context/characters/nope/world456": 404, "/api/context/characters/tavern/world456": 404,
		npcPath + "?region_id=nope": 404, npcPath + "?location_id=nope": 404, npcPath + "?region_id=region2&location_id=location1": 404,
		npcPath + "?location_id=crossroads": 200, npcPath + "?region_id=region2": 200,
		"/api/context/characters/tavern/gilded-hare": 200, "/api/context/characters/noir/harbour-city": 200,
		"/api/context/characters/deep-range/calliope": 200, "/api/context/characters/academy/lantern-hall": 200,
		"/api/context/characters/a%2Fb/c%20d?region_id=r": 200, "/api/context/characters/a/b": 404,
	} {
		if strings.Contains(path, "%2F") {
			if err := s.AddWorld("a/b", "c d", map[string][]string{"r": {"l"}, "": {"free"}}); err != nil {
				t.Fatal(err)
			}
		}
		if g := ask(t, s, "npcbuilder", "POST", path, `{"name":"x"}`); g.Status != want || want == 404 && g.Doc["message"] == nil {
			t.Errorf("%s: %d %s", path, g.Status, g.Text)
		}
	}
	id := npcMade(t, s, "", `{"name":"x"}`)
	for path, want := range map[string]int{npcPath + "/" + id: 200, "/api/context/characters/tavern/gilded-hare/" + id: 404, npcPath + "/nope": 404, "/api/context/world/game123/nope": 404} {
		if g := ask(t, s, "npcbuilder", "GET", path, ""); g.Status != want {
			t.Errorf("GET %s: %d", path, g.Status)
		}
	}
	if g := ask(t, s, "npcbuilder", "PUT", npcPath+"/"+id, `{}`); g.Status != 405 {
		t.Errorf("PUT: %d", g.Status)
	}
}

func TestNPCBuilderPatch(t *testing.T) {
	s := opened(t, Options{})
	id := npcMade(t, s, "", npcWhole)
	g := ask(t, s, "npcbuilder", "PATCH", npcPath+"/"+id, `{"traits":["wise"],"tone":"casual"}`)
	if g.Status != 200 || text(g.Doc, "message") != "Character: "+id+" has been updated with the following context." {
		t.Fatalf("%d %s", g.Status, g.Text)
	}
	d := storedDoc(t, s, "npcbuilder", id)
	if fmt.Sprint(d["traits"]) != "[wise]" || d["tone"] != "casual" || d["role"] != "protagonist" || d["filters"] != false {
		t.Errorf("stored: %v", d)
	}
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, body := range []string{
		`{"name":"` + long(26) + `"}`, `{"description":"` + long(1401) + `"}`, `{"age":"Adult"}`, `{"age":""}`, `{"gender":"male"}`, `{"gender":7}`, `{"model":"gpt"}`, `{"role":"hero"}`,
		`{"tone":"Formal"}`, `{"traits":"brave"}`, `{"traits":[1]}`, `{"filters":{"active":true}}`, `{"filters":"true"}`, `{"items":[{"unit":"x"}]}`, `{"items":["sword"]}`,
		`{"items":[{"itemName":"` + long(26) + `"}]}`, `{"items":[{"itemName":"x","value":true}]}`, `{"items":[{"itemName":"x","value":"` + long(26) + `"}]}`, `{"events":[{}]}`,
		`{"quests":[{"reward":"` + long(126) + `"}]}`, `{"name":null}`, `{"knowledge":[]}`, `{"region_id":"region1"}`,
	} {
		sent := `{"tone":"formal",` + body[1:]
		if strings.Contains(body, "tone") {
			sent = `{"role":"guard",` + body[1:]
		}
		if g := ask(t, s, "npcbuilder", "PATCH", npcPath+"/"+id, sent); g.Status != 400 || g.Doc["message"] == nil {
			t.Errorf("%.60s: %d %s", body, g.Status, g.Text)
		}
		if after := storedDoc(t, s, "npcbuilder", id); fmt.Sprint(after) != fmt.Sprint(d) {
			t.Errorf("%.60s: a refused PATCH has changed something", body)
		}
	}
	exactly := `{"name":"` + long(25) + `","description":"` + long(1400) + `","quests":[{"reward":"` + long(125) + `"}],"items":[{"itemName":"` + long(25) + `","value":"10 gold"}]}`
	if g := ask(t, s, "npcbuilder", "PATCH", npcPath+"/"+id, exactly); g.Status != 200 {
		t.Errorf("exactly the limits: %d %s", g.Status, g.Text)
	}
}

func TestNPCBuilderFilterTogglesMerge(t *testing.T) {
	s := opened(t, Options{Switches: map[string]string{"npcbuilder.filters": "both"}})
	id := npcMade(t, s, "", `{"filters":{"active":true,"violence":true}}`)
	for _, tc := range []struct{ sent, want string }{
		{`{"violence":false,"drugs":true}`, "map[active:true drugs:true violence:false]"}, {`true`, "true"}, {`{"sexual":true}`, "map[sexual:true]"},
	} {
		if g := ask(t, s, "npcbuilder", "PATCH", npcPath+"/"+id, `{"filters":`+tc.sent+`}`); g.Status != 200 || fmt.Sprint(storedDoc(t, s, "npcbuilder", id)["filters"]) != tc.want {
			t.Errorf("%s: %d %v", tc.sent, g.Status, storedDoc(t, s, "npcbuilder", id)["filters"])
		}
	}
	if g := ask(t, s, "npcbuilder", "PATCH", npcPath+"/"+id, `{"filters":{"gore":true}}`); g.Status != 400 {
		t.Errorf("an unknown toggle: %d", g.Status)
	}
}

func TestNPCBuilderSessionsOverlay(t *testing.T) {
	s := opened(t, Options{})
	id := npcMade(t, s, "", `{"name":"Mira","tone":"formal"}`)
	name := func(path string) string {
		g := ask(t, s, "npcbuilder", "GET", path, "")
		return fmt.Sprint(g.Status, text(object(g.Doc, "character"), "name"))
	}
	at := npcPath + "/" + id
	ask(t, s, "npcbuilder", "PATCH", at+"?session_id=p1", `{"name":"Hers"}`)
	if name(at) != "200Mira" || name(at+"?session_id=p1") != "200Hers" || name(at+"?session_id=p2") != "200Mira" {
		t.Errorf("%s, %s, %s", name(at), name(at+"?session_id=p1"), name(at+"?session_id=p2"))
	}
	if g := ask(t, s, "npcbuilder", "DELETE", at+"?session_id=p1", ""); g.Status != 200 || name(at+"?session_id=p1") != "404" || name(at) != "200Mira" {
		t.Errorf("deleted in a session: %d, %s, %s", g.Status, name(at+"?session_id=p1"), name(at))
	}
	own := npcMade(t, s, "?session_id=p3", `{"name":"Theirs"}`)
	if name(npcPath+"/"+own) != "404" || name(npcPath+"/"+own+"?session_id=p3") != "200Theirs" {
		t.Errorf("made in a session: %s", name(npcPath+"/"+own+"?session_id=p3"))
	}
	if log := s.Requests("npcbuilder"); log[1].Query != "session_id=p1" {
		t.Errorf("the log hides the session: %+v", log[1])
	}
}

func TestNPCBuilderDeleteOnce(t *testing.T) {
	s := opened(t, Options{})
	id := npcMade(t, s, "", `{"name":"Mira"}`)
	for _, want := range []int{200, 404} {
		if g := ask(t, s, "npcbuilder", "DELETE", npcPath+"/"+id, ""); g.Status != want {
			t.Errorf("%d, want %d", g.Status, want)
		}
	}
	if g := ask(t, s, "npcbuilder", "GET", npcWorldPath, ""); strings.Contains(g.Text, id) {
		t.Error("the tree still has it")
	}
}
