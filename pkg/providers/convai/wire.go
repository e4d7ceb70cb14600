package convai

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
)

// goneWords are how Convai answers a read of a character that is not there,
// and of one that its database failed to find for another reason: hence
// Confirm.
const goneWords = "database calls failed"

func api() *rest.API {
	success := []rest.Condition{{Pointer: "/STATUS", Is: "SUCCESS"}}
	return &rest.API{
		Driver: Driver(),
		Auth: func(c map[string]providers.Secret) (http.Header, error) {
			key := c["CONVAI_API_KEY"]
			if key.IsZero() {
				return nil, errors.New("no credential: set CONVAI_API_KEY")
			}
			return http.Header{"Convai-Api-Key": {key.Reveal()}}, nil
		},
		Create: rest.Route{Name: "character.create", Method: "POST", Path: "/character/create", NewID: "/charID", Doubts: internal()},
		Get: rest.Route{
			Name: "character.get", Method: "POST", Path: "/character/get", Reads: true, ID: "/charID",
			Unwrap: "/response", IDEcho: "/character_id",
		},
		Update: rest.Route{
			Name: "character.update", Method: "POST", Path: "/character/update", Repeat: true, ID: "/charID", OK: success,
			Apart: settings(),
		},
		Delete: rest.Route{Name: "character.delete", Method: "POST", Path: "/character/delete", ID: "/charID", OK: success},
		List: rest.Route{
			Name: "character.list", Method: "POST", Path: "/character/list", Reads: true,
			Items: "/characters", ItemID: "/character_id", ItemName: "/character_name", Max: 32 << 20,
		},
		Encode: joinActions,
		Verdicts: []rest.Verdict{
			{Status: 400, Contains: goneWords, Kind: providers.NotFound, Confirm: true},
			{Status: 400, Contains: "could not fetch character details", Kind: providers.NotFound, Confirm: true},
			{Status: 400, Contains: "api_key", Kind: providers.Unauthorized},
		},
	}
}

// settings are documented one at a time against the update's address. Whether
// they may come together, or with other fields, no page says. How long a model
// thinks goes after the model that has that level.
func settings() *rest.Apart {
	return &rest.Apart{
		Keys: []string{"model_group_name", "temperature", "reasoning_effort"}, Status: http.StatusBadRequest,
		Source: providers.Assumed.In("documented one at a time"),
	}
}

// internal is the answer to troubles inside Convai, for which its documents
// give the same status, and partly the same words, as for bad input. Half a
// creation may have been carried out before it.
func internal() []rest.Doubt {
	return []rest.Doubt{{Status: http.StatusBadRequest, Source: providers.Documented.In("400 INTERNAL_ERROR of create")}}
}

// cloneRoute copies a live character.
func cloneRoute() rest.Route {
	return rest.Route{Name: "character.clone", Method: "POST", Path: "/user/clone_character", ID: "/charID", NewID: "/charID", Doubts: internal()}
}

// joinActions sends the list of actions as the one string that Convai takes.
func joinActions(settings map[string]string, body map[string]any) {
	for _, key := range []string{"actions", "action"} {
		list, ok := body[key].([]any)
		if !ok {
			continue
		}
		words := make([]string, 0, len(list))
		for _, e := range list {
			if s, ok := e.(string); ok {
				words = append(words, s)
			}
		}
		body[key] = strings.Join(words, separator(settings))
	}
}

type account struct{ *rest.Account }

func open(cfg providers.Config) (providers.Provider, error) {
	a, err := rest.Open(api(), cfg)
	if err != nil {
		return nil, err
	}
	return account{a}, nil
}

// Clone implements providers.Cloner.
func (a account) Clone(ctx context.Context, _, from string, withKB bool) (string, error) {
	body := map[string]any{}
	if withKB {
		body["KB"] = true
	}
	return a.New(ctx, cloneRoute(), rest.Call{ID: from, Body: body})
}

// Describe adds cloning to what the account can say of its calls.
func (a account) Describe(op, id string) (method, path string) {
	if op == "clone" {
		r := cloneRoute()
		return r.Method, r.Path
	}
	return a.Account.Describe(op, id)
}
