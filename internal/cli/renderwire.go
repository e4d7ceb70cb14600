package cli

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// recorded is a request as it would go out, without its headers.
type recorded struct {
	Method string `json:"method"`
	Path   string `json:"path"` // with {id} for what creation gives
	Body   any    `json:"body,omitempty"`
}

// recorder stands where the network would be: it keeps requests and sends
// none. It answers with a refusal that nobody repeats.
type recorder struct {
	requests []recorded
}

// recordLimit bounds a request's body that is kept.
const recordLimit = 64 << 20

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	kept := recorded{Method: req.Method, Path: req.URL.Path}
	if req.URL.RawQuery != "" {
		kept.Path += "?" + req.URL.RawQuery
	}
	if req.Body != nil {
		data, err := io.ReadAll(io.LimitReader(req.Body, recordLimit))
		if err = errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
		if kept.Body, err = valueOfJSON(string(data)); err != nil {
			kept.Body = string(data)
		}
	}
	r.requests = append(r.requests, kept)
	return &http.Response{
		StatusCode: http.StatusBadRequest, Status: "400 not sent", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(`{"error":"not sent"}`)), Request: req,
	}, nil
}

// creating lists the requests that would create a character, by making them
// against a recorder: what is shown is what the wire code does.
func creating(ctx context.Context, t *spec.Target, in spec.Instance, d *providers.Driver, desired providers.Desired) ([]recorded, error) {
	const id, key = "{id}", "{key}"
	r := &recorder{}
	credentials := map[string]providers.Secret{}
	for _, name := range d.Env[0] {
		credentials[name] = providers.NewSecret("not-sent")
	}
	provider, err := d.Open(providers.Config{
		Instance: in.Name, BaseURL: d.BaseURL, Credentials: credentials, Settings: in.Settings,
		Pace: providers.Pace{PerSecond: 1e6, Concurrency: 1}, Transport: r,
	})
	if err != nil {
		return nil, err
	}
	body, late := d.Fields.Creating(desired.Doc)
	changes := maps.Clone(desired.Doc)
	if cloner, ok := provider.(providers.Cloner); ok && t.CloneFrom.Set {
		_, _ = cloner.Clone(ctx, key, t.CloneFrom.Text(), t.KB.V == true) // the refusal is the recorder's
	} else {
		_, _ = provider.Create(ctx, key, desired.Scope, body)
		maps.DeleteFunc(changes, func(p spec.Path, _ any) bool { return !slices.Contains(late, p) })
	}
	if len(changes) > 0 {
		update, err := d.Fields.Updating(changes, providers.Body{}, providers.Keeps)
		if err != nil {
			return nil, err
		}
		_ = provider.Update(ctx, d.JoinID(desired.Scope, id), update)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(r.requests) == 0 {
		return nil, errors.New("nothing would be sent")
	}
	return r.requests, nil
}
