package rest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync/atomic"

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
	keyEnv     string
	header     http.Header
	secrets    secrets
	transport  http.RoundTripper
	network    *http.Transport // nil when the caller injected one
	health     health
	apart      atomic.Bool // the vendor has shown that it takes some keys only apart
	found      found
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
		keyEnv: cfg.KeyEnv, settings: maps.Clone(cfg.Settings), header: header, secrets: newSecrets(cfg),
	}
	pace := paceOf(cfg, api.Driver, u)
	base := cfg.Transport
	if base == nil {
		a.network = network(pace.Concurrency)
		base = a.network
	}
	a.transport = stack(cfg, pace, api.Driver.Pace.PerSecond, u, base)
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
	if !a.api.Driver.Fields.Shows(doc) {
		return nil, a.fault(&r, providers.Unexpected, 0, "the answer shows nothing of a character", nil)
	}
	a.api.Driver.Place(doc, scope)
	return doc, nil
}

// Update implements providers.Provider.
func (a *Account) Update(ctx context.Context, id string, body providers.Body) error {
	scope, own := a.api.Driver.SplitID(id)
	return a.update(ctx, Call{ID: own, Scope: scope, Body: body})
}

// Delete implements providers.Provider.
func (a *Account) Delete(ctx context.Context, id string) error {
	scope, own := a.api.Driver.SplitID(id)
	_, err := a.Do(ctx, a.api.Delete, Call{ID: own, Scope: scope})
	return err
}

// Fault makes an error of this account's, for overrides in vendors' folders.
func (a *Account) Fault(r Route, kind providers.ErrorKind, message string) *providers.Error {
	return a.fault(&r, kind, 0, message, nil)
}
