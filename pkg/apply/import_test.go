package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// seedLive puts n characters into a service, as its own users would have.
func (w *world) seedLive(vendor string, n int) {
	w.Helper()
	for i := range n {
		doc := map[string]any{"name": fmt.Sprintf("Old hand %d", i), "greeting": "Hello.\nSit.", "visibility": "private"}
		switch vendor {
		case "characterai":
			doc = map[string]any{"name": fmt.Sprintf("Old hand %d", i), "greeting": "Hello.", "title": "", "definition": "Long\n\nago.", "categories": []string{"Books"}, "visibility": "UNLISTED", "copyable": true}
		case "convai":
			doc = map[string]any{"charName": fmt.Sprintf("Old hand %d", i), "voiceType": "US MALE 1", "backstory": "Long ago.\r\nVery long.", "languageCodes": []string{"en-US"}, "model_group_name": "gpt-4o", "temperature": 0.3}
		case "vapi":
			doc = map[string]any{
				"name": fmt.Sprintf("Old hand %d", i), "firstMessage": "Hello.\nSit.", "metadata": map[string]any{"secret": "of the guild"},
				"server": map[string]any{"url": "https://example.org", "headers": map[string]any{"authorization": "canary"}},
				"model":  map[string]any{"provider": "openai", "model": "gpt-4.1", "messages": []any{map[string]any{"role": "system", "content": "You are old.\n\n# Rules\nBe kind. "}}},
			}
		case "npcbuilder":
			doc = map[string]any{"name": fmt.Sprintf("Old hand %d", i), "role": "guard", "traits": []string{"brave", "kind"}, "game_id": "game123", "world_id": "world456"}
		}
		if _, err := w.srv.Put(vendor, doc); err != nil {
			w.Fatal(err)
		}
	}
}

// importAll imports a whole account and writes the manifests, as the command
// does.
func (w *world) importAll(vendor string) []Imported {
	w.Helper()
	e := w.wholeEngine()
	list, err := e.Import(context.Background(), ImportOptions{Target: vendor, All: true})
	if err != nil {
		w.Fatal(err)
	}
	for _, im := range list {
		if im.Skipped != "" {
			continue
		}
		target, common := map[string]any{}, map[string]any{}
		for p, v := range im.Values {
			put := target
			if p == "persona" { // of a prompt: it stands in the manifest's common part
				common[string(p)] = v
				continue
			}
			segments := p.Segments()
			for _, s := range segments[:len(segments)-1] {
				if put[s] == nil {
					put[s] = map[string]any{}
				}
				put = put[s].(map[string]any)
			}
			put[segments[len(segments)-1]] = v
		}
		doc := map[string]any{
			"apiVersion": "charsync.dev/v1", "kind": "Character", "metadata": map[string]any{"name": im.Name},
		}
		common["targets"] = map[string]any{vendor: target}
		doc["spec"] = common
		data, err := yaml.Marshal(doc)
		if err != nil {
			w.Fatal(err)
		}
		w.write("characters/"+vendor+"/"+im.Name+".yaml", string(data))
	}
	if err := e.Bind(list); err != nil {
		w.Fatal(err)
	}
	return list
}

// After an import a plan is empty: nothing to send, nothing to record.
func TestImportThenNothing(t *testing.T) {
	const n = 200
	w := newWorld(t)
	for _, vendor := range vendors() {
		w.seedLive(vendor, n)
		w.requests()
		list := w.importAll(vendor)
		want := map[string]int{"alakazam": 2, "characterai": n + 1, "convai": n + 1, "npcbuilder": n + 1, "vapi": 1}[vendor]
		if got := len(w.requests()); len(list) != n || got != want {
			t.Errorf("%s: %d characters with %d requests, want %d", vendor, len(list), got, want)
		}
	}
	w.empty()
	w.applied("Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	names := map[string]bool{}
	for _, e := range openLock(t, w.lockPath()).Entries() {
		if names[e.Name] {
			t.Errorf("%s is the name of two", e.Name)
		}
		names[e.Name] = true
	}
	again := w.importAll("convai")
	for _, im := range again {
		if im.Skipped == "" {
			t.Fatalf("imported twice: %+v", im)
		}
	}
}

// What services fill in by themselves is not fought, and does not become a
// manifest where a document states it. What is only assumed does: it may be
// somebody's choice, and the character may have to be made again.
func TestRegressionDefaultsAdopted(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		provider string
		said     map[string]any
		want     []string
	}{
		{"alakazam", map[string]any{"name": "Plain"}, []string{"free", "name", "visibility"}},
		{
			"convai",
			map[string]any{"charName": "Plain", "voiceType": "MALE", "backstory": "Plain."},
			[]string{"backstory", "languageCodes", "model_group_name", "name", "temperature", "voiceType"},
		}, // memorySettings is documented
		{"npcbuilder", map[string]any{"name": "Plain", "game_id": "game123", "world_id": "world456"}, []string{"age", "name", "role", "tone"}}, // the place is the instance's
		{
			"characterai",
			map[string]any{"name": "Plain", "greeting": "Plain."},
			[]string{"copyable", "dynamic_greeting_enabled", "greeting", "img_gen_enabled", "name", "strip_img_prompt_from_msg", "visibility"},
		},
	} {
		if _, err := w.srv.Put(c.provider, c.said); err != nil {
			t.Fatal(err)
		}
		list := w.importAll(c.provider)
		if len(list) != 1 {
			t.Fatalf("%s: %d imported", c.provider, len(list))
		}
		var got []string
		for _, path := range slices.Sorted(maps.Keys(list[0].Values)) {
			got = append(got, string(path))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: the manifest says %v, want %v", c.provider, got, c.want)
		}
	}
	w.empty()
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"alakazam": ""})
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
}

