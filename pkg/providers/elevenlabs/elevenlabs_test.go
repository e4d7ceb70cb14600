package elevenlabs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/elevenlabs"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks() providertest.Quirks {
	return providertest.Quirks{
		Refuses: true,
		Samples: map[spec.Path][]any{
			"language":    {"de"},
			"llm":         {"claude-sonnet-5", "custom-llm"},
			"timezone":    {"Asia/Tokyo"},
			"voice_id":    {"JBFqnCBsd6RMkjVDRZzb"},
			"voice_model": {"eleven_multilingual_v2", "eleven_turbo_v2"},
			// The same variables each time: whether one can be taken out is a switch.
			"dynamic_variables": {map[string]any{"guest": "Ada", "rooms": 2.5}, map[string]any{"guest": true, "rooms": "none"}},
			"max_tokens":        {1},
			"thinking_budget":   {0},
		},
		With: map[spec.Path]map[spec.Path]any{"language": {"voice_model": "eleven_flash_v2_5"}},
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, elevenlabs.Driver(), quirks()) }

func TestReadings(t *testing.T) {
	providertest.Readings(t, elevenlabs.Driver(), quirks(),
		map[string]string{"placeholders": "replace", "unknown-keys": "422", "delete-status": "200"},
		map[string]string{"equal-patch": "none", "get-shows": "draft", "delete-twice": "204", "not-found": "document_not_found"},
	)
}

