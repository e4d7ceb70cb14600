package alakazam

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
)

func api() *rest.API {
	update := rest.Route{Name: "character.update", Method: "PATCH", Path: "/v1/characters/{id}", Repeat: true}
	private := update
	private.Fixed = map[string]any{"visibility": "private"}
	return &rest.API{
		Driver: Driver(),
		Auth: func(c map[string]providers.Secret) (http.Header, error) {
			key := c["ALAKAZAM_API_KEY"]
			if key.IsZero() {
				return nil, errors.New("no credential: set ALAKAZAM_API_KEY")
			}
			return http.Header{"Authorization": {"Bearer " + key.Reveal()}}, nil
		},
		Create: rest.Route{
			Name: "character.create", Method: "POST", Path: "/v1/characters",
			KeyHeader: "Idempotency-Key", NewID: "/id", Fixed: map[string]any{},
		},
		Get:    rest.Route{Name: "character.get", Method: "GET", Path: "/v1/characters/{id}", Reads: true, IDEcho: "/id"},
		Update: update,
		Delete: private,
		List: rest.Route{
			Name: "character.list", Method: "GET", Path: "/v1/characters", Reads: true,
			Query: map[string]string{"limit": strconv.Itoa(page)}, Cursor: "/nextCursor", CursorQuery: "cursor",
			Items: "/characters", ItemID: "/id", ItemName: "/name", Max: 32 << 20,
		},
		Verdicts: []rest.Verdict{
			{Status: 409, Contains: "idempotency-key", Kind: providers.Rejected, Hint: "this is a defect of charsync: a key was used for two bodies; please report it"},
		},
	}
}

type account struct {
	*rest.Account
	// listOnly is set once the vendor has said that it has no read of one
	// character. No published page documents one.
	listOnly *atomic.Bool
}

func open(cfg providers.Config) (providers.Provider, error) {
	publishable := strings.HasPrefix(cfg.Credentials["ALAKAZAM_API_KEY"].Reveal(), "pk_")
	if publishable && !cfg.ReadOnly {
		return nil, errors.New(cfg.Instance + ": ALAKAZAM_API_KEY is a publishable key (pk_…), which can only read; writing needs a secret key (sk_…)")
	}
	description := api()
	if publishable {
		description.Verdicts = append(description.Verdicts, rest.Verdict{
			Status: http.StatusUnauthorized, Kind: providers.Unauthorized,
			Hint: "ALAKAZAM_API_KEY is a publishable key (pk_…), which may not read everything: a secret key (sk_…) may",
		})
	}
	a, err := rest.Open(description, cfg)
	if err != nil {
		return nil, err
	}
	return account{a, &atomic.Bool{}}, nil
}

// Get implements providers.Provider. No page documents a read of one
// character, so what it denies is looked up in the list.
func (a account) Get(ctx context.Context, id string) (providers.Body, error) {
	if !a.listOnly.Load() {
		b, err := a.Account.Get(ctx, id)
		switch providers.KindOf(err) {
		case providers.Unsupported:
			a.listOnly.Store(true)
		case providers.NotFound:
		default:
			return b, err
		}
	}
	for item, err := range a.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		if item.ID == id {
			return item.Body, nil
		}
	}
	return nil, a.Fault(api().Get, providers.NotFound, "the list of this account has no such character")
}

// Settle implements providers.Settler: Alakazam answers a repeated key with
// the original.
func (a account) Settle(ctx context.Context, key, scope string, body providers.Body) (string, error) {
	return a.Create(ctx, key, scope, body)
}

// Clone implements providers.Cloner: a character is a world, and worlds fork.
func (a account) Clone(ctx context.Context, _, from string, _ bool) (string, error) {
	return a.New(ctx, forkRoute(), rest.Call{ID: from, Body: map[string]any{}})
}

func forkRoute() rest.Route {
	return rest.Route{Name: "world.fork", Method: "POST", Path: "/v1/worlds/{id}/forks", NewID: "/worldId"}
}

// Describe adds forking to what the account can say of its calls.
func (a account) Describe(op, id string) (method, path string) {
	if op == "clone" {
		r := forkRoute()
		return r.Method, strings.Replace(r.Path, "{id}", id, 1)
	}
	return a.Account.Describe(op, id)
}

// Quotas implements providers.Quotas.
func (a account) Quotas(ctx context.Context) ([]providers.Allowance, error) {
	doc, err := a.Do(ctx, rest.Route{Name: "usage.get", Method: "GET", Path: "/v1/usage", Reads: true}, rest.Call{})
	if err != nil {
		return nil, err
	}
	caps, _ := doc["caps"].(map[string]any)
	usage, _ := doc["usage"].(map[string]any)
	day, _ := doc["day"].(string)
	var out []providers.Allowance
	for name, most := range caps {
		if used, counted := usage[name]; counted {
			out = append(out, providers.Allowance{Name: name, Used: whole(used), Cap: whole(most), Period: day})
		}
	}
	slices.SortFunc(out, func(a, b providers.Allowance) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func whole(v any) int {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return int(i)
}
