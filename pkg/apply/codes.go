package apply

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

	codeUnread    = "CS601" // a character, or a whole account, could not be read
	codeWrite     = "CS602" // a write failed
	codeNotKept   = "CS603" // the provider made something else of what was sent
	codeUnopened  = "CS604" // an account could not be opened
	codeNoneFound = "CS605" // nothing that is bound at an account is there
)
