package apply

import "github.com/charsync/charsync/pkg/providers"

// accountFailures are this many failures in a row, of kinds that look like
// the account's or the service's, before the rest is not tried any more.
const accountFailures = 3

// failed notes a failed read. It reports whether the failure is the account's.
func (o *observation) failed(err error) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch providers.KindOf(err) {
	case providers.Unauthorized, providers.Quota, providers.Redirected:
		o.streak = accountFailures
	case providers.Unavailable, providers.NotJSON, providers.RateLimited:
		o.streak++
	default:
		return false
	}
	if o.streak < accountFailures {
		return false
	}
	if o.broken == nil {
		o.broken = err
	}
	return true
}

func (o *observation) succeeded() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.streak = 0
}

func (o *observation) breakOff(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken == nil {
		o.broken = err
	}
}

func (o *observation) isBroken() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.broken != nil
}
