package rest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/charsync/charsync/pkg/providers"
)

// limit keeps the pace of an account: requests per second, requests at a time
// and, where the vendor needs it, one writing request at a time. A request
// holds its place until its answer is closed. It slows down when the service
// says that little is left, and pauses as a whole when one request is refused.
type limit struct {
	next   http.RoundTripper
	pace   *pacer
	places chan struct{}
	writes chan struct{} // nil: writes are not serial
}

// newLimit limits to the pace p. The published pace is the vendor's own, in
// requests per second; low is the first pause after a refusal without a figure.
func newLimit(next http.RoundTripper, p providers.Pace, published float64, low time.Duration) *limit {
	l := &limit{next: next, pace: newPacer(p, published, low), places: make(chan struct{}, p.Concurrency)}
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
	l.pace.inFlight.Add(1)
	resp, err := l.next.RoundTrip(req)
	l.pace.inFlight.Add(-1)
	if err != nil {
		release()
		return nil, err
	}
	l.pace.heed(resp, tripOf(req))
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
	if err := l.pace.wait(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

const (
	// scarce is the part of a service's allowance below which the pace falls
	// in proportion to what is left, so that the allowance is not run into.
	scarce = 0.25
	// slowest is the least part of the pace that little allowance leaves.
	slowest = 0.1
	// careful is the part of the published pace that is kept after a refusal.
	careful = 0.9
)

// pacer is the pace of one account. Its requests share a pause: when one is
// refused, all wait, and go on at a pace that was not refused.
type pacer struct {
	published float64 // the vendor's own pace, in requests per second; 0: not known
	low       time.Duration
	limiter   *rate.Limiter
	inFlight  atomic.Int64

	waiting func(reason string, wait time.Duration) // told of waits of a second or more; nil: nobody

	mu     sync.Mutex
	full   rate.Limit // without regard to what the service says is left
	burst  int
	slowed bool          // a refusal has lowered full
	pauses int           // pauses that have not ended
	over   chan struct{} // closed when no pause is left; nil: there is none
}

func newPacer(p providers.Pace, published float64, low time.Duration) *pacer {
	full := rate.Inf
	if p.PerSecond > 0 {
		full = rate.Limit(p.PerSecond)
	}
	burst := max(p.Burst, 1)
	return &pacer{published: published, low: low, full: full, burst: burst, limiter: rate.NewLimiter(full, burst)}
}

// wait returns when the next request may go.
func (p *pacer) wait(ctx context.Context) error {
	for {
		if err := p.paused(ctx); err != nil {
			return err
		}
		p.tellPace()
		if err := p.limiter.Wait(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return context.DeadlineExceeded // the deadline comes before the turn
		}
		if p.pause() == nil {
			return nil
		}
	}
}

// tellPace tells of a turn that is a second or more away.
func (p *pacer) tellPace() {
	limit := p.limiter.Limit()
	if p.waiting == nil || limit == rate.Inf || limit <= 0 {
		return
	}
	if wait := time.Duration((1 - p.limiter.Tokens()) / float64(limit) * float64(time.Second)); wait >= plainPause {
		p.waiting("to keep the pace of "+strconv.FormatFloat(float64(limit), 'g', 3, 64)+" requests a second", wait)
	}
}

func (p *pacer) pause() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// paused returns when no pause is left.
func (p *pacer) paused(ctx context.Context) error {
	for over := p.pause(); over != nil; over = p.pause() {
		select {
		case <-over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// heed takes from an answer what it says of the pace.
func (p *pacer) heed(resp *http.Response, t *trip) {
	if !refused(resp) {
		p.allow(resp.Header)
		return
	}
	wait := asked(resp)
	if wait == 0 {
		wait = backoff(p.low, waitHigh, int(t.attempts.Load())-1)
	}
	if wait > waitMost || usedUp(resp) {
		return // no pause mends it
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		p.slow(wait)
	}
	if p.waiting != nil && wait >= plainPause {
		p.waiting(fmt.Sprintf("since the service asks to (%d)", resp.StatusCode), wait)
	}
	p.hold(wait)
}

// hold pauses all requests for a time. Pauses that overlap end with the last.
func (p *pacer) hold(wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pauses++; p.over == nil {
		p.over = make(chan struct{})
	}
	time.AfterFunc(wait, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.pauses--; p.pauses == 0 {
			close(p.over)
			p.over = nil
		}
	})
}

// slow lowers the pace after a refusal: to somewhat below the published one, or
// to one request per pause where pauses are so short that this is faster; at
// each further pause to half of that.
func (p *pacer) slow(wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over != nil {
		return // refused in the same breath
	}
	lower := rate.Limit(p.published * careful)
	if p.slowed {
		lower = p.full / 2
	}
	p.full = min(p.full, max(lower, rate.Limit(1/wait.Seconds())))
	p.slowed, p.burst = true, 1
	p.set(1)
}

// allow adapts the pace to what the service says is left of its allowance.
func (p *pacer) allow(h http.Header) {
	most, ok := count(h, "X-RateLimit-Limit")
	left, also := count(h, "X-RateLimit-Remaining")
	if !ok || !also || most == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	left -= float64(p.inFlight.Load()) // they were sent, and not all counted
	p.set(left / (most * scarce))
}

// set lets the limiter run at a part of the full pace; a part of 1 or more is
// the full pace. The caller holds mu.
func (p *pacer) set(part float64) {
	full, burst := p.full, p.burst
	if part < 1 {
		if full == rate.Inf && p.published > 0 {
			full = rate.Limit(p.published)
		}
		full, burst = full*rate.Limit(max(part, slowest)), 1
	}
	if p.limiter.Limit() != full {
		p.limiter.SetLimit(full)
	}
	if p.limiter.Burst() != burst {
		p.limiter.SetBurst(burst)
	}
}

func count(h http.Header, name string) (float64, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(h.Get(name)), 10, 32)
	return float64(n), err == nil
}
