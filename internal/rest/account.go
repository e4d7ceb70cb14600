package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"strings"

	"github.com/charsync/charsync/pkg/providers"
)

// Account is the wire to one account of a vendor. It implements
// providers.Provider from the description; vendors that do more embed it.
type Account struct {
	api        *API
	instance   string
	base       string
	overridden bool // the base URL is not the vendor's own
	settings   map[string]string
	header     http.Header
	secrets    secrets
	transport  http.RoundTripper
	network    *http.Transport // nil when the caller injected one
}

const userAgent = "charsync (+https://github.com/charsync/charsync)"

// Open makes an account. It connects to nothing yet.
func Open(api *API, cfg providers.Config) (*Account, error) {
	raw := cfg.BaseURL
	if raw == "" {
		raw = api.Driver.BaseURL
	}
	u, err := checkBase(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Instance, err)
	}
	header, err := api.Auth(cfg.Credentials)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Instance, err)
	}
	header.Set("Accept", "application/json")
	header.Set("User-Agent", userAgent)
	if cfg.UserAgent != "" {
		header.Set("User-Agent", cfg.UserAgent)
	}
	a := &Account{
		api: api, instance: cfg.Instance, base: u.String(), overridden: u.String() != api.Driver.BaseURL,
		settings: maps.Clone(cfg.Settings), header: header, secrets: newSecrets(cfg.Credentials),
	}
	pace := paceOf(cfg, api.Driver, u)
	base := cfg.Transport
	if base == nil {
		a.network = network(pace.Concurrency)
		base = a.network
	}
	a.transport = stack(cfg, pace, u, base)
	return a, nil
}

// Close lets idle connections go. The account can still be used.
func (a *Account) Close() error {
	if a.network != nil {
		a.network.CloseIdleConnections()
	}
	return nil
}

// Create implements providers.Provider.
func (a *Account) Create(ctx context.Context, key, scope string, body providers.Body) (string, error) {
	id, err := a.New(ctx, a.api.Create, Call{Scope: scope, Key: key, Body: body})
	if err != nil {
		return "", err
	}
	return a.api.Driver.JoinID(scope, id), nil
}

// New sends a call that makes something, and gives its id.
func (a *Account) New(ctx context.Context, r Route, c Call) (string, error) {
	doc, err := a.Do(ctx, r, c)
	if err != nil {
		return "", err
	}
	v, _ := doc.Pick(r.NewID)
	id, ok := v.(string)
	if !ok || id == "" {
		return "", a.fault(&r, providers.Lost, 0, "the answer names no id", nil)
	}
	return id, nil
}

// Get implements providers.Provider.
func (a *Account) Get(ctx context.Context, id string) (providers.Body, error) {
	scope, own := a.api.Driver.SplitID(id)
	r := a.api.Get
	doc, err := a.Do(ctx, r, Call{ID: own, Scope: scope})
	if err != nil {
		return nil, err
	}
	if echo, ok := doc.Pick(r.IDEcho); ok && echo != own {
		return nil, a.fault(&r, providers.Unexpected, 0, "the answer is about another character", nil)
	}
	if err := a.api.Driver.Fields.Shape(doc, nil); err != nil {
		return nil, a.fault(&r, providers.Unexpected, 0, err.Error(), nil)
	}
	a.api.Driver.Place(doc, scope)
	return doc, nil
}

// Update implements providers.Provider.
func (a *Account) Update(ctx context.Context, id string, body providers.Body) error {
	scope, own := a.api.Driver.SplitID(id)
	_, err := a.Do(ctx, a.api.Update, Call{ID: own, Scope: scope, Body: body})
	return err
}

// Delete implements providers.Provider.
func (a *Account) Delete(ctx context.Context, id string) error {
	scope, own := a.api.Driver.SplitID(id)
	_, err := a.Do(ctx, a.api.Delete, Call{ID: own, Scope: scope})
	return err
}

// mostPages bounds a list whose cursors never end.
const mostPages = 100_000

