package spec

// The codes of this package's diagnostics. They are stable: scripts and
// editors match on them. Codes from CS400 on belong to the packages above.
const (
	CodeUnreadable    = "CS100"
	CodeSyntax        = "CS101"
	CodeNotUTF8       = "CS102"
	CodeControl       = "CS103"
	CodeTooLarge      = "CS104"
	CodeTooDeep       = "CS105"
	CodeAliases       = "CS106"
	CodeDuplicateKey  = "CS107"
	CodeMergeKey      = "CS108"
	CodeTag           = "CS109"
	CodeKey           = "CS110"
	CodeImplicitType  = "CS111"
	CodeTab           = "CS112"
	CodeUnclosed      = "CS113"
	CodeUnknownAnchor = "CS114"
	CodeEmptyFile     = "CS115"
	CodeNumber        = "CS116"
	CodeTooMany       = "CS117"

	CodeUnknownField = "CS201"
	CodeWrongType    = "CS202"
	CodeMissing      = "CS203"
	CodeNotAccepted  = "CS204"
	CodeRange        = "CS205"
	CodePattern      = "CS206"
	CodeListLength   = "CS207"
	CodeKind         = "CS208"
	CodeAPIVersion   = "CS209"

	CodeName            = "CS301"
	CodeDuplicateName   = "CS302"
	CodeUnknownInstance = "CS303"
	CodeOutside         = "CS304"
	CodeReference       = "CS305"
	CodeNoTargets       = "CS306"
	CodeControlKeys     = "CS307"
	CodeProviderType    = "CS308"
	CodeBaseURL         = "CS309"
	CodeEnvironment     = "CS310"
	CodeGlob            = "CS311"
	CodeNoManifests     = "CS312"
	CodeNotFollowed     = "CS313"
	CodeCredential      = "CS314"
	CodeExtends         = "CS315"
	CodeMarkers         = "CS320"
)

// CodeInfo is one line of documentation for a code.
type CodeInfo struct {
	Code     string
	Severity Severity
	Title    string
}

// Codes lists every code of this package in order.
func Codes() []CodeInfo {
	return []CodeInfo{
		{CodeUnreadable, Error, "a file can't be read: missing, not permitted, or not a regular file"},
		{CodeSyntax, Error, "the YAML is broken"},
		{CodeNotUTF8, Error, "a file is not UTF-8"},
		{CodeControl, Error, "a control character, or a line separator that YAML would rewrite"},
		{CodeTooLarge, Error, "a file is larger than charsync reads"},
		{CodeTooDeep, Error, "values are nested too deeply"},
		{CodeAliases, Error, "aliases expand to too many values, or contain themselves"},
		{CodeDuplicateKey, Error, "a key stands twice in one mapping"},
		{CodeMergeKey, Error, "merge keys (<<) are not supported"},
		{CodeTag, Error, "a YAML tag that is not supported"},
		{CodeKey, Error, "a key that is not a plain text"},
		{CodeImplicitType, Error, "YAML would read an unquoted text as something else"},
		{CodeTab, Error, "a tab where only spaces may stand"},
		{CodeUnclosed, Error, "a quote or a bracket is not closed"},
		{CodeUnknownAnchor, Error, "an alias names an anchor that does not exist"},
		{CodeEmptyFile, Error, "a manifest file is empty"},
		{CodeNumber, Error, "a number that can't be kept exactly"},
		{CodeTooMany, Error, "too many files, documents or values"},

		{CodeUnknownField, Error, "a field that does not exist"},
		{CodeWrongType, Error, "a value of the wrong type"},
		{CodeMissing, Error, "a required field is missing"},
		{CodeNotAccepted, Error, "a value that is not one of those accepted"},
		{CodeRange, Error, "a number or a length out of bounds"},
		{CodePattern, Error, "a text that does not have the required form"},
		{CodeListLength, Error, "a list with too few, too many or repeated elements"},
		{CodeKind, Error, "a document of another kind"},
		{CodeAPIVersion, Error, "a document for another version of charsync"},

		{CodeName, Error, "a metadata.name that is not a DNS-1123 label"},
		{CodeDuplicateName, Error, "two manifests have the same metadata.name"},
		{CodeUnknownInstance, Error, "a target that is no provider instance of the project"},
		{CodeOutside, Error, "a path leaves the project"},
		{CodeReference, Error, "a referenced file is missing or can't be used"},
		{CodeNoTargets, Warning, "a character without targets: nothing will be done with it"},
		{CodeControlKeys, Error, "control keys of a target that contradict each other"},
		{CodeProviderType, Error, "a provider instance of an unknown or contradictory type"},
		{CodeBaseURL, Error, "a base URL that can't be used"},
		{CodeEnvironment, Error, "an environment that does not exist, or that names an unknown or unsuitable instance"},
		{CodeGlob, Error, "a pattern for manifests that can't be used"},
		{CodeNoManifests, Warning, "no manifest was found"},
		{CodeNotFollowed, Warning, "a symbolic link to a folder is not followed"},
		{CodeCredential, Error, "a credential in a file of the project"},
		{CodeExtends, Error, "a base that can't be extended: no base, itself, or too many one upon another"},
		{CodeMarkers, Error, "a text with markers of a conflict that is not resolved"},
	}
}
