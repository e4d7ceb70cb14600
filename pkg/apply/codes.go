package apply

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/spec"
)

// The codes of the findings made here. They are stable: people silence and
// search for them.
const (
	codeUnknownName     = "CS360" // an environment, instance or character that does not exist
	codeSharedCharacter = "CS361" // two pairs, one live character
	codeAdoptedGone     = "CS362" // the id in the manifest names nothing

	codePlanCorrupt   = "CS504"
	codePlanNewer     = "CS505"
	codePlanAltered   = "CS506"
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
	codeLockMissing   = "CS528" // what would be created is live, and nothing is bound
	codeOnceHeld      = "CS527" // live, and bound by an earlier version of the lock
	codeInstanceGone  = "CS525" // bound at an instance that charsync.yaml no longer has

	codeUnread    = "CS601" // a character, or a whole account, could not be read
	codeWrite     = "CS602" // a write failed
	codeNotKept   = "CS603" // the provider made something else of what was sent
	codeUnopened  = "CS604" // an account could not be opened
	codeNoneFound = "CS605" // nothing that is bound at an account is there
)

// CodeUnclearBase is for callers too: the revision that is compared with has
// faults of its own.
const CodeUnclearBase = "CS522"

// Codes lists the codes of a run, those of the lock among them, in order.
func Codes() []spec.CodeInfo {
	all := append(ownCodes(), state.Codes()...)
	slices.SortFunc(all, func(a, b spec.CodeInfo) int { return strings.Compare(a.Code, b.Code) })
	return all
}

func ownCodes() []spec.CodeInfo {
	return []spec.CodeInfo{
		{Code: codeUnknownName, Severity: spec.Error, Meaning: "An environment, an instance or a character that doesn't exist."},
		{Code: codeSharedCharacter, Severity: spec.Error, Meaning: "Two pairs of character and target are bound to one live character."},
		{Code: codeAdoptedGone, Severity: spec.Error, Meaning: "The `id` in a manifest names no live character."},
		{Code: codePlanCorrupt, Severity: spec.Error, Meaning: "The plan file can't be used: not a plan, cut short, or not complete."},
		{Code: codePlanNewer, Severity: spec.Error, Meaning: "The plan file is from a newer version of charsync."},
		{Code: codePlanAltered, Severity: spec.Error, Meaning: "The plan file was altered after it was made."},
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
		{Code: codeLockMissing, Severity: spec.Warning, Meaning: "The lock is missing, and what would be created is live already."},
		{Code: codeOnceHeld, Severity: spec.Warning, Meaning: "A live character that an earlier commit of the lock bound, and that neither a manifest nor the lock names any more."},
		{Code: codeInstanceGone, Severity: spec.Error, Meaning: "A character is bound at an instance that charsync.yaml no longer has, and another one leads to the same place."},
		{Code: codeUnread, Severity: spec.Error, Meaning: "A character, or a whole account, could not be read."},
		{Code: codeWrite, Severity: spec.Error, Meaning: "A write failed."},
		{Code: codeNotKept, Severity: spec.Error, Meaning: "The provider made something else of what was sent: cut, dropped, appended or altered."},
		{Code: codeUnopened, Severity: spec.Error, Meaning: "An account could not be opened, for lack of a key for example."},
		{Code: codeNoneFound, Severity: spec.Warning, Meaning: "None of the characters that the lock binds at an account is there: it may be another account."},
	}
}
