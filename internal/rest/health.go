package rest

import (
	"net/http"
	"sync/atomic"
)

// tiredAfter is how many attempts in a row may fail at an account, whichever
// calls they are of, until calls are sent once only: repeating each of them
// would multiply what a service in trouble is asked.
const tiredAfter = 2 * (retries + 1)

// health counts the attempts in a row that an account did not serve.
type health struct{ failures atomic.Int32 }

// note takes the outcome of an attempt in. A single 500 may be about one
// character; a gateway's figures and no answer at all are about the service.
func (h *health) note(resp *http.Response, err error) {
	switch {
	case err == nil && refused(resp): // it says when to come back
	case err != nil, resp.StatusCode == http.StatusBadGateway, resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusGatewayTimeout:
		h.failures.Add(1)
	default:
		h.failures.Store(0)
	}
}

// tired reports an account at which nothing is repeated for now. The next
// answer that is none of a failure ends it.
func (h *health) tired() bool { return h != nil && h.failures.Load() >= tiredAfter }
