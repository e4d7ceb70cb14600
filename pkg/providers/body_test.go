package providers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

func TestCreating(t *testing.T) {
	want := diff.Doc{
		"name": "Mira", "backstory": "B", "voiceType": "v", "temperature": 0.42, "memorySettings.enabled": true,
		"actions": []any{"Nod"}, "reasoning_effort": nil,
	}
	body, late := driver(t, "convai").Fields.Creating(want)
	if d := cmp.Diff(providers.Body{"charName": "Mira", "backstory": "B", "voiceType": "v", "actions": []any{"Nod"}}, body); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]spec.Path{"temperature", "memorySettings.enabled"}, late); d != "" {
		t.Error(d)
	}
	body, late = driver(t, "npcbuilder").Fields.Creating(diff.Doc{"name": "M", "game_id": "g", "world_id": "w", "region_id": "r", "role": "guard"})
	if d := cmp.Diff(providers.Body{"name": "M", "?region_id": "r", "role": "guard"}, body); d != "" || len(late) > 0 {
		t.Error(d, late)
	}
}

// What a vendor fills in by itself is emptied at creation where the manifest
// empties it: the creation would leave it filled otherwise.
func TestCreatingEmptiesWhatIsFilledIn(t *testing.T) {
	table := providers.Table{
		{Path: "heat", Kind: diff.Number, Write: "/in/heat", Clear: providers.Clear{Can: true}, Default: 0.7},
		{Path: "late", Kind: diff.Number, Write: "/late", Create: providers.Never, Clear: providers.Clear{Can: true, Send: -1}, Default: 1.0},
		{Path: "bare", Kind: diff.Text, Write: "/bare", Clear: providers.Clear{Can: true, Send: ""}},
	}
	body, late := table.Creating(diff.Doc{"heat": nil, "late": nil, "bare": nil})
	if d := cmp.Diff(providers.Body{"in": map[string]any{"heat": nil}}, body); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]spec.Path{"late"}, late); d != "" {
		t.Error(d)
	}
}

// The body of a partial update holds the changes alone, under update's names.
func TestUpdatingKeeps(t *testing.T) {
	got, err := driver(t, "convai").Fields.Updating(diff.Doc{"actions": []any{"Nod"}, "memorySettings.enabled": false, "reasoning_effort": nil},
		providers.Body{"character_name": "Mira"}, providers.Keeps)
	want := providers.Body{"action": []any{"Nod"}, "memorySettings": map[string]any{"enabled": false}, "reasoning_effort": ""}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
	for _, c := range []struct {
		driver  string
		changes diff.Doc
	}{
		{"convai", diff.Doc{"backstory": nil}},     // can't be cleared
		{"npcbuilder", diff.Doc{"region_id": "r"}}, // fixed
		{"convai", diff.Doc{"timestamp": "x"}},     // only shown
	} {
		if body, err := driver(t, c.driver).Fields.Updating(c.changes, nil, providers.Keeps); err == nil {
			t.Errorf("%v became %v", c.changes, body)
		}
	}
}

