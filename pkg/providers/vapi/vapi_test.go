package vapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/providers/vapi"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks() providertest.Quirks {
	llm := map[spec.Path]any{"model_provider": "openai", "model": "gpt-4.1"}
	own := map[spec.Path]any{"model_provider": "custom-llm", "model": "gilded-hare-7b"}
	voice := map[spec.Path]any{"voice_provider": "11labs", "voice_id": "paula"}
	ears := map[spec.Path]any{"transcriber_provider": "deepgram"}
	return providertest.Quirks{
		Refuses: true, Blind: true,
		Apart: map[spec.Path][]string{
			"model_provider": {"custom-llm"}, "voice_provider": {"custom-voice", "neuphonic", "sesame"},
			"transcriber_provider": {"custom-transcriber", "openai", "speechmatics"},
		},
		Samples: map[spec.Path][]any{"voice_speed": {0.7, 1.2}, "voice_stability": {0.0, 1.0}, "voice_similarity_boost": {0.0, 1.0}},
		With: map[spec.Path]map[spec.Path]any{
			"model_provider": llm, "model_url": own, "model": llm, "prompt": llm, "temperature": llm, "max_tokens": llm, "tool_ids": llm,
			"voice_provider": {"voice_id": "paula"}, "voice_id": voice, "voice_model": voice, "voice_language": voice, "voice_speed": voice,
			"voice_stability": voice, "voice_similarity_boost": voice, "transcriber_model": ears, "transcriber_language": ears,
		},
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, vapi.Driver(), quirks()) }

func TestReadings(t *testing.T) {
	providertest.Readings(t, vapi.Driver(), quirks(),
		map[string]string{"null": "absent", "empty": "null", "unknown-keys": "ignore"},
		map[string]string{"versioning": "on", "headers": "mask", "list-order": "oldest"},
	)
}

// opened is an account at a sandbox of its own.
func opened(t *testing.T, now func() time.Time, switches map[string]string) (*sandbox.Server, providers.Provider) {
	t.Helper()
	srv, err := sandbox.Open(sandbox.Options{Seed: 1, Now: now, Switches: switches})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	if err := srv.Listen(""); err != nil {
		t.Fatal(err)
	}
	env := srv.Environ()
	p, err := vapi.Driver().Open(providers.Config{
		Instance: "vapi", BaseURL: env["VAPI_BASE_URL"], Credentials: map[string]providers.Secret{"VAPI_TOKEN": providers.NewSecret(env["VAPI_TOKEN"])},
	})
	if err != nil {
		t.Fatal(err)
	}
	return srv, p
}

// A list beyond one page goes on by time: each assistant once, also where two
// at the end of a page share their time, in either order, and however finely
// the service keeps times.
func TestListBeyondOnePage(t *testing.T) {
	for _, order := range []string{"newest", "oldest"} {
		for _, times := range []string{"milliseconds", "finer"} {
			at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
			srv, p := opened(t, func() time.Time { return at }, map[string]string{"vapi.list-order": order, "vapi.times": times})
			const n = 1001
			for i := range n {
				if i != 1 && i != n-1 { // two share a time on either end of the list
					at = at.Add(700 * time.Microsecond)
				}
				if _, err := srv.Put("vapi", map[string]any{"name": fmt.Sprint(i)}); err != nil {
					t.Fatal(err)
				}
			}
			seen := map[string]bool{}
			for item, err := range p.List(t.Context(), "") {
				if err != nil {
					t.Fatal(err)
				}
				if seen[item.Name] {
					t.Errorf("%s twice", item.Name)
				}
				seen[item.Name] = true
			}
			if asked := len(srv.Requests("vapi")); len(seen) != n || asked != 2 {
				t.Errorf("%s, %s: %d of %d in %d requests", order, times, len(seen), n, asked)
			}
		}
	}
}

// updated changes an assistant as applying does, and gives what is stored.
func updated(t *testing.T, srv *sandbox.Server, p providers.Provider, id string, changes diff.Doc) (map[string]any, error) {
	t.Helper()
	live, err := p.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	body, err := vapi.Driver().Fields.Updating(changes, live, providers.KeepsTop)
	if err != nil {
		return nil, err
	}
	if err := p.Update(t.Context(), id, body); err != nil {
		return nil, err
	}
	stored, err := srv.Character("vapi", id)
	if err != nil {
		t.Fatal(err)
	}
	return stored.Doc, nil
}

