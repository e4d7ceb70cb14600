package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/charsync/charsync/pkg/providers"
)

// Call is what fills a route.
type Call struct {
	ID    string // the vendor's own, without the scope
	Scope string
	Key   string         // the idempotency key, where the route has a use for one
	Body  map[string]any // nil sends none, unless the route has fixed parts
	Query map[string]string
}

// Do sends a call and gives its document: the answer's, out of its envelope.
// Answers that do not meet the route's conditions are errors.
func (a *Account) Do(ctx context.Context, r Route, c Call) (providers.Body, error) {
	got, t, err := a.send(ctx, &r, c)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(got.data)) == 0 && !r.Reads && len(r.OK) == 0 && r.NewID == "" {
		return nil, nil // nothing was promised, and the next read tells
	}
	doc, f := got.object(r.Unwrap)
	if f != nil {
		return nil, a.broken(t, got, f)
	}
	if !meets(doc, r.OK) {
		return nil, a.unmet(t, got, doc)
	}
	if r.Answer == "" {
		return doc, nil
	}
	inner, _ := doc.Pick(r.Answer)
	m, ok := inner.(map[string]any)
	if !ok {
		return nil, a.broken(t, got, &flaw{kind: providers.Unexpected, message: "the answer has no " + strings.TrimPrefix(r.Answer, "/")})
	}
	return m, nil
}

// unmet is the error of an answer of status 200 that is not a success.
func (a *Account) unmet(t *trip, got *answer, doc providers.Body) error {
	message := wordsOf(map[string]any(doc))
	if message == "" {
		return a.broken(t, got, &flaw{kind: providers.Unexpected, message: "the answer does not say that it succeeded"})
	}
	e := a.fault(t.route, providers.Rejected, got.status, message, nil)
	a.apply(t, got.status, message, e)
	a.doubted(t, e)
	return e
}

// Bytes sends a call and gives the answer's JSON as it is, for answers that
// are no object.
func (a *Account) Bytes(ctx context.Context, r Route, c Call) (any, error) {
	got, t, err := a.send(ctx, &r, c)
	if err != nil {
		return nil, err
	}
	var v any
	if f := got.decode(&v); f != nil {
		return nil, a.broken(t, got, f)
	}
	return v, nil
}

// send makes the request, and gives an answer of a successful status.
func (a *Account) send(ctx context.Context, r *Route, c Call) (*answer, *trip, error) {
	t := &trip{route: r, health: &a.health, keyed: c.Key != "" && r.KeyHeader != ""}
	if r.Path == "" {
		return nil, t, a.fault(r, providers.Unsupported, 0, a.api.Driver.Title+" has no such call", nil)
	}
	if err := ctx.Err(); err != nil {
		return nil, t, err
	}
	c, err := a.named(ctx, r, c)
	if err != nil {
		return nil, t, err
	}
	req, err := a.request(withTrip(ctx, t), r, c)
	if err != nil {
		return nil, t, a.fault(r, providers.Rejected, 0, err.Error(), nil)
	}
	resp, err := a.transport.RoundTrip(req)
	if err != nil {
		if resp != nil && resp.Body != nil {
			_ = resp.Body.Close()
		}
		return nil, t, a.unanswered(ctx, t, err)
	}
	got, f := read(resp, r.limit())
	switch {
	case f != nil && ctx.Err() != nil:
		return nil, t, a.unanswered(ctx, t, ctx.Err())
	case f != nil && got.ok():
		return nil, t, a.broken(t, got, f)
	case !got.ok():
		return nil, t, a.refusal(t, got)
	}
	return got, t, nil
}

func (a *Account) request(ctx context.Context, r *Route, c Call) (*http.Request, error) {
	body, query := a.assemble(ctx, r, c)
	u, err := a.address(r, c, query)
	if err != nil {
		return nil, err
	}
	var reader io.Reader
	if body != nil {
		data, err := marshal(body)
		if err != nil {
			return nil, fmt.Errorf("the body can't be written as JSON: %w", err)
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u, reader)
	if err != nil {
		return nil, err
	}
	for k, v := range a.header {
		req.Header[k] = v
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Key != "" && r.KeyHeader != "" {
		req.Header.Set(r.KeyHeader, c.Key)
	}
	return req, nil
}

// assemble splits what is sent into the body and the query. A nil body sends
// none.
func (a *Account) assemble(ctx context.Context, r *Route, c Call) (map[string]any, url.Values) {
	query := url.Values{}
	for k, setting := range r.QuerySettings {
		if v := a.settings[setting]; v != "" {
			query.Set(k, v)
		}
	}
	for _, part := range []map[string]string{r.Query, c.Query} {
		for k, v := range part {
			query.Set(k, v)
		}
	}
	out := providers.Body{}
	for k, v := range r.Fixed {
		out[k] = v
	}
	for k, v := range c.Body {
		switch {
		case strings.HasPrefix(k, "?"):
			query.Set(k[1:], fmt.Sprint(v))
		case strings.HasPrefix(k, "{"):
		default:
			out[k] = v
		}
	}
	if r.ID != "" {
		out.Put(r.ID, c.ID)
	}
	if text := providers.MessageIn(ctx); r.Message != "" && text != "" {
		out.Put(r.Message, text)
	}
	if r.KeyField != "" && c.Key != "" {
		if _, chosen := out.Pick(r.KeyField); !chosen {
			out.Put(r.KeyField, c.Key)
		}
	}
	if c.Body == nil && len(out) == 0 {
		return nil, query
	}
	if a.api.Encode != nil {
		a.api.Encode(a.settings, out)
	}
	return out, query
}

// address fills the path. Every part is escaped, so that an id can't reach
// another route.
func (a *Account) address(r *Route, c Call, query url.Values) (string, error) {
	parts := map[string]string{"id": c.ID}
	if scope := a.api.Driver.Scope; len(scope) > 0 && c.Scope != "" {
		for i, v := range strings.SplitN(c.Scope, "/", len(scope)) {
			parts[string(scope[i])] = v
		}
	}
	segments := strings.Split(r.Path, "/")
	for i, s := range segments {
		if !strings.HasPrefix(s, "{") {
			continue
		}
		v := parts[strings.Trim(s, "{}")]
		if v == "" || v == "." || v == ".." {
			return "", fmt.Errorf("the path needs %s, which is %q", s, v)
		}
		segments[i] = url.PathEscape(v)
	}
	base := a.base
	if r.Host != "" && !a.overridden {
		base = r.Host
	}
	full := base + strings.Join(segments, "/")
	if len(query) > 0 {
		full += "?" + query.Encode()
	}
	return full, nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
