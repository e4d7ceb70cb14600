package providers

import (
	"errors"
	"fmt"
	"time"

	"github.com/charsync/charsync/pkg/spec"
)

// ErrorKind says what went wrong, so that callers can branch without knowing
// the vendor.
type ErrorKind string

// The kinds of errors.
const (
	NotFound     ErrorKind = "not found"
	Unauthorized ErrorKind = "unauthorized"    // the key is missing, wrong or expired
	Forbidden    ErrorKind = "forbidden"       // the key may not do this
	Rejected     ErrorKind = "rejected"        // the vendor refused the values
	RateLimited  ErrorKind = "rate limited"    // worth waiting
	Quota        ErrorKind = "quota exceeded"  // not worth waiting: the plan or the day is used up
	Unavailable  ErrorKind = "unavailable"     // 5xx, refused connection
	Lost         ErrorKind = "outcome unknown" // a write was sent and no answer came that tells: it may have happened
	NotJSON      ErrorKind = "not json"        // an HTML page, a challenge
	Truncated    ErrorKind = "truncated"       // JSON cut short
	TooLarge     ErrorKind = "too large"       // an answer past the bound
	Redirected   ErrorKind = "redirected"      // to another host
	Unexpected   ErrorKind = "unexpected"      // JSON of another shape than documented
	Unsupported  ErrorKind = "unsupported"     // the vendor has no such call
	ReadOnly     ErrorKind = "read only"       // a writing route in a reading command: a defect of ours
)

// Error is a failed call. Its text holds no credential and at most 300
// characters of what the vendor said, with control characters removed.
type Error struct {
	Kind     ErrorKind
	Provider string // instance
	Op       string // route: "character.update"
	Status   int
	Message  string        // the vendor's own words
	After    time.Duration // for RateLimited: how long it asked to wait
	Hint     string        // what to do next, for people
	// Confirm marks a NotFound that the vendor also answers for other
	// troubles: only the list shows whether the character is gone.
	Confirm bool
	// Fields are those that the vendor's words are about, as the manifest
	// names them; none where it does not tell.
	Fields []spec.Path
	Err    error
}

// Error prints "convai: character.update: rejected (400): words".
func (e *Error) Error() string {
	if e.Op == "" && e.Message != "" {
		return e.Provider + ": " + e.Message
	}
	s := fmt.Sprintf("%s: %s: %s", e.Provider, e.Op, e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (%d)", e.Status)
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, or "".
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
