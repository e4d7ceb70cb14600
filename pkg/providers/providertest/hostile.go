package providertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// FuzzAnswers takes every call of a driver through answers of a hostile or
// broken service: any bytes, any status, pages of lists included. Nothing
// panics or runs on, errors are of a known kind and fit for a terminal, no
// credential comes out, and what is taken for a character is one.
//
// The seeds are the sandbox's own answers, and what such services have sent in
// their place.
func FuzzAnswers(f *testing.F, d *providers.Driver, q Quirks) {
	statuses := []int{200, 201, 204, 302, 400, 401, 402, 403, 404, 405, 409, 422, 501}
	for _, body := range honestAnswers(f, d, q) {
		f.Add(uint8(0), body, []byte(`{}`))
		f.Add(uint8(4), body, body)
	}
	for i, body := range []string{
		``, `null`, `[]`, `"x"`, `{`, `<html><title>Just a moment</title>`, `{"characters":[{"id":"1"}],"nextCursor":"a"}`,
		`{"characters":{}}`, `{"characters":[null,1,{"character_id":"` + hostileSecret + `"}]}`, `{"detail":"` + hostileSecret + `"}`,
		`{"status":"OK","character":{"external_id":7}}`, `{"world":{"characters":[{"id":"a","name":"\u001b[31m"}],"regions":[{"locations":[{"characters":[{"id":"a"}]}]}]}}`,
		strings.Repeat(`{"characters":[`, 2000), `{"character":{"id":"1","name":"Mira","age":{}}}`, `{"response":[]}`, `{"charID":""}`,
	} {
		f.Add(uint8(i), []byte(body), []byte(`{"characters":[],"nextCursor":null}`))
	}
	f.Fuzz(func(t *testing.T, status uint8, first, later []byte) {
		service := &hostile{status: statuses[int(status)%len(statuses)], first: first, later: later}
		h := &hostileCalls{T: t, d: d, scope: scopeIn(d, q), service: service}
		h.p = openHostile(t, d, q, "http://127.0.0.1:1", service)
		h.all()
	})
}

// hostileSecret is the credential of every account here.
const hostileSecret = "sk_live_canary-of-the-fuzzer"

// hostile answers the first request of a call with one body and all others
// with another.
type hostile struct {
	status       int
	first, later []byte
	asked        int
}

func (h *hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	body := h.later
	if h.asked == 0 {
		body = h.first
	}
	h.asked++
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: h.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}

