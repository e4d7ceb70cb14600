package rest

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The stack, from the outside in:
//
//	guard    a reading command sends no writing request
//	logged   one line for each call, without headers and bodies
//	retry    what may be repeated is, a bounded number of times
//	whole    an answer that is cut short is no answer, where the route only reads
//	limit    the pace: requests per second, at a time, writes in series, and the pauses that the service asks for
//	timed    no attempt takes for ever
//	counted  each request that goes out is reported, and its fate followed
//	base     net/http, or what the caller injects

const (
	attemptTime = 90 * time.Second // for one attempt, its answer read to the end
	// callTime is for all attempts of a call together, without the pauses
	// between them and the waiting for its turn.
	callTime   = 2 * time.Minute
	idleTime   = 90 * time.Second
	headerTime = 60 * time.Second
)

// stack assembles the transports of one account. The published pace is the
// vendor's own, in requests per second; 0 is not known.
func stack(cfg providers.Config, pace providers.Pace, published float64, u *url.URL, base http.RoundTripper) http.RoundTripper {
	wait := waitLow
	if spec.Loopback(u.Hostname()) {
		wait = waitHere
	}
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	var rt http.RoundTripper = &counted{next: base, cfg: cfg}
	rt = &timed{next: rt, most: attemptTime, now: cfg.Now}
	paced := newLimit(rt, pace, published, wait)
	if cfg.OnWait != nil {
		paced.pace.waiting = func(reason string, wait time.Duration) {
			cfg.OnWait(providers.Wait{Instance: cfg.Instance, Reason: reason, For: wait})
		}
	}
	rt = paced
	rt = &whole{next: rt}
	rt = newRetry(rt, wait)
	rt = &logged{next: rt, log: log, instance: cfg.Instance}
	return &guard{next: rt, readOnly: cfg.ReadOnly, instance: cfg.Instance}
}

// network is the transport at the bottom, with as many connections kept as
// are used at a time.
func network(concurrency int) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: headerTime,
		IdleConnTimeout:       idleTime,
		MaxIdleConnsPerHost:   max(concurrency, 2),
		ForceAttemptHTTP2:     true,
	}
}

// paceOf is the pace to keep: the caller's figures, else the vendor's. The
// sandbox and test servers on loopback are not paced unless the caller says.
func paceOf(cfg providers.Config, d *providers.Driver, base *url.URL) providers.Pace {
	p := d.Pace
	if spec.Loopback(base.Hostname()) {
		p.PerSecond = 0
	}
	if cfg.Pace.PerSecond > 0 {
		p.PerSecond, p.Burst = cfg.Pace.PerSecond, cfg.Pace.Burst
	}
	if cfg.Pace.Concurrency > 0 {
		p.Concurrency = cfg.Pace.Concurrency
	}
	p.SerialWrite = p.SerialWrite || cfg.Pace.SerialWrite
	p.Concurrency = max(p.Concurrency, 1)
	return p
}

// checkBase refuses base URLs that would put a credential on the wire in the
// clear, or in a place where it does not belong.
func checkBase(raw string) (*url.URL, error) {
	if err := spec.CheckBaseURL(raw); err != nil {
		return nil, err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}
