package state

import (
	"cmp"
	"strings"
	"time"
)

// stamp is how the name of a run begins: when it began, in UTC.
const stamp = "20060102T150405Z"

// began is when a run began, by its name; the zero time when that tells
// nothing.
func began(run string) time.Time {
	word, _, _ := strings.Cut(run, "-")
	at, err := time.Parse(stamp, word)
	if err != nil {
		return time.Time{}
	}
	return at
}

// Compare orders two entries by when a run changed them last: +1 when a was
// changed later. By the revision alone, a branch with many runs would count
// for more than one with a later run. 0 is not known.
func Compare(a, b Entry) int {
	if sameRun(a, b) {
		return cmp.Compare(a.Revision, b.Revision)
	}
	one, other := began(a.Run), began(b.Run)
	if !one.IsZero() && !other.IsZero() && !one.Equal(other) {
		return one.Compare(other)
	}
	return cmp.Compare(a.Revision, b.Revision)
}

// sameRun reports two lines that one run has written.
func sameRun(a, b Entry) bool { return a.Run == b.Run && a.Run != "" }
