package sandbox

import (
	"slices"
	"sync"
	"time"
)

// FaultKind is a way for an answer to go wrong.
type FaultKind string

// The kinds. Those marked "done" carry the request out, state change included, before they spoil the answer; the others
// leave state alone unless Fault.Commit is set.
const (
	FaultLatency     FaultKind = "latency"      // done; late by Delay and otherwise right
	FaultRateLimit   FaultKind = "429"          // with Retry-After when RetryAfter is set
	FaultServerError FaultKind = "500"          // in the vendor's own words
	FaultBadGateway  FaultKind = "502"          // an HTML page of a gateway
	FaultUnavailable FaultKind = "503"          // with Retry-After when RetryAfter is set
	FaultRefused     FaultKind = "refused"      // the values are refused in the vendor's own way, which may be a 200
	FaultStatus      FaultKind = "status"       // Status and Body as given
	FaultResetBefore FaultKind = "reset-before" // connection reset, nothing done
	FaultResetAfter  FaultKind = "reset-after"  // done; connection reset: the answer is lost
	FaultTruncated   FaultKind = "truncated"    // done; the JSON stops half-way in a complete answer
	FaultCut         FaultKind = "cut"          // done; the connection ends half-way through the announced length
	FaultHTML        FaultKind = "html-200"     // a page with status 200
	FaultChallenge   FaultKind = "challenge"    // a 403 page as Cloudflare sends them
	FaultRedirect    FaultKind = "redirect"     // 302 to another host, or to Body when it is set
	FaultWrongTypes  FaultKind = "wrong-types"  // done; strings are numbers, numbers strings, lists objects
	FaultSlow        FaultKind = "slow"         // done; the body drips, Delay between its 20 pieces (50 ms when 0)
	FaultEndless     FaultKind = "endless"      // JSON that never ends
	FaultExpiredKey  FaultKind = "expired-key"  // 401 from then on, until ClearFaults
	FaultEmpty       FaultKind = "empty"        // done; no body
)

// FaultKinds lists the kinds that Inject takes.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultLatency, FaultRateLimit, FaultServerError, FaultBadGateway, FaultUnavailable, FaultRefused, FaultStatus,
		FaultResetBefore, FaultResetAfter, FaultTruncated, FaultCut, FaultHTML, FaultChallenge, FaultRedirect,
		FaultWrongTypes, FaultSlow, FaultEndless, FaultExpiredKey, FaultEmpty,
	}
}

// Fault makes answers go wrong. The first queued fault that fits a request is the one it gets.
type Fault struct {
	Vendor     string        // "" fits any
	Route      string        // a route's name, "read", "write", or "" for any
	Method     string        // an HTTP verb, or "" for any
	Skip       int           // requests that fit and are let through first
	Times      int           // how many requests it hits; 0 is once, -1 is always
	Kind       FaultKind     // what goes wrong; an unknown kind answers 500 and says so
	Delay      time.Duration // waited before anything else, except with kind slow
	RetryAfter string        // the header's value, seconds or an HTTP date; "" sends none
	Status     int           // for kind status; for 429, 500, 502, 503 it replaces the figure
	Body       string        // sent in place of the vendor's own error body; HTML when it starts with "<"
	Commit     bool          // carry the request out first, also with kinds that would not

	cleared <-chan struct{} // closed by ClearFaults: what is held back goes on
}

// carriesOut tells whether the request is done before the answer is spoilt.
func (f *Fault) carriesOut() bool {
	return f.Commit || slices.Contains([]FaultKind{
		FaultLatency, FaultResetAfter, FaultTruncated, FaultCut,
		FaultWrongTypes, FaultSlow, FaultEmpty,
	}, f.Kind)
}

// wait is how long the request is held back before anything is done.
func (f *Fault) wait() time.Duration {
	if f.Kind == FaultSlow {
		return 0 // there the delay is between pieces
	}
	return f.Delay
}

type faultQueue struct {
	mu      sync.Mutex
	queue   []*Fault
	expired map[string]bool // vendors whose keys have run out
	cleared chan struct{}   // closed, and made anew, when faults are cleared
}

func newFaultQueue() *faultQueue {
	return &faultQueue{expired: map[string]bool{}, cleared: make(chan struct{})}
}

// Inject queues a fault.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.queue = append(s.faults.queue, &f)
}

// ClearFaults drops all queued faults, makes expired keys good again, and lets
// go of the requests that a fault's Delay holds back.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.queue, s.faults.expired = nil, map[string]bool{}
	close(s.faults.cleared)
	s.faults.cleared = make(chan struct{})
}

func (q *faultQueue) isExpired(vendor string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.expired[vendor]
}

// take gives the fault that hits this request, if any, and counts it.
func (q *faultQueue) take(vendor string, rt *route, method string) *Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, f := range q.queue {
		if !f.fits(vendor, rt, method) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		hit := *f
		hit.cleared = q.cleared
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				q.queue = slices.Delete(q.queue, i, i+1)
			}
		}
		if hit.Kind == FaultExpiredKey {
			q.expired[vendor] = true
		}
		return &hit
	}
	return nil
}

func (f *Fault) fits(vendor string, rt *route, method string) bool {
	if f.Vendor != "" && f.Vendor != vendor || f.Method != "" && f.Method != method {
		return false
	}
	switch f.Route {
	case "":
		return true
	case "read":
		return rt != nil && !rt.write
	case "write":
		return rt != nil && rt.write
	}
	return rt != nil && rt.name == f.Route
}
