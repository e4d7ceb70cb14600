package github

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	retryablehttp "github.com/hashicorp/go-retryablehttp"
)

const (
	repeats  = 3
	waitLow  = 500 * time.Millisecond
	waitHigh = 10 * time.Second
	waitHere = 5 * time.Millisecond // towards loopback
)

// newRetrying repeats what may be repeated: everything that GitHub refused for
// its rate, after the pause that it asks for, and what failed unless it
// creates. Who creates looks whether that was done, and asks again.
func newRetrying(next http.RoundTripper, near bool) *retryablehttp.Client {
	low := waitLow
	if near {
		low = waitHere
	}
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: next,
			// The token is for this host alone.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax: repeats, RetryWaitMin: low, RetryWaitMax: waitHigh,
		CheckRetry: again, Backoff: pause, ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

type creating struct{}

func again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	creates := ctx.Value(creating{}) != nil
	switch {
	case ctx.Err() != nil:
		return false, nil
	case err != nil:
		return !creates, nil
	case limited(resp):
		return asked(resp) <= waitMost, nil
	}
	return resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented && !creates, nil
}

// limited recognises both limits: of an hour, whose end is told, and of a
// burst, which asks for a pause.
func limited(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return resp.Header.Get("Retry-After") != "" || resp.Header.Get("X-RateLimit-Remaining") == "0"
	}
	return false
}

// asked is the pause that GitHub wants: Retry-After in seconds, else up to the
// end of the hour's limit, which is taken relative to the answer's own date.
func asked(resp *http.Response) time.Duration {
	if seconds, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, 1e6) * float64(time.Second))
	}
	if resp.Header.Get("X-RateLimit-Remaining") != "0" {
		return 0
	}
	reset, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
	now, err2 := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || err2 != nil {
		return waitMost + 1
	}
	return min(max(time.Unix(reset, 0).Sub(now), 0), 24*time.Hour) + time.Second
}

func pause(low, high time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil && limited(resp) {
		if wait := asked(resp); wait > 0 {
			return wait
		}
	}
	most := min(low<<attempt, high)
	return most/2 + rand.N(most/2+1)
}
