// Package elevenlabs is the driver for the agents of ElevenLabs at
// https://api.elevenlabs.io.
package elevenlabs

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Driver is what is known of ElevenLabs offline.
func Driver() *providers.Driver {
	host := func(region string) string { return "https://api." + region + ".elevenlabs.io" }
	return &providers.Driver{
		Name: "elevenlabs", Title: "ElevenLabs", Docs: "https://elevenlabs.io/docs/api-reference/agents/create",
		Env:        []providers.Env{{"ELEVENLABS_API_KEY"}},
		BaseURLEnv: "ELEVENLABS_BASE_URL", BaseURL: "https://api.elevenlabs.io",
		OtherURLs: []string{host("us"), host("eu.residency"), host("in.residency"), host("sg.residency")},
		Manner:    providers.Keeps,
		Removal: providers.Removal{
			Verb: "delete",
			Loss: "ElevenLabs can't bring a deleted agent back; its branches, versions and conversations go with it.",
		},
		// No rate is published. What plans bound is how much goes on at a time.
		Pace:     providers.Pace{PerSecond: 20, Concurrency: 2, SerialWrite: true},
		Late:     providers.Late{Most: 30 * time.Second, Source: providers.Assumed.In("no document says how soon a read shows a write")},
		Required: []spec.Path{"name"},
		Compose:  map[spec.Path][]spec.Path{"prompt": {"persona", "scene", "lore", "examples"}},
		Imports:  map[spec.Path]spec.Path{"prompt": "persona"},
		ListPage: 100,
		Owner:    "/access_info/creator_email", Owned: "/access_info/is_creator",
		Shared:  &providers.Shared{Role: "/access_info/role", Own: []string{"admin", "editor"}},
		Private: []string{"shareable_token", "request_headers", "api_key"},
		Key:     providers.ByContent,
		Fields:  table(),
		Settings: []providers.Setting{{
			Name: "branch", Doc: "The branch of each agent that is read and updated, by name or id; the main one when it is not set.",
			NoCreate: "ElevenLabs makes a new agent on its main branch, live at once",
		}},
		Check: checkLanguage,
		Open:  open,
	}
}

// checkLanguage refuses what ElevenLabs answers with a 400 that names no field:
// a language that the voice model does not speak.
func checkLanguage(c providers.Checked) []spec.Diagnostic {
	language, _ := c.Doc["language"].(string)
	model, set := c.Doc["voice_model"].(string)
	if language == "" || language == "en" || set && !slices.Contains([]string{"eleven_flash_v2", "eleven_turbo_v2"}, model) {
		return nil
	}
	message := "the default voice_model, eleven_flash_v2, speaks English alone"
	if set {
		message = "voice_model " + model + " speaks English alone"
	}
	return []spec.Diagnostic{{
		Pos: c.Character.Lookup(c.Target, "language").Pos, Severity: spec.Error, Code: providers.CodeShape, Path: "language",
		Message: "language is " + language + ", and " + message, Hint: "set voice_model to eleven_flash_v2_5 or another one that speaks it",
	}}
}

func api() *rest.API {
	const agents, one = "/v1/convai/agents", "/v1/convai/agents/{id}"
	branch := &rest.Named{Query: "branch_id", Setting: "branch", Prefix: "agtbr", What: "branch", Route: rest.Route{
		Name: "branches.list", Method: "GET", Path: one + "/branches", Reads: true, Items: "/results", ItemID: "/id", ItemName: "/name",
	}}
	return &rest.API{
		Driver: Driver(),
		Auth: func(c map[string]providers.Secret) (http.Header, error) {
			key := c["ELEVENLABS_API_KEY"]
			if key.IsZero() {
				return nil, errors.New("no credential: set ELEVENLABS_API_KEY")
			}
			return http.Header{"Xi-Api-Key": {key.Reveal()}}, nil
		},
		Create: rest.Route{
			Name: "character.create", Method: "POST", Path: agents + "/create", NewID: "/agent_id", Fixed: map[string]any{"conversation_config": map[string]any{}},
		},
		Get: rest.Route{Name: "character.get", Method: "GET", Path: one, Reads: true, IDEcho: "/agent_id", Named: branch},
		Update: rest.Route{
			Name: "character.update", Method: "PATCH", Path: one, Repeat: true, OK: []rest.Condition{{Pointer: "/agent_id"}},
			Message: "/version_description", Named: branch,
		},
		Delete: rest.Route{Name: "character.delete", Method: "DELETE", Path: one},
		List: rest.Route{
			Name: "character.list", Method: "GET", Path: agents, Reads: true, Query: map[string]string{"page_size": "100"},
			Items: "/agents", ItemID: "/agent_id", ItemName: "/name", Cursor: "/next_cursor", CursorQuery: "cursor", More: "/has_more",
		},
		Verdicts: []rest.Verdict{
			{Status: http.StatusNotFound, Contains: "branch", Kind: providers.Rejected, Hint: "change branch of the instance in charsync.yaml"},
			{Status: http.StatusForbidden, Contains: "protected", Kind: providers.Forbidden, Hint: "the branch is protected: an admin must apply, or set branch of the instance in charsync.yaml"},
			{Status: http.StatusNotFound, Route: "character.get", Kind: providers.NotFound, Confirm: true},
		},
	}
}
