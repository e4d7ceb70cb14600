package state

import "github.com/charsync/charsync/pkg/spec"

// The codes of the findings made here, and by those who open a lock for
// others. They are stable: people silence and search for them.
const (
	CodeCorrupt  = "CS501"
	CodeNewer    = "CS502"
	CodeConflict = "CS503"
	CodeTwoIDs   = "CS507"
	CodeHeld     = "CS508"
	CodeTorn     = "CS509"
	CodeIO       = "CS510" // the lock, or the run lock, can't be read or written
)

// Codes lists the codes of this package, in order.
func Codes() []spec.CodeInfo {
	return []spec.CodeInfo{
		{Code: CodeCorrupt, Severity: spec.Error, Meaning: "The lock is corrupt. Restore it from Git."},
		{Code: CodeNewer, Severity: spec.Error, Meaning: "The lock is from a newer version of charsync."},
		{Code: CodeConflict, Severity: spec.Error, Meaning: "The lock holds conflict markers of Git."},
		{Code: CodeTwoIDs, Severity: spec.Error, Meaning: "The lock binds one pair to two live characters, as a merge can leave it."},
		{Code: CodeHeld, Severity: spec.Error, Meaning: "Another run is under way on this project."},
		{Code: CodeTorn, Severity: spec.Warning, Meaning: "The last line of the lock was cut short; it is left out, but for the binding where that can be read."},
		{Code: CodeIO, Severity: spec.Error, Meaning: "The lock can't be read or written."},
	}
}