// A name is never an identity, and importing never overwrites.
func TestRegressionSameNameOtherCharacter(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		if _, err := w.srv.Put("alakazam", map[string]any{"name": "Mira", "persona": "Another one."}); err != nil {
			t.Fatal(err)
		}
	}
	w.manifest("mira", map[string]string{"name": "Mira", "persona": "Ours."}, map[string]string{"alakazam": ""})
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	list := w.importAll("alakazam")
	var names []string
	for _, im := range list {
		if im.Skipped == "" {
			names = append(names, im.Name)
		}
	}
	if got := strings.Join(names, " "); got != "mira-2 mira-3 mira-4" {
		t.Errorf("names: %s", got)
	}
	w.empty()
	if n := len(w.live("alakazam")); n != 4 {
		t.Errorf("%d characters", n)
	}
}

func TestImportByID(t *testing.T) {
	w := newWorld(t)
	id, err := w.srv.Put("npcbuilder", map[string]any{"name": "Tova", "game_id": "tavern", "world_id": "gilded-hare"})
	if err != nil {
		t.Fatal(err)
	}
	e := w.engine()
	list, err := e.Import(context.Background(), ImportOptions{Target: "npcbuilder", IDs: []string{"tavern/gilded-hare/" + id}, Name: "tova-the-cook"})
	if err != nil || len(list) != 1 || list[0].Name != "tova-the-cook" || list[0].Values["game_id"] != "tavern" {
		t.Fatalf("%v %+v", err, list)
	}
	for _, o := range []ImportOptions{
		{Target: "npcbuilder", IDs: []string{id}}, // not in the default place
		{Target: "nowhere", All: true},
		{Target: "npcbuilder", All: true, Name: "x"},
		{Target: "npcbuilder", IDs: []string{"a", "b"}, Name: "x"},
	} {
		if _, err := e.Import(context.Background(), o); err == nil {
			t.Errorf("%+v was imported", o)
		}
	}
}

func TestFreeNames(t *testing.T) {
	long := strings.Repeat("long name ", 20)
	for _, c := range []struct{ display, id, want string }{
		{"Mira", "x", "mira"},
		{"Mira, Keeper of the Gilded Hare!", "x", "mira-keeper-of-the-gilded-hare"},
		{"Zoë Ångström", "x", "zoe-angstrom"},
		{"Grüße Straße", "x", "grusse-strasse"},
		{"O’Hara", "x", "ohara"},
		{"澪", "87fea9fd-e5f8", "character-87fea9"},
		{"🙂", "game/world/AB-cd_ef", "character-abcdef"},
		{"", "-", "character-x"},
		{"--", "id", "character-id"},
		{"1984", "x", "1984"},
		{long, "x", strings.Trim(strings.ReplaceAll(long, " ", "-")[:63], "-")},
	} {
		taken := map[string]bool{}
		got := freeName(c.display, c.id, taken)
		if got != c.want {
			t.Errorf("%q is %q, want %q", c.display, got, c.want)
		}
		taken[got] = true
		second := freeName(c.display, c.id, taken)
		if second == got || len(second) > maxLabel || strings.HasSuffix(second, "-") {
			t.Errorf("%q a second time is %q", c.display, second)
		}
	}
}

