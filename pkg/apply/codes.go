package apply

import "github.com/charsync/charsync/pkg/spec"

// The codes of the findings made here. They are stable: people silence and
// search for them.
const (
	codeUnknownName     = "CS360" // an environment, instance or character that does not exist
	codeSharedCharacter = "CS361" // two pairs, one live character
	codeAdoptedGone     = "CS362" // the id in the manifest names nothing

	codeLockCorrupt   = "CS501"
	codeLockNewer     = "CS502"
	codeLockConflict  = "CS503"
	codePlanCorrupt   = "CS504"
	codePlanNewer     = "CS505"
	codePlanAltered   = "CS506"
	codeLockTwoIDs    = "CS507"
	codeRunHeld       = "CS508"
	codeLockTorn      = "CS509"
	codePruneOff      = "CS511" // deletion is off for this run
	codeInDoubt       = "CS513" // an earlier creation can't be settled without a person
	codeNotRemembered = "CS514" // done at the provider, but not on disk
	codeRunCorrupt    = "CS515"
	codeRunNewer      = "CS516"
	codeRunUnknown    = "CS517"
	codeNotUndone     = "CS518" // a part of a run that an undo leaves as it is
	codeNotResumed    = "CS519" // a run that can't be finished from its record
	codePlanUnfit     = "CS520" // a document that looks like a plan and is none to apply
	codeElsewhere     = "CS521" // the lock was made at another address or account

	codeUnread    = "CS601" // a character, or a whole account, could not be read
	codeWrite     = "CS602" // a write failed
	codeNotKept   = "CS603" // the provider made something else of what was sent
	codeUnopened  = "CS604" // an account could not be opened
	codeNoneFound = "CS605" // nothing that is bound at an account is there
)

// The codes of findings that are made here and by the callers.
const (
	CodeStateIO     = "CS510" // the lock, or the run lock, can't be read or written
	CodeUnclearBase = "CS522" // the revision that is compared with has faults of its own
)

// Codes lists the codes of this package, in order.
func Codes() []spec.CodeInfo {
	return []spec.CodeInfo{
		{Code: codeUnknownName, Severity: spec.Error, Meaning: "An environment, an instance or a character that doesn't exist."},
		{Code: codeSharedCharacter, Severity: spec.Error, Meaning: "Two pairs of character and target are bound to one live character."},
		{Code: codeAdoptedGone, Severity: spec.Error, Meaning: "The `id` in a manifest names no live character."},
		{Code: codeLockCorrupt, Severity: spec.Error, Meaning: "The lock is corrupt. Restore it from Git."},
		{Code: codeLockNewer, Severity: spec.Error, Meaning: "The lock is from a newer version of charsync."},
		{Code: codeLockConflict, Severity: spec.Error, Meaning: "The lock holds conflict markers of Git."},
		{Code: codePlanCorrupt, Severity: spec.Error, Meaning: "The plan file can't be used: not a plan, cut short, or not complete."},
		{Code: codePlanNewer, Severity: spec.Error, Meaning: "The plan file is from a newer version of charsync."},
		{Code: codePlanAltered, Severity: spec.Error, Meaning: "The plan file was altered after it was made."},
		{Code: codeLockTwoIDs, Severity: spec.Error, Meaning: "The lock binds one pair to two live characters, as a merge can leave it."},
		{Code: codeRunHeld, Severity: spec.Error, Meaning: "Another run is under way on this project."},
		{Code: codeLockTorn, Severity: spec.Warning, Meaning: "The last line of the lock was cut short; it is left out, but for the binding where that can be read."},
		{Code: CodeStateIO, Severity: spec.Error, Meaning: "The lock can't be read or written."},
		{Code: codePruneOff, Severity: spec.Warning, Meaning: "Nothing is deleted in this run, and why."},
		{Code: codeInDoubt, Severity: spec.Error, Meaning: "An earlier creation whose answer was lost, and that can't be settled without a person."},
		{Code: codeNotRemembered, Severity: spec.Error, Meaning: "Something was done at a provider and could not be written to disk: the run stops."},
		{Code: codeRunCorrupt, Severity: spec.Error, Meaning: "A run record is corrupt."},
		{Code: codeRunNewer, Severity: spec.Error, Meaning: "A run record is from a newer version of charsync."},
		{Code: codeRunUnknown, Severity: spec.Error, Meaning: "There is no run of that name."},
		{Code: codeNotUndone, Severity: spec.Warning, Meaning: "A part of a run that an undo leaves as it is."},
		{Code: codeNotResumed, Severity: spec.Error, Meaning: "A run that can't be finished from its record."},
		{Code: codePlanUnfit, Severity: spec.Error, Meaning: "The document is a report on drift, or a comparison with a Git revision: it can't be applied."},
		{Code: codeElsewhere, Severity: spec.Error, Meaning: "The lock binds characters at another base URL, or in another account, than the one that is used."},
		{Code: CodeUnclearBase, Severity: spec.Warning, Meaning: "What manifests said at the Git revision is not known in part: submodules, or more errors than are shown."},
		{Code: codeUnread, Severity: spec.Error, Meaning: "A character, or a whole account, could not be read."},
		{Code: codeWrite, Severity: spec.Error, Meaning: "A write failed."},
		{Code: codeNotKept, Severity: spec.Error, Meaning: "The provider made something else of what was sent: cut, dropped, appended or altered."},
		{Code: codeUnopened, Severity: spec.Error, Meaning: "An account could not be opened, for lack of a key for example."},
		{Code: codeNoneFound, Severity: spec.Warning, Meaning: "None of the characters that the lock binds at an account is there: it may be another account."},
	}
}