func openHostile(t testing.TB, d *providers.Driver, q Quirks, base string, transport http.RoundTripper) providers.Provider {
	t.Helper()
	creds := map[string]providers.Secret{}
	for _, name := range d.Env[0] {
		creds[name] = providers.NewSecret(hostileSecret)
	}
	p, err := d.Open(providers.Config{Instance: d.Name, BaseURL: base, Credentials: creds, Settings: q.Settings, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func scopeIn(d *providers.Driver, q Quirks) string {
	var parts []string
	for _, p := range d.Scope {
		parts = append(parts, q.Settings[string(p)])
	}
	return strings.Join(parts, "/")
}

// hostileCalls is one round of all calls.
type hostileCalls struct {
	*testing.T
	d       *providers.Driver
	p       providers.Provider
	scope   string
	service *hostile
}

func (h *hostileCalls) all() {
	id := h.d.JoinID(h.scope, "0b9bd5c4")
	h.call("get", func(ctx context.Context) error {
		body, err := h.p.Get(ctx, id)
		if err == nil && (len(h.d.Fields.Live(body, nil)) == 0 || h.d.Fields.Shape(body, nil) != nil) {
			h.Errorf("get: %v is no character", body)
		}
		return err
	})
	h.call("list", h.list)
	h.call("create", func(ctx context.Context) error {
		made, err := h.p.Create(ctx, "key", h.scope, providers.Body{"name": "Mira"})
		h.named("create", made, err)
		return err
	})
	h.call("update", func(ctx context.Context) error { return h.p.Update(ctx, id, providers.Body{"name": "Mira"}) })
	h.call("delete", func(ctx context.Context) error { return h.p.Delete(ctx, id) })
	h.abilities(id)
}

func (h *hostileCalls) abilities(id string) {
	if s, ok := h.p.(providers.Settler); ok {
		h.call("settle", func(ctx context.Context) error {
			_, err := s.Settle(ctx, "key", h.scope, providers.Body{"name": "Mira"})
			return err
		})
	}
	if c, ok := h.p.(providers.Cloner); ok {
		h.call("clone", func(ctx context.Context) error {
			made, err := c.Clone(ctx, "key", id, true)
			h.named("clone", made, err)
			return err
		})
	}
	if r, ok := h.p.(providers.Restorer); ok {
		h.call("removed", func(ctx context.Context) error { _, err := r.Removed(ctx, id); return err })
		h.call("restore", func(ctx context.Context) error { return r.Restore(ctx, id) })
	}
	if v, ok := h.p.(providers.Valuer); ok {
		for _, f := range settable(h.d) {
			h.call("values of "+string(f.Path), func(ctx context.Context) error { _, err := v.Values(ctx, string(f.Path)); return err })
		}
	}
	if q, ok := h.p.(providers.Quotas); ok {
		h.call("quotas", func(ctx context.Context) error { _, err := q.Quotas(ctx); return err })
	}
}

func (h *hostileCalls) list(ctx context.Context) error {
	seen := map[string]bool{}
	for item, err := range h.p.List(ctx, h.scope) {
		if err != nil {
			return err
		}
		if scope, own := h.d.SplitID(item.ID); own == "" || scope != h.scope || seen[item.ID] || h.d.Fields.Shape(nil, item.Body) != nil {
			h.Errorf("list: %q in %v", item.ID, item.Body)
		}
		seen[item.ID] = true
		h.d.Fields.Live(nil, item.Body)
	}
	return nil
}

func (h *hostileCalls) named(call, id string, err error) {
	if _, own := h.d.SplitID(id); err == nil && own == "" {
		h.Errorf("%s: done, and no id", call)
	}
}

// call makes one call, and judges how it failed.
func (h *hostileCalls) call(name string, do func(context.Context) error) {
	h.service.asked = 0
	err := do(h.Context())
	if h.service.asked > 100 {
		h.Errorf("%s: %d requests", name, h.service.asked)
	}
	if err == nil {
		return
	}
	var e *providers.Error
	if !errors.As(err, &e) || e.Kind == "" {
		h.Errorf("%s: an error of no kind: %v", name, err)
	}
	text := everything(err)
	if strings.Contains(text, hostileSecret) {
		h.Errorf("%s: the credential comes out: %s", name, text)
	}
	if s := err.Error(); utf8.RuneCountInString(s) > 600 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		h.Errorf("%s: %q", name, s)
	}
}

// honestAnswers records what the sandbox answers to all calls.
func honestAnswers(f *testing.F, d *providers.Driver, q Quirks) [][]byte {
	f.Helper()
	srv, err := sandbox.Open(sandbox.Options{Seed: 1, Accept: map[string][]string{d.Name: {hostileSecret}}})
	if err != nil {
		f.Fatal(err)
	}
	defer srv.Close() //nolint:errcheck // nothing of it is kept
	if err := srv.Listen(""); err != nil {
		f.Fatal(err)
	}
	rec := &recorder{}
	p := openHostile(f, d, q, srv.Environ()[d.BaseURLEnv], rec)
	ctx := f.Context()
	values := map[spec.Path]any{}
	for _, row := range settable(d) {
		values[row.Path] = row.Example
	}
	want := d.Desired(&spec.Character{Name: "x"}, target(d.Name, values), spec.Instance{Name: d.Name, Type: d.Name, Settings: q.Settings})
	body, _ := d.Fields.Creating(want.Doc)
	id, err := p.Create(ctx, uuid.NewString(), scopeIn(d, q), body)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := p.Get(ctx, id); err != nil {
		f.Fatal(err)
	}
	for _, err := range p.List(ctx, scopeIn(d, q)) {
		if err != nil {
			f.Fatal(err)
		}
	}
	_ = p.Update(ctx, id, providers.Body{"name": ""}) // an honest refusal is an answer too
	if v, ok := p.(providers.Valuer); ok {
		for _, row := range settable(d) {
			_, _ = v.Values(ctx, string(row.Path))
		}
	}
	if c, ok := p.(interface{ Close() error }); ok {
		_ = c.Close()
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return rec.bodies
}

type recorder struct {
	mu     sync.Mutex
	bodies [][]byte
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(data))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, data)
	return resp, err
}
