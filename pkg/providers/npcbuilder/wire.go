package npcbuilder

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
)

// The path of characters. No call ever carries session_id: a session is one
// player's view of a character, not the character.
const characters = "/api/context/characters/{game_id}/{world_id}"

func api() *rest.API {
	return &rest.API{
		Driver: Driver(),
		Auth:   auth,
		Create: rest.Route{
			Name: "character.create", Method: "POST", Path: characters, Fixed: map[string]any{}, NewID: "/character_id",
			// No page says what an error looks like, or when it comes.
			Doubts: []rest.Doubt{
				{Status: http.StatusBadRequest, Source: providers.Assumed.In("no error is documented")},
				{Status: http.StatusUnprocessableEntity, Source: providers.Assumed.In("no error is documented")},
			},
		},
		Get: rest.Route{
			Name: "character.get", Method: "GET", Path: characters + "/{id}", Reads: true, Answer: "/character", IDEcho: "/id",
		},
		Update: rest.Route{Name: "character.update", Method: "PATCH", Path: characters + "/{id}", Repeat: true},
		Delete: rest.Route{Name: "character.delete", Method: "DELETE", Path: characters + "/{id}"},
		List: rest.Route{
			Name: "world.get", Method: "GET", Path: "/api/context/world/{game_id}/{world_id}", Reads: true, Answer: "/world",
			ItemID: "/id", ItemName: "/name", Max: 32 << 20,
		},
	}
}

func auth(c map[string]providers.Secret) (http.Header, error) {
	token, id, secret := c["NPCBUILDER_TOKEN"], c["NPCBUILDER_CLIENT_ID"], c["NPCBUILDER_CLIENT_SECRET"]
	switch {
	case !token.IsZero():
		return http.Header{"Authorization": {"Bearer " + token.Reveal()}}, nil
	case !id.IsZero() && !secret.IsZero():
		return http.Header{"Clientid": {id.Reveal()}, "Clientsecret": {secret.Reveal()}}, nil
	}
	return nil, errors.New("no credential: set NPCBUILDER_TOKEN, or NPCBUILDER_CLIENT_ID and NPCBUILDER_CLIENT_SECRET")
}

type account struct{ *rest.Account }

func open(cfg providers.Config) (providers.Provider, error) {
	a, err := rest.Open(api(), cfg)
	if err != nil {
		return nil, err
	}
	return account{a}, nil
}

// List implements providers.Provider. There is no list of characters, only
// the tree of a world, which may show one character at several levels: the
// deepest says where it stands.
func (a account) List(ctx context.Context, scope string) iter.Seq2[providers.Remote, error] {
	return func(yield func(providers.Remote, error) bool) {
		r := api().List
		world, err := a.Do(ctx, r, rest.Call{Scope: scope})
		if err != nil {
			yield(providers.Remote{}, err)
			return
		}
		found, order := map[string]providers.Body{}, []string{}
		if err := gather(world, place{}, func(item providers.Body) {
			id, _ := item["id"].(string)
			if _, known := found[id]; !known {
				order = append(order, id)
			}
			found[id] = deeper(found[id], item)
		}); err != nil {
			yield(providers.Remote{}, a.Fault(r, providers.Unexpected, err.Error()))
			return
		}
		for _, id := range order {
			item, err := a.Remote(&r, scope, found[id])
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}