// What others keep in an assistant survives: messages around the prompt, in
// their place, tools, and keys of model and voice that no row has; and what
// stands beside them is not sent at all.
func TestUpdateLeavesOthersAlone(t *testing.T) {
	srv, p := opened(t, nil, nil)
	const live = `{"name":"Mira","server":{"url":"https://example.org","headers":{"authorization":"canary"}},"hooks":[{"on":"call.ending"}],
		"model":{"provider":"openai","model":"gpt-4.1","reasoningEffort":"low","tools":[{"type":"endCall"}],"toolIds":["a"],"temperature":null,
			"messages":[{"role":"user","content":"Before"},{"role":"system","content":"Old."},{"role":"assistant","content":"After"}]},
		"voice":{"provider":"11labs","voiceId":"paula","chunkPlan":{"enabled":true},"useSpeakerBoost":true}}`
	var d map[string]any
	if err := json.Unmarshal([]byte(live), &d); err != nil {
		t.Fatal(err)
	}
	id, err := srv.Put("vapi", d)
	if err != nil {
		t.Fatal(err)
	}
	got, err := updated(t, srv, p, id, diff.Doc{"prompt": "New.", "voice_speed": 1.1})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("Old.", "New.", `"temperature":null,`, "", `"useSpeakerBoost":true`, `"useSpeakerBoost":true,"speed":1.1`).Replace(live)
	if same(t, got) != same(t, json.RawMessage(want)) {
		t.Errorf("stored\n%s\nwant\n%s", same(t, got), same(t, json.RawMessage(want)))
	}
	for _, r := range srv.Requests("vapi") {
		if r.Write && (strings.Contains(string(r.Body), "canary") || strings.Contains(string(r.Body), "hooks")) {
			t.Errorf("sent %s", r.Body)
		}
	}

	if got, err = updated(t, srv, p, id, diff.Doc{"model_provider": "anthropic", "model": "claude"}); err != nil {
		t.Fatal(err)
	}
	const model = `{"provider":"anthropic","model":"claude","tools":[{"type":"endCall"}],"toolIds":["a"],
		"messages":[{"role":"user","content":"Before"},{"role":"system","content":"New."},{"role":"assistant","content":"After"}]}`
	if same(t, got["model"]) != same(t, json.RawMessage(model)) {
		t.Errorf("with another provider the model is %s", same(t, got["model"]))
	}
	if got, err = updated(t, srv, p, id, diff.Doc{"prompt": nil}); err != nil || strings.Contains(same(t, got["model"]), "system") || !strings.Contains(same(t, got["model"]), "After") {
		t.Errorf("emptied: %v %s", err, same(t, got["model"]))
	}
	if got, err = updated(t, srv, p, id, diff.Doc{"prompt": "Again."}); err != nil || !strings.Contains(same(t, got["model"]), `"messages":[{"content":"Again.","role":"system"},{"content":"Before"`) {
		t.Errorf("a new prompt comes first: %v %s", err, same(t, got["model"]))
	}
}

// same is JSON with sorted keys.
func same(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		t.Fatal(err)
	}
	raw, err = json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Of two system messages nobody knows which one a manifest means: neither is
// read as the prompt, and neither is written.
func TestTwoSystemMessages(t *testing.T) {
	srv, p := opened(t, nil, nil)
	message := func(s string) map[string]any { return map[string]any{"role": "system", "content": s} }
	id, err := srv.Put("vapi", map[string]any{"name": "Mira", "model": map[string]any{"provider": "openai", "model": "gpt-4.1", "messages": []any{message("one"), message("two")}}})
	if err != nil {
		t.Fatal(err)
	}
	body, err := p.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if v, known := vapi.Driver().Fields.Live(body, nil)["prompt"]; known {
		t.Errorf("the prompt is %v", v)
	}
	if _, err := updated(t, srv, p, id, diff.Doc{"prompt": "New."}); err == nil || !strings.Contains(err.Error(), "more than one") {
		t.Error(err)
	}
	if _, err := updated(t, srv, p, id, diff.Doc{"temperature": 1.5}); err != nil {
		t.Error(err)
	}
}

// Refusals give the service's own words, and advice that works.
func TestWordsOfRefusals(t *testing.T) {
	srv, p := opened(t, nil, map[string]string{"vapi.pinned": "on"})
	id, err := srv.Put("vapi", map[string]any{"name": "Mira"})
	if err != nil {
		t.Fatal(err)
	}
	var e *providers.Error
	if err := p.Delete(t.Context(), id); !errors.As(err, &e) || e.Kind != providers.Rejected || !strings.Contains(e.Message, "pinned by a squad") || !strings.Contains(e.Hint, "unpin") {
		t.Errorf("%v: %+v", err, e)
	}
	if err := p.Update(t.Context(), id, providers.Body{"name": strings.Repeat("a", 41), "model": "x"}); err == nil ||
		!strings.Contains(err.Error(), "rejected (400): model must be an object; name must be shorter than or equal to 40 characters") {
		t.Error(err)
	}
	public, err := vapi.Driver().Open(providers.Config{
		Instance: "vapi", BaseURL: srv.URL("vapi"), Credentials: map[string]providers.Secret{"VAPI_TOKEN": providers.NewSecret("sandbox-vapi-public")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := public.Get(t.Context(), id); !errors.As(err, &e) || e.Kind != providers.Unauthorized || !strings.Contains(e.Hint, "private key") {
		t.Errorf("%v: %+v", err, e)
	}
}

// A greeting that nobody will hear is told.
func TestGreetingMode(t *testing.T) {
	for mode, want := range map[string]int{
		"assistant-speaks-first": 0, "assistant-waits-for-user": 1, "assistant-speaks-first-with-model-generated-message": 1,
	} {
		for _, greeting := range []any{"Hello.", nil} {
			ds := vapi.Driver().Check(providers.Checked{
				Character: &spec.Character{Name: "mira"}, Target: &spec.Target{Instance: "vapi"},
				Doc: diff.Doc{"greeting": greeting, "greeting_mode": mode},
			})
			if greeting == nil && len(ds) != 0 || greeting != nil && len(ds) != want {
				t.Errorf("%s, %v: %v", mode, greeting, ds)
			}
		}
	}
}