// ownerView is what Character.AI shows its owner, with a key that nobody here
// knows and the nulls that it likes.
func ownerView(t *testing.T) providers.Body {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(`{
		"external_id": "-abc", "id": 12345678901234567890, "name": "Mira", "participant__name": "Mira", "title": "Keeper",
		"description": "Runs the inn.", "definition": "D", "greeting": "Hello.", "visibility": "UNLISTED", "copyable": true,
		"avatar_file_name": "up/mira.webp", "voice_id": null, "default_voice_id": "6b1d", "img_gen_enabled": true,
		"base_img_prompt": "p", "strip_img_prompt_from_msg": true, "identifier": "id:1", "archived": null, "songs": null,
		"categories": [{"name": "Books", "priority": 1}, {"name": "Fantasy", "priority": 2}],
		"model_variant": {"figure": 12345678901234567890.5}, "safety": "SAFE", "translations": null}`))
	dec.UseNumber()
	var b providers.Body
	if err := dec.Decode(&b); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestUpdatingForgets(t *testing.T) {
	fields := driver(t, "characterai").Fields
	t.Run("naive-update-wipes", func(t *testing.T) {
		got, err := fields.Updating(diff.Doc{"greeting": "Wipe your boots."}, ownerView(t), providers.Forgets)
		want := providers.Body{
			"name": "Mira", "title": "Keeper", "description": "Runs the inn.", "definition": "D", "greeting": "Wipe your boots.",
			"visibility": "UNLISTED", "copyable": true, "avatar_rel_path": "up/mira.webp", "voice_id": "", "default_voice_id": "6b1d",
			"img_gen_enabled": true, "base_img_prompt": "p", "strip_img_prompt_from_msg": true, "categories": []any{"Books", "Fantasy"}, "identifier": "id:1",
			"model_variant": map[string]any{"figure": json.Number("12345678901234567890.5")},
		}
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
	})
	t.Run("sdk-strips-fields", func(t *testing.T) {
		got, err := fields.Updating(nil, ownerView(t), providers.Forgets)
		if err != nil || !strings.Contains(marshal(t, got), "12345678901234567890.5") {
			t.Errorf("%v %v", err, got)
		}
	})
	t.Run("refuses what it would erase", func(t *testing.T) {
		for _, key := range []string{"definition", "categories", "title", "visibility"} {
			live := ownerView(t)
			delete(live, key)
			if body, err := fields.Updating(diff.Doc{"greeting": "x"}, live, providers.Forgets); err == nil || !strings.Contains(err.Error(), key) {
				t.Errorf("without %s: %v %v", key, body, err)
			}
			managed := diff.Doc{spec.Path(key): "PRIVATE"}
			if _, err := fields.Updating(managed, live, providers.Forgets); err != nil {
				t.Errorf("%s is managed, and still: %v", key, err)
			}
		}
		if _, err := fields.Updating(diff.Doc{"greeting": "x"}, nil, providers.Forgets); err == nil {
			t.Error("without a read at all: accepted")
		}
	})
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A list is sent whole; its elements keep what the table does not know.
func TestUpdatingCarriesUnknownParts(t *testing.T) {
	live := providers.Body{"items": []any{
		map[string]any{"itemName": "Pie", "type": "trade", "uid": "u1", "note": nil},
		map[string]any{"itemName": "Bed", "uid": "u2", "unit": "copper"},
	}}
	got, err := driver(t, "npcbuilder").Fields.Updating(diff.Doc{"items": []any{
		map[string]any{"itemName": "Bed", "value": 6.0}, map[string]any{"itemName": "Soup"}, map[string]any{"itemName": "Pie", "type": "trade"},
	}}, live, providers.Keeps)
	want := providers.Body{"items": []any{
		map[string]any{"itemName": "Bed", "value": 6.0, "uid": "u2"},
		map[string]any{"itemName": "Soup"},
		map[string]any{"itemName": "Pie", "type": "trade", "uid": "u1"},
	}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestLive(t *testing.T) {
	convai := driver(t, "convai").Fields
	get := providers.Body{"character_name": "Mira", "voice_type": "NULL", "backstory": ""}
	list := providers.Body{
		"character_name": "Old name", "language_codes": []any{"en-US"}, "character_actions": []any{},
		"personalised_prompt_config": map[string]any{"MODEL": "gpt-4o", "TEMPERATURE": json.Number("0.41999998688697815")},
		"memory_settings":            nil,
	}
	want := diff.Doc{
		"name": "Mira", "voiceType": nil, "backstory": nil, "languageCodes": []any{"en-US"}, "actions": []any{},
		"model_group_name": "gpt-4o", "temperature": 0.41999998688697815, "memorySettings.enabled": nil,
	}
	if d := cmp.Diff(want, convai.Live(get, list)); d != "" {
		t.Error(d)
	}
	f, _ := convai.Field("temperature")
	if !f.Rule().Equal(0.42, 0.41999998688697815) {
		t.Error("the noise of a 32-bit figure is a change")
	}
	if got := convai.Live(nil, nil); len(got) != 0 {
		t.Errorf("nothing was read, and yet %v", got)
	}

	cai := driver(t, "characterai").Fields
	got := cai.Live(ownerView(t), nil)
	if d := cmp.Diff([]any{"Books", "Fantasy"}, got["categories"]); d != "" || got["avatar_rel_path"] != "up/mira.webp" {
		t.Error(d, got)
	}
	if v := cai.Live(nil, providers.Body{"copyable": "True"})["copyable"]; v != true {
		t.Errorf("a switch in words: %v", v)
	}
	if v := cai.Live(providers.Body{"voice_id": json.Number("22")}, nil)["voice_id"]; v != "22" {
		t.Errorf("an identifier that is a number: %v", v)
	}
	f, _ = cai.Field("visibility")
	if !f.Rule().Equal("PUBLIC", "public") || f.Rule().Equal("PUBLIC", "PRIVATE") {
		t.Error("the case of an enum's word counts, or nothing does")
	}
}

func TestShape(t *testing.T) {
	fields := driver(t, "convai").Fields
	for _, bad := range []providers.Body{
		{"character_name": json.Number("7")}, {"backstory": map[string]any{}}, {"voice_type": true},
	} {
		if err := fields.Shape(bad, nil); err == nil {
			t.Errorf("%v passed", bad)
		}
	}
	for _, bad := range []providers.Body{
		{"language_codes": "en-US"}, {"language_codes": []any{1}}, {"memory_settings": map[string]any{"enabled": "perhaps"}},
	} {
		if err := fields.Shape(nil, bad); err == nil {
			t.Errorf("%v passed", bad)
		}
	}
	if err := fields.Shape(providers.Body{"character_name": nil}, providers.Body{}); err != nil {
		t.Error(err)
	}
}

// defaults-adopted: what a service's documents say it fills in by itself goes
// into no manifest. A default that is only assumed may be a choice: it is kept.
func TestManifest(t *testing.T) {
	t.Run("defaults-adopted", func(t *testing.T) {
		live := diff.Doc{
			"name": "Mira", "visibility": "PUBLIC", "copyable": false, "img_gen_enabled": true, "title": nil, "description": "",
			"categories": []any{}, "identifier": "id:1", "definition": "D\n",
		}
		want := map[spec.Path]any{"name": "Mira", "visibility": "public", "copyable": false, "img_gen_enabled": true, "definition": "D\n"}
		if d := cmp.Diff(want, driver(t, "characterai").Fields.Manifest(live)); d != "" {
			t.Error(d)
		}
		if got := driver(t, "convai").Fields.Manifest(diff.Doc{"memorySettings.enabled": false, "temperature": 0.7}); got["memorySettings.enabled"] != nil || got["temperature"] != 0.7 {
			t.Errorf("%v: what is documented is left out, and nothing else", got)
		}
		if got := driver(t, "alakazam").Fields.Manifest(diff.Doc{"visibility": "private"}); got["visibility"] != "private" {
			t.Errorf("%v: a private character would come back public", got)
		}
	})
	if got := driver(t, "npcbuilder").Fields.Manifest(diff.Doc{"role": "dragonRider", "tone": "casual"}); got["role"] != nil || got["tone"] != "casual" {
		t.Errorf("a word that no manifest may use: %v", got)
	}
	d := driver(t, "npcbuilder")
	in := spec.Instance{Settings: map[string]string{"game_id": "g", "world_id": "w"}}
	got := d.Manifest(diff.Doc{"name": "M", "game_id": "g", "world_id": "elsewhere"}, in)
	if d := cmp.Diff(map[spec.Path]any{"name": "M", "world_id": "elsewhere"}, got); d != "" {
		t.Error(d)
	}
}

func TestCost(t *testing.T) {
	for _, c := range []struct {
		driver         string
		paths          []spec.Path
		listed, gotten bool
	}{
		{"alakazam", []spec.Path{"name", "persona", "stances", "style"}, true, true},
		{"convai", []spec.Path{"name", "temperature", "reasoning_effort"}, true, false},
		{"convai", []spec.Path{"name", "backstory"}, false, true},
		{"characterai", []spec.Path{"name", "greeting"}, true, true},
		{"characterai", []spec.Path{"definition"}, false, true},
		{"npcbuilder", []spec.Path{"name", "role", "region_id", "model"}, true, false},
		{"npcbuilder", []spec.Path{"description"}, false, true},
	} {
		fields := driver(t, c.driver).Fields
		if l, g := fields.Listed(c.paths), fields.Gotten(c.paths); l != c.listed || g != c.gotten {
			t.Errorf("%s %v: listed %v, gotten %v", c.driver, c.paths, l, g)
		}
	}
}

func TestSecretsPrintNothing(t *testing.T) {
	s := providers.NewSecret("canary")
	for name, text := range map[string]string{
		"String": s.String(), "GoString": s.GoString(), "JSON": marshal(t, map[string]any{"k": s}), "LogValue": s.LogValue().String(),
	} {
		if strings.Contains(text, "canary") {
			t.Errorf("%s shows it", name)
		}
	}
}

// Keys are spelled by the table and by the manifest; nothing converts them.
func TestKeyCase(t *testing.T) {
	t.Run("key-case-rewritten", func(t *testing.T) {
		world := map[string]any{"characterName": "x", "snake_case": map[string]any{"CamelCase": true, "kebab-case": []any{map[string]any{"URLOf": "y"}}}}
		ch, target := character(spec.Fields{"name": at(1, "Mira")}, spec.Target{Instance: "alakazam", Fields: spec.Fields{"world": at(2, world)}})
		d := driver(t, "alakazam")
		body, _ := d.Fields.Creating(d.Desired(ch, target, spec.Instance{}).Doc)
		if diff := cmp.Diff(providers.Body{"name": "Mira", "world": world}, body); diff != "" {
			t.Error(diff)
		}
	})
}
