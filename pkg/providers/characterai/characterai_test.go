package characterai_test

import (
	"fmt"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/characterai"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks() providertest.Quirks {
	return providertest.Quirks{
		Samples: map[spec.Path][]any{
			"categories": {[]any{"Fantasy", "Comedy"}}, "avatar_rel_path": {"uploaded/2026/11/other.webp"},
			"voice_id": {"38"}, "default_voice_id": {"8d1f9c2e-3a60-4f0e-9f0b-0f6f3a1c1a01"},
		},
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, characterai.Driver(), quirks()) }

func TestReadings(t *testing.T) {
	providertest.Readings(t, characterai.Driver(), quirks(),
		map[string]string{"absent": "wipe", "category-shape": "strings", "copyable-type": "string", "failure-shape": "status"},
		map[string]string{"absent": "merge", "list-identifier": "show", "identifier-unique": "off", "nulls": "none", "null": "reject"},
		map[string]string{"archived": "gone", "unknown-category": "drop"},
	)
	neo := quirks()
	neo.Settings = map[string]string{"ownerView": "neo"}
	providertest.Readings(t, characterai.Driver(), neo, map[string]string{"owner-view": "403"})
}

// TestGreetingIsHeldTwice: the first of greetings follows the greeting where it
// repeated the old one, and only there; a manifest's own greetings count.
func TestGreetingIsHeldTwice(t *testing.T) {
	view := func(first string) providers.Body {
		return providers.Body{
			"external_id": "x", "name": "Mira", "greeting": "Old.", "greetings": []any{first, "More."}, "title": "", "description": "", "definition": "",
			"categories": []any{}, "visibility": "PRIVATE", "copyable": false, "avatar_file_name": "", "voice_id": "", "default_voice_id": "",
			"img_gen_enabled": false, "base_img_prompt": "", "strip_img_prompt_from_msg": false,
			"dynamic_greeting_enabled": false, "allow_dynamic_greeting": false,
		}
	}
	fields := characterai.Driver().Fields
	for _, c := range []struct {
		first   string
		changes diff.Doc
		want    string
	}{
		{"Old.", diff.Doc{"greeting": "New."}, "[New. More.]"},
		{"Another.", diff.Doc{"greeting": "New."}, "[Another. More.]"},
		{"Old.", diff.Doc{"title": "Keeper"}, "[Old. More.]"},
		{"Old.", diff.Doc{"greeting": "New.", "greetings": []any{"Old.", "Mine."}}, "[Old. Mine.]"},
	} {
		live := view(c.first)
		body, err := fields.Updating(c.changes, live, providers.Forgets)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(body["greetings"]); got != c.want {
			t.Errorf("%v: %s, want %s", c.changes, got, c.want)
		}
		if live["greetings"].([]any)[0] != c.first {
			t.Error("the view was changed")
		}
	}
	body, err := fields.Updating(diff.Doc{"dynamic_greeting_enabled": true}, view(""), providers.Forgets)
	if err != nil || body["allow_dynamic_greeting"] != true || body["dynamic_greeting_enabled"] != true {
		t.Errorf("%v %v", body, err)
	}
	if body, _ := fields.Creating(diff.Doc{"dynamic_greeting_enabled": true}); body["allow_dynamic_greeting"] != true {
		t.Errorf("at creation: %v", body)
	}
}