// List implements providers.Provider.
func (a *Account) List(ctx context.Context, scope string) iter.Seq2[providers.Remote, error] {
	return func(yield func(providers.Remote, error) bool) {
		r := a.api.List
		seen := map[string]bool{}
		cursors := map[string]bool{}
		query := map[string]string{}
		for range mostPages {
			next, err := a.page(ctx, &r, Call{Scope: scope, Query: query}, func(item providers.Remote) bool {
				if seen[item.ID] {
					return true // rows moved between pages while we read
				}
				seen[item.ID] = true
				return yield(item, nil)
			})
			switch {
			case err == errStopped:
				return
			case err == nil && next == "":
				return
			case err == nil && cursors[next]:
				err = a.fault(&r, providers.Unexpected, 0, "the list goes in circles", nil)
			case err == nil:
				cursors[next] = true
				query = map[string]string{r.CursorQuery: next}
				continue
			}
			yield(providers.Remote{}, err)
			return
		}
		yield(providers.Remote{}, a.fault(&r, providers.Unexpected, 0, "the list never ends", nil))
	}
}

type stopped struct{}

func (stopped) Error() string { return "stopped" }

var errStopped error = stopped{}

// page reads one page and hands its items on, one decoded at a time.
func (a *Account) page(ctx context.Context, r *Route, c Call, each func(providers.Remote) bool) (next string, err error) {
	got, t, err := a.send(ctx, r, c)
	if err != nil {
		return "", err
	}
	var top map[string]json.RawMessage
	if f := got.decode(&top); f != nil {
		return "", a.broken(t, got, f)
	}
	raw, ok := top[strings.TrimPrefix(r.Items, "/")]
	if !ok {
		rest := providers.Body{}
		if f := decode(got.data, &rest); f != nil {
			return "", a.broken(t, got, f)
		}
		return "", a.unmet(t, got, rest)
	}
	next, err = a.cursor(r, top)
	if err != nil {
		return "", err
	}
	return next, a.items(r, c.Scope, raw, each)
}

func (a *Account) cursor(r *Route, top map[string]json.RawMessage) (string, error) {
	if r.Cursor == "" {
		return "", nil
	}
	raw, ok := top[strings.TrimPrefix(r.Cursor, "/")]
	if !ok {
		return "", a.fault(r, providers.Unexpected, 0, "the page does not say whether another one follows", nil)
	}
	var next *string
	if json.Unmarshal(raw, &next) != nil {
		return "", a.fault(r, providers.Unexpected, 0, "the cursor is not a text", nil)
	}
	if next == nil {
		return "", nil
	}
	return *next, nil
}

func (a *Account) items(r *Route, scope string, raw json.RawMessage, each func(providers.Remote) bool) error {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return a.fault(r, providers.Unexpected, 0, "the list is not an array", nil)
	}
	for _, raw := range list {
		var item providers.Body
		if f := decode(raw, &item); f != nil {
			return a.fault(r, f.kind, 0, "an element of the list: "+f.message, nil)
		}
		remote, err := a.Remote(r, scope, item)
		if err != nil {
			return err
		}
		if !each(remote) {
			return errStopped
		}
	}
	return nil
}

// Remote makes a list item of a document.
func (a *Account) Remote(r *Route, scope string, item providers.Body) (providers.Remote, error) {
	v, _ := item.Pick(r.ItemID)
	id, ok := v.(string)
	if !ok || id == "" {
		return providers.Remote{}, a.fault(r, providers.Unexpected, 0, "an element of the list has no id", nil)
	}
	if err := a.api.Driver.Fields.Shape(nil, item); err != nil {
		return providers.Remote{}, a.fault(r, providers.Unexpected, 0, "an element of the list: "+err.Error(), nil)
	}
	name, _ := item.Pick(r.ItemName)
	text, _ := name.(string)
	a.api.Driver.Place(item, scope)
	return providers.Remote{ID: a.api.Driver.JoinID(scope, id), Name: text, Body: item}, nil
}

// Fault makes an error of this account's, for overrides in vendors' folders.
func (a *Account) Fault(r Route, kind providers.ErrorKind, message string) *providers.Error {
	return a.fault(&r, kind, 0, message, nil)
}
