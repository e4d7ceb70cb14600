package apply

import (
	"errors"

	"github.com/charsync/charsync/pkg/providers"
)

// hintFor says what a person can do about a failed call.
func hintFor(err error) string {
	var e *providers.Error
	if errors.As(err, &e) && e.Hint != "" {
		return e.Hint
	}
	switch providers.KindOf(err) {
	case providers.Unauthorized:
		return "check the credential of this instance; `charsync doctor` tells which variable it comes from"
	case providers.Forbidden:
		return "the credential may not do this; use one that may, or remove the target"
	case providers.RateLimited:
		return "wait and run again, or lower requestsPerSecond of this instance in charsync.yaml"
	case providers.Quota:
		return "the allowance is used up: run again when it is renewed"
	case providers.Unavailable, providers.Truncated, providers.TooLarge:
		return "the service has a problem: run again later; nothing is deleted or created meanwhile"
	case providers.Lost:
		return "run again: what was in doubt is settled first"
	case providers.NotJSON, providers.Redirected:
		return "check the base URL of this instance, and whether a proxy or a challenge page stands in between"
	case providers.Rejected:
		return "change the manifest to what the service accepts"
	case providers.Unsupported:
		return "the service has no such call"
	}
	return "run again; `charsync doctor` checks configuration and reachability"
}
