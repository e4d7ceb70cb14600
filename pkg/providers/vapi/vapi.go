// Package vapi is the driver for Vapi's assistant API at https://api.vapi.ai.
package vapi

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

const page = 1000 // the most assistants that one request of the list may ask for

// Driver is what is known of Vapi offline.
func Driver() *providers.Driver {
	return &providers.Driver{
		Name: "vapi", Title: "Vapi", Docs: "https://docs.vapi.ai/api-reference/assistants",
		Env: []providers.Env{{"VAPI_TOKEN"}}, BaseURLEnv: "VAPI_BASE_URL", BaseURL: "https://api.vapi.ai", OtherURLs: []string{"https://api.eu.vapi.ai"},
		Manner:   providers.KeepsTop,
		Removal:  providers.Removal{Verb: "delete", Loss: "Vapi documents no way to bring a deleted assistant back; phone numbers and squads that use it lose it."},
		Pace:     providers.Pace{PerSecond: 1, Concurrency: 1}, // none is published; Vapi's own tool leaves 0.7 s between requests, as of 8 June 2026
		Late:     providers.Late{Most: 30 * time.Second, Source: providers.Assumed.In("no document says how soon a read shows a write")},
		Required: []spec.Path{"name"},
		Compose:  map[spec.Path][]spec.Path{"prompt": {"persona", "scene", "lore", "examples"}},
		Imports:  map[spec.Path]spec.Path{"prompt": "persona"},
		ListPage: page,
		Owner:    "/orgId",
		Private:  []string{"headers", "credentials", "serverUrlSecret", "secret", "apiKey", "authToken"},
		Key:      providers.ByContent,
		Fields:   table(),
		Check:    checkGreeting,
		Open:     func(cfg providers.Config) (providers.Provider, error) { return rest.Open(api(), cfg) },
	}
}

func api() *rest.API {
	return &rest.API{
		Driver: Driver(),
		Auth: func(c map[string]providers.Secret) (http.Header, error) {
			key := c["VAPI_TOKEN"]
			if key.IsZero() {
				return nil, errors.New("no credential: set VAPI_TOKEN to the private key of the organization")
			}
			return http.Header{"Authorization": {"Bearer " + key.Reveal()}}, nil
		},
		Create: rest.Route{Name: "character.create", Method: "POST", Path: "/assistant", NewID: "/id"},
		Get:    rest.Route{Name: "character.get", Method: "GET", Path: "/assistant/{id}", Reads: true, IDEcho: "/id"},
		Update: rest.Route{Name: "character.update", Method: "PATCH", Path: "/assistant/{id}", Repeat: true, OK: []rest.Condition{{Pointer: "/id"}}},
		Delete: rest.Route{Name: "character.delete", Method: "DELETE", Path: "/assistant/{id}"},
		List: rest.Route{
			Name: "character.list", Method: "GET", Path: "/assistant", Reads: true, Query: map[string]string{"limit": strconv.Itoa(page)},
			Items: "/", ItemID: "/id", ItemName: "/name", Max: 128 << 20,
			ByTime: &rest.ByTime{Item: "/createdAt", Older: "createdAtLe", Newer: "createdAtGe", Full: page},
		},
		Verdicts: []rest.Verdict{
			{Status: http.StatusUnauthorized, Kind: providers.Unauthorized, Hint: "VAPI_TOKEN takes the organization's private key; the public one can't read assistants"},
			{Status: http.StatusConflict, Contains: "pinned", Kind: providers.Rejected, Hint: "unpin its version where it is used, in Vapi's dashboard, and run again"},
		},
	}
}

// checkGreeting warns of a first message that nobody hears.
func checkGreeting(c providers.Checked) []spec.Diagnostic {
	if mode, _ := c.Doc["greeting_mode"].(string); c.Doc["greeting"] == nil || mode != generated && mode != waits {
		return nil
	}
	return []spec.Diagnostic{{
		Pos: c.Character.Lookup(c.Target, "greeting_mode").Pos, Severity: spec.Warning, Code: providers.CodeAdvice, Path: "greeting_mode",
		Message: "with this greeting_mode Vapi does not say the greeting", Hint: "say greeting: null in this target, or leave greeting_mode out",
	}}
}
