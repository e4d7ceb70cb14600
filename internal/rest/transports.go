package rest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/charsync/charsync/pkg/providers"
)

// guard refuses routes that are not marked as reading. The verb says nothing:
// some vendors read by POST.
type guard struct {
	next     http.RoundTripper
	readOnly bool
	instance string
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	t := tripOf(req)
	if g.readOnly && !t.route.Reads {
		closeBody(req)
		return nil, &providers.Error{
			Kind: providers.ReadOnly, Provider: g.instance, Op: t.route.Name,
			Message: "a reading command must not send this; please report it",
		}
	}
	return g.next.RoundTrip(req)
}

// logged writes one line for each call: no header, no query and no body, so
// that neither a credential nor prose can be in it.
type logged struct {
	next     http.RoundTripper
	log      *slog.Logger
	instance string
}

func (l *logged) RoundTrip(req *http.Request) (*http.Response, error) {
	t := tripOf(req)
	resp, err := l.next.RoundTrip(req)
	at := []any{
		"instance", l.instance, "route", t.route.Name, "method", req.Method, "host", req.URL.Host, "path", req.URL.Path,
		"attempts", t.attempts.Load(),
	}
	if err != nil {
		l.log.Debug("no answer", append(at, "error", plainError(err))...)
		return resp, err
	}
	l.log.Debug("answer", append(at, "status", resp.StatusCode)...)
	return resp, nil
}

// timed ends an attempt that takes too long, its answer included, and bounds
// what all attempts of a call take together where there is a clock.
type timed struct {
	next http.RoundTripper
	most time.Duration
	now  func() time.Time // may be nil
}

var errSlow = errors.New("the service took too long to answer")

func (t *timed) RoundTrip(req *http.Request) (*http.Response, error) {
	call := tripOf(req)
	ctx, cancel := context.WithTimeoutCause(req.Context(), min(t.most, callTime-call.spent()), errSlow)
	spent := t.watch()
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	call.took.Add(int64(spent()))
	if err != nil {
		if errors.Is(context.Cause(ctx), errSlow) {
			err = errSlow
		}
		cancel()
		return nil, err
	}
	reading := t.watch()
	resp.Body = &onClose{ReadCloser: resp.Body, then: func() {
		call.took.Add(int64(reading()))
		cancel()
	}}
	return resp, nil
}

// watch starts a stopwatch.
func (t *timed) watch() (elapsed func() time.Duration) {
	if t.now == nil {
		return func() time.Duration { return 0 }
	}
	begun := t.now()
	return func() time.Duration { return t.now().Sub(begun) }
}

// counted reports each request that went out, and follows what is known of
// its outcome.
type counted struct {
	next http.RoundTripper
	cfg  providers.Config
}

func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	t := tripOf(req)
	before := t.doubt.Load()
	t.doubt.Store(false)
	attempt := int(t.attempts.Add(1))
	resp, err := c.next.RoundTrip(t.watched(req))
	if t.health != nil && req.Context().Err() == nil {
		t.health.note(resp, err)
	}
	if err != nil && !t.dialled.Load() {
		t.doubt.Store(true) // an injected transport that says nothing of its steps
	}
	sent := t.doubt.Load() || err == nil
	status := 0
	if err == nil {
		status = resp.StatusCode
		t.doubt.Store(!refused(resp))
	}
	if before || t.earlier.Load() {
		t.doubt.Store(true)
		t.earlier.Store(true)
	}
	if sent && c.cfg.OnRequest != nil {
		c.cfg.OnRequest(providers.Request{
			Instance: c.cfg.Instance, Route: t.route.Name, Method: req.Method, Path: req.URL.Path,
			Write: !t.route.Reads, Status: status, Attempt: attempt,
		})
	}
	return resp, err
}

// onClose does something once when an answer is closed.
type onClose struct {
	io.ReadCloser
	once sync.Once
	then func()
}

func (o *onClose) Close() error {
	err := o.ReadCloser.Close()
	o.once.Do(o.then)
	return err
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
