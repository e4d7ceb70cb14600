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
	codeStateIO       = "CS510"
	codePruneOff      = "CS511" // deletion is off for this run
	codeOrphan        = "CS512" // bound, but no manifest
	codeInDoubt       = "CS513" // an earlier creation can't be settled without a person
	codeNotRemembered = "CS514" // done at the provider, but not on disk
	codeRunCorrupt    = "CS515"
	codeRunNewer      = "CS516"
	codeRunUnknown    = "CS517"
	codeNotUndone     = "CS518" // a part of a run that an undo leaves as it is
	codeNotResumed    = "CS519" // a run that can't be finished from its record
	codePlanUnfit     = "CS520" // a document that looks like a plan and is none to apply
	codeUnclearBase   = "CS521" // the revision that is compared with has faults of its own

	codeElsewhere = "CS521" // the lock was made at another address or account

	codeUnread    = "CS601" // a character, or a whole account, could not be read
	codeWrite     = "CS602" // a write failed
	codeNotKept   = "CS603" // the provider made something else of what was sent
	codeUnopened  = "CS604" // an account could not be opened
	codeNoneFound = "CS605" // nothing that is bound at an account is there
)

// Code explains one code.
type Code struct {
	Code     string
	Severity spec.Severity
	Doc      string
}

// Codes lists the codes of this package, in order.
func Codes() []Code {
	return []Code{
		{codeUnknownName, spec.Error, "An environment, an instance or a character that doesn't exist."},
		{codeSharedCharacter, spec.Error, "Two pairs of character and target are bound to one live character."},
		{codeAdoptedGone, spec.Error, "The `id` in a manifest names no live character."},
		{codeLockCorrupt, spec.Error, "The lock is corrupt. Restore it from Git."},
		{codeLockNewer, spec.Error, "The lock is from a newer version of charsync."},
		{codeLockConflict, spec.Error, "The lock holds conflict markers of Git."},
		{codePlanCorrupt, spec.Error, "The plan file can't be used: not a plan, cut short, or not complete."},
		{codePlanNewer, spec.Error, "The plan file is from a newer version of charsync."},
		{codePlanAltered, spec.Error, "The plan file was altered after it was made."},
		{codeLockTwoIDs, spec.Error, "The lock binds one pair to two live characters, as a merge can leave it."},
		{codeRunHeld, spec.Error, "Another run is under way on this project."},
		{codeLockTorn, spec.Warning, "The last line of the lock was cut short; it is left out, but for the binding where that can be read."},
		{codeStateIO, spec.Error, "The lock can't be read or written."},
		{codePruneOff, spec.Warning, "Nothing is deleted in this run, and why."},
		{codeOrphan, spec.Warning, "A binding whose manifest is gone."},
		{codeInDoubt, spec.Error, "An earlier creation whose answer was lost, and that can't be settled without a person."},
		{codeNotRemembered, spec.Error, "Something was done at a provider and could not be written to disk: the run stops."},
		{codeRunCorrupt, spec.Error, "A run record is corrupt."},
		{codeRunNewer, spec.Error, "A run record is from a newer version of charsync."},
		{codeRunUnknown, spec.Error, "There is no run of that name."},
		{codeNotUndone, spec.Warning, "A part of a run that an undo leaves as it is."},
		{codeNotResumed, spec.Error, "A run that can't be finished from its record."},
		{codeUnclearBase, spec.Warning, "What manifests said at the Git revision is not known in part: submodules, or more errors than are shown."},
		{codePlanUnfit, spec.Error, "The document is a report on drift, or a comparison with a Git revision: it can't be applied."},
		{codeElsewhere, spec.Error, "The lock binds characters at another base URL, or in another account, than the one that is used."},
		{codeUnread, spec.Error, "A character, or a whole account, could not be read."},
		{codeWrite, spec.Error, "A write failed."},
		{codeNotKept, spec.Error, "The provider made something else of what was sent: cut, dropped, appended or altered."},
		{codeUnopened, spec.Error, "An account could not be opened, for lack of a key for example."},
		{codeNoneFound, spec.Warning, "None of the characters that the lock binds at an account is there: it may be another account."},
	}
}