// Two manifests, or two instances of one type, can't have one live character.
func TestSharedCharacter(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"alakazam": ""})
	w.apply()
	id := w.id("mira", "alakazam")
	w.manifest("olga", map[string]string{"name": "Olga"}, map[string]string{"alakazam": "id: " + id})
	check := func(want int) {
		t.Helper()
		n := 0
		for _, d := range w.engine().Validate() {
			if d.Code == codeSharedCharacter && d.Severity == spec.Error && d.Pos.Line > 0 {
				n++
			}
		}
		if n != want {
			t.Errorf("%d findings, want %d", n, want)
		}
		if p := w.plan(); p.Complete == (want > 0) {
			t.Errorf("complete: %v", p.Complete)
		}
	}
	check(1)
	w.delete("characters/olga.yaml")
	w.write("charsync.yaml", strings.Replace(projectFile, "    alakazam: {}", "    alakazam: {}\n    second: {type: alakazam}", 1))
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"alakazam": "", "second": "id: " + id})
	check(1)
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"alakazam": ""})
	check(0)
}

func TestAdoptionOfWhatIsNotThere(t *testing.T) {
	for _, vendor := range vendors() {
		t.Run(vendor, func(t *testing.T) {
			w := newWorld(t)
			w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{vendor: "id: 00000000-0000-4000-8000-000000000000"})
			w.requests()
			p := w.plan()
			if p.Complete || len(p.Unplanned) != 1 || p.Unplanned[0].Code != codeAdoptedGone {
				t.Errorf("%+v", p.Unplanned)
			}
			if r := w.apply(); r.Failed != 1 || len(w.writes()) > 0 {
				t.Error(r.Summary())
			}
		})
	}
}

func TestIDChanges(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"convai": `voiceType: "US MALE 1", backstory: "Keeper."`})
	w.apply()
	id, err := w.srv.Put("convai", map[string]any{"charName": "Mira", "voiceType": "US MALE 1", "backstory": "Another."})
	if err != nil {
		t.Fatal(err)
	}
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"convai": `voiceType: "US MALE 1", backstory: "Keeper.", id: ` + id})
	p := w.plan()
	if len(p.Changes) != 1 || p.Changes[0].Action != diff.Update || p.Changes[0].ID != id || !strings.Contains(p.Changes[0].Reason, "id changed") {
		t.Fatalf("%+v", p.Changes)
	}
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	if w.id("mira", "convai") != id || len(w.live("convai")) != 2 {
		t.Error(w.lockText())
	}
	w.empty()
}

func TestClone(t *testing.T) {
	w := newWorld(t)
	source, err := w.srv.Put("convai", map[string]any{"charName": "Old Mira", "voiceType": "US MALE 1", "backstory": "A very old story.", "languageCodes": []string{"de-DE"}, "temperature": 0.9})
	if err != nil {
		t.Fatal(err)
	}
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"convai": "temperature: 0.5, cloneFrom: " + source + ", KB: true"})
	w.requests()
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	requests := w.requests()
	var clone string
	for _, r := range requests {
		if strings.Contains(r.Path, "clone") {
			clone = string(r.Body)
		}
	}
	if _, writes := split(requests); writes != 2 || !strings.Contains(clone, `"KB":true`) {
		t.Errorf("%s: %s", routes(requests), clone)
	}
	live := w.live("convai")
	if len(live) != 2 || live[1].Doc["charName"] != "Mira" || live[1].Doc["backstory"] != "A very old story." || fmt.Sprint(live[1].Doc["temperature"]) != "0.5" {
		t.Errorf("%+v", live)
	}
	w.empty()
}

// TestImportBindsWhatIsThere: a live character whose manifest is in the
// project, and bound to nothing, is bound to it; no second manifest is made.
func TestImportBindsWhatIsThere(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
			id := w.id("mira", s.vendor)
			w.delete("charsync.lock")
			e := w.wholeEngine()
			found, err := e.Import(context.Background(), ImportOptions{Target: s.vendor, All: true})
			if err != nil || len(found) != 1 || found[0].Name != "mira" || found[0].Bound != "characters/mira.yaml" {
				t.Fatalf("%v %+v", err, found)
			}
			if err := e.Bind(found); err != nil {
				t.Fatal(err)
			}
			if w.id("mira", s.vendor) != id {
				t.Error("bound to another")
			}
			if p := w.plan(); p.Counts().Create != 0 || p.Counts().Conflict != 0 {
				t.Errorf("%+v", p.Changes)
			}
			w.apply()
			w.empty()
			// One that says something else is another character.
			w.delete("charsync.lock")
			s.with(w, "Other text.")
			found, err = w.wholeEngine().Import(context.Background(), ImportOptions{Target: s.vendor, All: true})
			if err != nil || len(found) != 1 || found[0].Bound != "" || found[0].Name == "mira" {
				t.Errorf("%v %+v", err, found)
			}
		})
	}
}