// account is a sandbox with an account in it.
func account(t *testing.T) (*sandbox.Server, providers.Provider) {
	t.Helper()
	srv, err := sandbox.Open(sandbox.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	return srv, at(t, srv, "")
}

// at opens the account at a branch; "" is the main one.
func at(t *testing.T, srv *sandbox.Server, branch string) providers.Provider {
	t.Helper()
	p, err := elevenlabs.Driver().Open(providers.Config{
		Instance: "elevenlabs", BaseURL: srv.URL("elevenlabs"), Settings: map[string]string{"branch": branch},
		Credentials: map[string]providers.Secret{"ELEVENLABS_API_KEY": providers.NewSecret("sandbox-elevenlabs-key")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask does what the console does.
func ask(t *testing.T, srv *sandbox.Server, method, path, key, body string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL("elevenlabs")+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("xi-api-key", key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var doc map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.StatusCode, err)
	}
	return doc
}

// change sends changes as applying does.
func change(t *testing.T, p providers.Provider, id string, changes diff.Doc) error {
	t.Helper()
	d := elevenlabs.Driver()
	live, err := p.Get(t.Context(), id)
	if err != nil {
		return err
	}
	body, err := d.Fields.Updating(changes, live, d.Manner)
	if err != nil {
		t.Fatal(err)
	}
	return p.Update(providers.WithMessage(t.Context(), "charsync run-7"), id, body)
}

// lastBody is what the last update sent.
func lastBody(t *testing.T, srv *sandbox.Server) map[string]any {
	t.Helper()
	var body map[string]any
	for _, r := range srv.Requests("elevenlabs") {
		if r.Route == "character.update" {
			body = nil
			if err := json.Unmarshal(r.Body, &body); err != nil {
				t.Fatal(err)
			}
		}
	}
	return body
}

// One changed word of a prompt is the prompt alone, with the run that sent it.
func TestUpdateIsSmallAndSigned(t *testing.T) {
	srv, p := account(t)
	id, err := srv.Put("elevenlabs", map[string]any{"name": "Mira", "conversation_config": map[string]any{"agent": map[string]any{"first_message": "Hi."}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := change(t, p, id, diff.Doc{"prompt": "You are Mira."}); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"version_description": "charsync run-7",
		"conversation_config": map[string]any{"agent": map[string]any{"prompt": map[string]any{"prompt": "You are Mira."}}},
	}
	if d := cmp.Diff(want, lastBody(t, srv)); d != "" {
		t.Error(d)
	}
}

// A colleague's unpublished edits of procedures stay unpublished.
func TestPendingProceduresStayPending(t *testing.T) {
	srv, p := account(t)
	procedures := map[string]any{"tip": map[string]any{"refunds": "v1", "greeting": "v3"}, "draft": map[string]any{"refunds": "v2", "greeting": "v3"}}
	id, err := srv.Put("elevenlabs", map[string]any{"name": "Mira", "_procedures": procedures})
	if err != nil {
		t.Fatal(err)
	}
	if err := change(t, p, id, diff.Doc{"name": "Miriam"}); err != nil {
		t.Fatal(err)
	}
	stored, err := srv.Character("elevenlabs", id)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(any(procedures), stored.Doc["_procedures"]); d != "" {
		t.Error(d)
	}
}

// A branch that the instance names is what is read and updated; the main one
// and what is live stay as they are. What is not there is an error.
func TestBranch(t *testing.T) {
	srv, p := account(t)
	d := elevenlabs.Driver()
	body, _ := d.Fields.Creating(diff.Doc{"name": "Mira", "prompt": "Live."})
	id, err := p.Create(t.Context(), "", "", body)
	if err != nil {
		t.Fatal(err)
	}
	live, err := p.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	branch := fmt.Sprint(ask(t, srv, "POST", "/v1/convai/agents/"+id+"/branches", "sandbox-elevenlabs-key",
		fmt.Sprintf(`{"parent_version_id":%q,"name":"staging","description":""}`, live["version_id"]))["created_branch_id"])
	read := func(p providers.Provider) any {
		t.Helper()
		doc, err := p.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return d.Fields.Live(doc, nil)["prompt"]
	}
	for _, setting := range []string{"staging", branch} {
		staged := at(t, srv, setting)
		if err := change(t, staged, id, diff.Doc{"prompt": "At " + setting}); err != nil {
			t.Fatal(err)
		}
		if got := read(staged); got != "At "+setting {
			t.Errorf("%s: %v", setting, got)
		}
		if got := read(p); got != "Live." {
			t.Errorf("the main branch says %v", got)
		}
	}
	for setting, want := range map[string]string{"nope": "there is no branch nope", "agtbrch_nope": "Branch"} {
		_, err := at(t, srv, setting).Get(t.Context(), id)
		if providers.KindOf(err) != providers.Rejected || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

// What an account may only look at is not its own, and a protected branch says
// what to do.
func TestSharedAndProtected(t *testing.T) {
	srv, p := account(t)
	d := elevenlabs.Driver()
	for _, role := range []string{"admin", "editor", "commenter", "viewer"} {
		id, err := srv.Put("elevenlabs", map[string]any{"name": role, "owner": "stranger", "_shared": map[string]any{"home": role}})
		if err != nil {
			t.Fatal(err)
		}
		writes := role == "admin" || role == "editor"
		for item, err := range p.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if item.ID == id && d.Writable(item.Body) != writes {
				t.Errorf("%s: %v", role, !writes)
			}
		}
		if err := change(t, p, id, diff.Doc{"greeting": "Hi."}); (err == nil) != writes || !writes && providers.KindOf(err) != providers.Forbidden {
			t.Errorf("%s: %v", role, err)
		}
		ask(t, srv, "PATCH", "/v1/convai/agents/"+id+"/branches/agtbrch_"+strings.TrimPrefix(id, "agent_"), "sandbox-elevenlabs-stranger",
			`{"protection_status":"admin_perms_required"}`)
		err = change(t, p, id, diff.Doc{"greeting": "Hello."})
		var told *providers.Error
		if role == "editor" && (!errors.As(err, &told) || told.Kind != providers.Forbidden || !strings.Contains(told.Hint, "branch")) {
			t.Errorf("protected: %v", err)
		}
		if role == "admin" && err != nil {
			t.Error(err)
		}
	}
}

// A refusal that says where it is names the field as the manifest does.
func TestRefusalNamesTheField(t *testing.T) {
	srv, p := account(t)
	id, err := srv.Put("elevenlabs", map[string]any{"name": "Mira"})
	if err != nil {
		t.Fatal(err)
	}
	for path, c := range map[spec.Path]struct{ value, words any }{
		"speed":      {1.3, "speed: Input should be less than or equal to 1.2"},
		"llm":        {"gpt-0", "llm: Input should be"},
		"evaluation": {[]any{map[string]any{"id": "a", "name": "a", "conversation_goal_prompt": strings.Repeat("x", 2001)}}, "evaluation: String should have at most 2000 characters"},
	} {
		err := change(t, p, id, diff.Doc{path: c.value})
		var told *providers.Error
		if !errors.As(err, &told) || told.Kind != providers.Rejected || len(told.Fields) != 1 || told.Fields[0] != path || !strings.Contains(told.Message, fmt.Sprint(c.words)) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// ElevenLabs answers a language that the voice model does not speak with a 400
// that names no field. It is known offline.
func TestLanguageNeedsAVoiceModel(t *testing.T) {
	d := elevenlabs.Driver()
	for _, c := range []struct {
		language, model string
		bad             bool
	}{
		{"", "", false},
		{"en", "", false},
		{"en", "eleven_turbo_v2", false},
		{"de", "", true},
		{"de", "eleven_flash_v2", true},
		{"de", "eleven_turbo_v2", true},
		{"de", "eleven_flash_v2_5", false},
		{"de", "eleven_multilingual_v2", false},
		{"", "eleven_flash_v2", false},
	} {
		doc := diff.Doc{}
		if c.language != "" {
			doc["language"] = c.language
		}
		if c.model != "" {
			doc["voice_model"] = c.model
		}
		fields := spec.Fields{"language": {Value: spec.Value{V: c.language, Set: true, Pos: spec.Pos{Line: 12}}}}
		ds := d.Check(providers.Checked{Character: &spec.Character{Name: "mira"}, Target: &spec.Target{Instance: "elevenlabs", Fields: fields}, Doc: doc})
		if (len(ds) > 0) != c.bad || c.bad && (ds[0].Pos.Line != 12 || ds[0].Severity != spec.Error) {
			t.Errorf("%+v: %v", c, ds)
		}
	}
}

// The prompt is folded from what every provider knows; a live one is imported
// as persona alone, and nothing that may be a credential with it.
func TestFoldAndImport(t *testing.T) {
	d := elevenlabs.Driver()
	said := spec.Fields{}
	for path, v := range map[string]string{"persona": "You are Mira.", "scene": "The inn.", "lore": "Snow.", "examples": "{{user}}: Hi", "greeting": "Boots.", "title": "Keeper"} {
		said[path] = spec.Field{Value: spec.Value{V: v, Set: true}}
	}
	got := d.Desired(&spec.Character{Name: "mira", Fields: said}, &spec.Target{Instance: "elevenlabs"}, spec.Instance{Name: "elevenlabs"})
	if df := cmp.Diff(diff.Doc{"prompt": "You are Mira.\n\nThe inn.\n\nSnow.\n\n{{user}}: Hi", "greeting": "Boots."}, got.Doc); df != "" {
		t.Error(df)
	}
	var lost []string
	for _, l := range got.Losses {
		lost = append(lost, string(l.Path)+" "+l.How)
	}
	if df := cmp.Diff([]string{"title dropped", "greeting mapped", "persona folded", "scene folded", "lore folded", "examples folded"}, lost); df != "" {
		t.Error(df)
	}
	srv, p := account(t)
	id, err := srv.Put("elevenlabs", map[string]any{"name": "Mira", "conversation_config": map[string]any{"agent": map[string]any{
		"prompt": map[string]any{"prompt": "You are Mira.\n\n# The inn\n", "custom_llm": map[string]any{"url": "https://llm.example", "request_headers": map[string]any{"Authorization": "canary-1"}}},
	}}, "platform_settings": map[string]any{"auth": map[string]any{"shareable_token": "canary-2"}}})
	if err != nil {
		t.Fatal(err)
	}
	live, err := p.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	manifest := d.Manifest(d.Fields.Live(live, nil), spec.Instance{Name: "elevenlabs"})
	if df := cmp.Diff(map[spec.Path]any{"name": "Mira", "persona": "You are Mira.\n\n# The inn\n"}, manifest); df != "" {
		t.Error(df)
	}
	if kept := fmt.Sprint(live.Without(d.Private)); strings.Contains(kept, "canary") || !strings.Contains(fmt.Sprint(live), "canary-2") {
		t.Errorf("a record would hold %s", kept)
	}
}
