package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	retryablehttp "github.com/hashicorp/go-retryablehttp"
)

const (
	retries  = 4
	waitLow  = 200 * time.Millisecond
	waitHigh = 10 * time.Second
	waitHere = 10 * time.Millisecond // the first wait towards loopback
	// waitMost is the longest pause that a vendor may ask for. Beyond it the
	// call fails and says how long was asked.
	waitMost = 60 * time.Second
	// patience is how long a call may be told to wait, all its pauses together.
	patience = 10 * time.Minute
	// plainPause is the pause from which a refusal does not count towards the
	// retries: the service says when to come back, and is taken at its word.
	plainPause = time.Second
)

// newRetry repeats what may be repeated.
//
// A refusal (429, or 503 with Retry-After) says that nothing was done, so it
// is repeated on every route, creating ones included, after the pause that
// was asked for; limit holds it, as every other request of the account, until
// that has passed. Everything else that fails (resets, 5xx) may have been
// carried out: it is repeated only on routes that read, on those marked as
// safe to repeat, and on those that carry an idempotency key.
func newRetry(next http.RoundTripper, low time.Duration) http.RoundTripper {
	return &retryablehttp.RoundTripper{Client: &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     next,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     retries + int(patience/plainPause),
		RetryWaitMin: low,
		RetryWaitMax: waitHigh,
		CheckRetry:   again,
		Backoff:      pause,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}}
}

func again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	t, ok := ctx.Value(tripKey{}).(*trip)
	if !ok || ctx.Err() != nil || t.spent() >= callTime || t.health.tired() {
		return false, nil
	}
	if err == nil && refused(resp) {
		return t.waits(asked(resp)) && !usedUp(resp), nil
	}
	return worthwhile(t, resp, err) && t.retries.Add(1) <= retries, nil
}

// waits reports whether a refused call waits to be sent again.
func (t *trip) waits(pause time.Duration) bool {
	switch {
	case pause > waitMost:
		return false
	case pause < plainPause:
		return t.retries.Add(1) <= retries
	}
	return time.Duration(t.told.Add(int64(pause))) <= patience
}

// worthwhile reports whether a call that failed may be sent again.
func worthwhile(t *trip, resp *http.Response, err error) bool {
	repeatable := t.route.repeatable(t.keyed)
	if err != nil {
		return !hopeless(err) && (repeatable || !t.doubt.Load())
	}
	switch {
	case resp.StatusCode == http.StatusNotImplemented, resp.StatusCode < 500:
		return false
	case resp.StatusCode == http.StatusInternalServerError:
		// Some vendors answer bad input like this; repeating a write helps nobody.
		return t.route.Reads
	}
	return repeatable
}

// hopeless errors stay what they are, however often one asks.
func hopeless(err error) bool {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &dns) && dns.IsNotFound || errors.As(err, &cert) || errors.As(err, &unknown) || errors.As(err, &host)
}

// usedUp recognises a refusal that no pause mends: a plan's quota. It looks
// at the first part of the answer and puts it back.
func usedUp(resp *http.Response) bool {
	start, _ := io.ReadAll(io.LimitReader(resp.Body, 16<<10))
	resp.Body = &restored{Reader: io.MultiReader(bytes.NewReader(start), resp.Body), Closer: resp.Body}
	return quotaWords(string(start))
}

// quotaWords recognises the sentences for an allowance that is used up.
func quotaWords(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "plan") && (strings.Contains(s, "limit") || strings.Contains(s, "quota")) || strings.Contains(s, "quota exceeded")
}

type restored struct {
	io.Reader
	io.Closer
}

// pause is how long to wait before the next attempt. A refused call needs
// none of its own: limit knows how long.
func pause(low, high time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil && refused(resp) {
		return 0
	}
	return backoff(low, high, attempt)
}

// backoff is a random time that grows with the attempts.
func backoff(low, high time.Duration, attempt int) time.Duration {
	most := min(low<<min(attempt, 16), high)
	return most/2 + rand.N(most/2+1)
}

// asked reads Retry-After, which is a number of seconds or a date. A date is
// taken relative to the answer's own, so that no clock of ours matters.
func asked(resp *http.Response) time.Duration {
	value := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if !(seconds > 0) { // NaN is none either
			return 0
		}
		return time.Duration(min(seconds, 1e6) * float64(time.Second))
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return waitLow
	}
	return max(0, until.Sub(now))
}
