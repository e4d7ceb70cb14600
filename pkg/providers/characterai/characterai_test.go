package characterai_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
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

// TestNewerHost: the setting moves all four routes, and the whole life of a
// character goes through there.
func TestNewerHost(t *testing.T) {
	srv, err := sandbox.Open(sandbox.Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	env := srv.Environ()
	d := characterai.Driver()
	p, err := d.Open(providers.Config{
		Instance: "characterai", BaseURL: env[d.BaseURLEnv], Settings: map[string]string{"host": "neo"},
		Credentials: map[string]providers.Secret{"CHARACTERAI_TOKEN": providers.NewSecret(env["CHARACTERAI_TOKEN"])},
	})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := d.Fields.Creating(diff.Doc{"name": "Mira", "greeting": "Wipe your boots."})
	id, err := p.Create(t.Context(), "key", "", body)
	if err != nil {
		t.Fatal(err)
	}
	live, err := p.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	change, err := d.Fields.Updating(diff.Doc{"greeting": "Mind the step."}, live, d.Manner)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Update(t.Context(), id, change); err != nil {
		t.Fatal(err)
	}
	for item, err := range p.List(t.Context(), "") {
		if err != nil || item.ID != id || item.Body["greeting"] != "Mind the step." {
			t.Errorf("%v %v", item, err)
		}
	}
	if err := p.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for _, r := range srv.Requests("characterai") {
		if !strings.HasPrefix(r.Path, "/character/v1/") {
			t.Errorf("%s %s went to the older host", r.Method, r.Path)
		}
	}
}
