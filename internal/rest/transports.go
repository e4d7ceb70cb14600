package rest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

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

// limit keeps the pace of an account: requests per second, requests at a time
// and, where the vendor needs it, one writing request at a time. A request
// holds its place until its answer is closed.
type limit struct {
	next   http.RoundTripper
	rate   *rate.Limiter
	places chan struct{}
	writes chan struct{} // nil: writes are not serial
}

func newLimit(next http.RoundTripper, p providers.Pace) *limit {
	l := &limit{next: next, rate: perSecond(p.PerSecond), places: make(chan struct{}, p.Concurrency)}
	if p.SerialWrite {
		l.writes = make(chan struct{}, 1)
	}
	return l
}

func (l *limit) RoundTrip(req *http.Request) (*http.Response, error) {
	release, err := l.admit(req)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		release()
		return nil, err
	}
	resp.Body = &onClose{ReadCloser: resp.Body, then: release}
	return resp, nil
}

// admit waits for the turn of a request and gives what ends it.
func (l *limit) admit(req *http.Request) (release func(), err error) {
	ctx := req.Context()
	var held []chan struct{}
	release = func() {
		for _, c := range held {
			<-c
		}
	}
	wanted := []chan struct{}{l.places}
	if l.writes != nil && !tripOf(req).route.Reads {
		wanted = []chan struct{}{l.writes, l.places}
	}
	for _, c := range wanted {
		select {
		case c <- struct{}{}:
			held = append(held, c)
		case <-ctx.Done():
			release()
			return nil, ctx.Err()
		}
	}
	if l.rate != nil {
		if err := l.rate.Wait(ctx); err != nil {
			release()
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, context.DeadlineExceeded // the deadline comes before the turn
		}
	}
	return release, nil
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
