package rest

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// trip is one call on its way through the stack, however often it is sent.
type trip struct {
	route  *Route
	keyed  bool    // carries an idempotency key
	health *health // of the account; nil in none of its calls
	// doubt is set while a request has gone out whose outcome is not known.
	doubt atomic.Bool
	// earlier is set when an attempt before the last one is in doubt: then
	// the last one's answer, whatever it says, does not tell what that did.
	earlier  atomic.Bool
	dialled  atomic.Bool // the transport reports its steps
	attempts atomic.Int64
	took     atomic.Int64 // nanoseconds that its attempts took so far
	retries  atomic.Int64 // counted towards the bound
	told     atomic.Int64 // nanoseconds that the service asked it to wait so far
}

func (t *trip) spent() time.Duration { return time.Duration(t.took.Load()) }

type tripKey struct{}

func withTrip(ctx context.Context, t *trip) context.Context {
	return context.WithValue(ctx, tripKey{}, t)
}

// tripOf finds the call that a request belongs to. Every request of this
// package has one.
func tripOf(req *http.Request) *trip {
	t, ok := req.Context().Value(tripKey{}).(*trip)
	if !ok {
		return &trip{route: &Route{Name: "unknown"}}
	}
	return t
}

// watched follows one attempt: from the moment its headers are written it may
// be carried out. The transport sends a request with an Idempotency-Key once
// more by itself when a kept connection breaks, and says nothing of that.
func (t *trip) watched(req *http.Request) *http.Request {
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn: func(string) { t.dialled.Store(true) },
		WroteHeaders: func() {
			t.doubt.Store(true)
			if wrote.Swap(true) {
				t.earlier.Store(true)
			}
		},
	}
	return req.WithContext(httptrace.WithClientTrace(req.Context(), trace))
}

// refused reports an answer that says that nothing was done: too many
// requests, or an announced pause.
func refused(resp *http.Response) bool {
	return resp.StatusCode == http.StatusTooManyRequests ||
		resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != ""
}
