package characterai

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
)

const (
	neo = "https://neo.character.ai"
	// challenge is the advice when a web page comes in place of an answer.
	challenge = "Character.AI stands behind Cloudflare, which may show programs a challenge page: wait, use another network, " +
		"or set host: neo for the instance, which moves all calls to the newer host"
)

func api() *rest.API {
	ok := []rest.Condition{{Pointer: "/status", Is: "OK"}, {Pointer: "/character"}}
	return &rest.API{
		Driver: Driver(),
		Auth: func(c map[string]providers.Secret) (http.Header, error) {
			token := c["CHARACTERAI_TOKEN"]
			if token.IsZero() {
				return nil, errors.New("no credential: set CHARACTERAI_TOKEN")
			}
			return http.Header{"Authorization": {"Token " + token.Reveal()}}, nil
		},
		Create: rest.Route{
			Name: "character.create", Method: "POST", Path: "/chat/character/create/", Fixed: blank(),
			KeyField: "/identifier", OK: ok, NewID: "/character/external_id",
			// A refusal has status 200 too, and the word NOT_OK for whatever went wrong.
			Doubts: []rest.Doubt{{Status: http.StatusOK, Source: providers.Published.In("failures with status 200")}},
		},
		Get: rest.Route{
			Name: "character.get", Method: "POST", Path: "/chat/character/", Reads: true, ID: "/external_id",
			OK: ok, Answer: "/character", IDEcho: "/external_id",
		},
		Update: rest.Route{Name: "character.update", Method: "POST", Path: "/chat/character/update/", Repeat: true, ID: "/external_id", OK: ok},
		List: rest.Route{
			Name: "character.list", Method: "GET", Path: "/chat/characters/", Reads: true, Query: map[string]string{"scope": "user"},
			Items: "/characters", ItemID: "/external_id", ItemName: "/participant__name", Max: 32 << 20,
		},
		Verdicts: []rest.Verdict{
			{Contains: "permission", Kind: providers.Forbidden, Hint: "the character belongs to somebody else, or the token is another account's"},
			{Contains: "not found", Kind: providers.NotFound, Confirm: true},
			{Contains: "authentication", Kind: providers.Unauthorized},
			{Contains: "invalid token", Kind: providers.Unauthorized},
		},
		PageHint: challenge,
	}
}

// blank is what every client sends when it creates, in its emptiest form: no
// two clients agree on defaults, so none is left to the server.
func blank() map[string]any {
	return map[string]any{
		"title": "", "description": "", "definition": "", "categories": []any{}, "visibility": "PRIVATE", "copyable": false,
		"avatar_rel_path": "", "voice_id": "", "default_voice_id": "", "img_gen_enabled": false, "base_img_prompt": "",
		"strip_img_prompt_from_msg": false,
	}
}

type account struct {
	*rest.Account
	read rest.Route
}

func open(cfg providers.Config) (providers.Provider, error) {
	description := api()
	newer := cfg.Settings[hostSetting] == "neo"
	if newer || cfg.Settings[ownerViewSetting] == "neo" {
		description.Get.Path, description.Get.Host = "/character/v1/get_character_info", neo
	}
	if newer {
		description.Create.Path, description.Create.Host = "/character/v1/create_character", neo
		description.Update.Path, description.Update.Host = "/character/v1/update_character", neo
		description.List.Path, description.List.Host = "/character/v1/get_characters_created_by_user", neo
		description.List.Query = nil
	}
	a, err := rest.Open(description, cfg)
	if err != nil {
		return nil, err
	}
	return account{a, description.Get}, nil
}

// identifier is the form in which clients choose identifiers.
func identifier(key string) string {
	if key == "" || strings.HasPrefix(key, "id:") {
		return key
	}
	return "id:" + key
}

// Create implements providers.Provider.
func (a account) Create(ctx context.Context, key, scope string, body providers.Body) (string, error) {
	return a.Account.Create(ctx, identifier(key), scope, body)
}

// Get implements providers.Provider. An archived character is gone, as far as
// manifests are concerned, although its owner can still read it.
func (a account) Get(ctx context.Context, id string) (providers.Body, error) {
	b, err := a.Account.Get(ctx, id)
	if err == nil && b["archived"] == true {
		return nil, a.Fault(a.read, providers.NotFound, "the character is archived")
	}
	return b, err
}

// Delete implements providers.Provider: the whole character is sent back,
// archived.
func (a account) Delete(ctx context.Context, id string) error { return a.archive(ctx, id, true) }

// Removed implements providers.Restorer: its owner can still read an archived
// character.
func (a account) Removed(ctx context.Context, id string) (providers.Body, error) {
	return a.Account.Get(ctx, id)
}

// Restore implements providers.Restorer.
func (a account) Restore(ctx context.Context, id string) error { return a.archive(ctx, id, false) }

func (a account) archive(ctx context.Context, id string, archived bool) error {
	live, err := a.Account.Get(ctx, id)
	if err != nil {
		return err
	}
	body, err := table().Updating(nil, live, providers.Forgets)
	if err != nil {
		return a.Fault(api().Update, providers.Unexpected, err.Error())
	}
	body["archived"] = archived
	return a.Update(ctx, id, body)
}

// Settle implements providers.Settler: the identifier is looked for among the
// account's characters, those of the right name first. List items may not
// carry it, so this can take one read for each.
func (a account) Settle(ctx context.Context, key, scope string, body providers.Body) (string, error) {
	wanted := identifier(key)
	if chosen, ok := body["identifier"].(string); ok {
		wanted = chosen
	}
	var likely, others []string
	for item, err := range a.List(ctx, scope) {
		switch shown, ok := item.Body["identifier"].(string); {
		case err != nil:
			return "", err
		case ok && shown == wanted:
			return item.ID, nil
		case ok:
		case item.Name == body["name"]:
			likely = append(likely, item.ID)
		default:
			others = append(others, item.ID)
		}
	}
	for _, id := range append(likely, others...) {
		b, err := a.Account.Get(ctx, id)
		if providers.KindOf(err) == providers.NotFound {
			continue
		}
		if err != nil {
			return "", err
		}
		if b["identifier"] == wanted {
			return id, nil
		}
	}
	return "", nil
}
