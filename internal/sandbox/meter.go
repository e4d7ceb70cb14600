package sandbox

import (
	"strconv"
	"sync"
	"time"
)

// meterWindow is the time in which requests are counted.
const meterWindow = time.Minute

// meter counts the requests of each credential in a rolling minute. It lives in memory: several processes that open the
// same folder count on their own.
type meter struct {
	mu    sync.Mutex
	taken map[string][]time.Time
}

// take counts one more request if there is room for it; if not, wait is the time until there is.
func (m *meter) take(key string, most int, now time.Time) (left int, wait time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.taken == nil {
		m.taken = map[string][]time.Time{}
	}
	times := m.taken[key]
	for len(times) > 0 && now.Sub(times[0]) >= meterWindow {
		times = times[1:]
	}
	if len(times) >= most {
		m.taken[key] = times
		return 0, meterWindow - now.Sub(times[len(times)-most])
	}
	m.taken[key] = append(times, now)
	return most - len(times) - 1, 0
}

// metered answers as a vendor that counts requests: every answer says what is left, and what is too much is refused. A
// vendor without a published allowance is not touched.
func (s *Server) metered(c *call, run func() reply) reply {
	published := c.vendor.perMinute
	if published == 0 {
		return run()
	}
	most := c.limit("rate-limit")
	if most == 0 { // nothing is refused: the answers are those of a key that is at rest
		return run().allowance(published, published-1)
	}
	left, wait := s.meter.take(c.vendor.name+" "+c.req.Header.Get("Authorization"), most, s.now())
	if wait == 0 {
		return run().allowance(most, left)
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	return c.vendor.refuse(429, "rate limit exceeded — slow down").allowance(most, 0).with("Retry-After", strconv.Itoa(seconds))
}

func (r reply) allowance(most, left int) reply {
	return r.with("X-RateLimit-Limit", strconv.Itoa(most)).with("X-RateLimit-Remaining", strconv.Itoa(left))
}
