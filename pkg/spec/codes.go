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
	CodeNotTaken        = "CS318"
	CodeMarkers         = "CS320"
	CodeState           = "CS321"
)

// CodeInfo explains a code of diagnostics. Every package that makes findings
// lists its own with a function Codes.
type CodeInfo struct {
	Code     string
	Severity Severity
	Meaning  string // one sentence or more
}

// Codes lists the codes of this package, in order.
func Codes() []CodeInfo {
	return []CodeInfo{
		{CodeUnreadable, Error, "A file can't be read: missing, not permitted, or not a regular file."},
		{CodeSyntax, Error, "The YAML is broken."},
		{CodeNotUTF8, Error, "A file is not UTF-8."},
		{CodeControl, Error, "A control character, or a line separator that YAML would rewrite."},
		{CodeTooLarge, Error, "A file is larger than charsync reads."},
		{CodeTooDeep, Error, "Values are nested too deeply."},
		{CodeAliases, Error, "Aliases expand to too many values, or contain themselves."},
		{CodeDuplicateKey, Error, "A key stands twice in one mapping."},
		{CodeMergeKey, Error, "Merge keys (<<) are not supported."},
		{CodeTag, Error, "A YAML tag that is not supported."},
		{CodeKey, Error, "A key that is not a plain text."},
		{CodeImplicitType, Error, "YAML would read an unquoted text as something else."},
		{CodeTab, Error, "A tab where only spaces may stand."},
		{CodeUnclosed, Error, "A quote or a bracket is not closed."},
		{CodeUnknownAnchor, Error, "An alias names an anchor that does not exist."},
		{CodeEmptyFile, Error, "A manifest file is empty."},
		{CodeNumber, Error, "A number that can't be kept exactly."},
		{CodeTooMany, Error, "Too many files, documents or values."},

		{CodeUnknownField, Error, "A field that does not exist."},
		{CodeWrongType, Error, "A value of the wrong type."},
		{CodeMissing, Error, "A required field is missing."},
		{CodeNotAccepted, Error, "A value that is not one of those accepted."},
		{CodeRange, Error, "A number or a length out of bounds."},
		{CodePattern, Error, "A text that does not have the required form."},
		{CodeListLength, Error, "A list with too few, too many or repeated elements."},
		{CodeKind, Error, "A document of another kind."},
		{CodeAPIVersion, Error, "A document for another version of charsync."},

		{CodeName, Error, "A metadata.name that is not a DNS-1123 label."},
		{CodeDuplicateName, Error, "Two manifests have the same metadata.name."},
		{CodeUnknownInstance, Error, "A target that is no provider instance of the project."},
		{CodeOutside, Error, "A path leaves the project."},
		{CodeReference, Error, "A referenced file is missing or can't be used."},
		{CodeNoTargets, Warning, "A character without targets: nothing will be done with it."},
		{CodeControlKeys, Error, "Control keys of a target that contradict each other."},
		{CodeProviderType, Error, "A provider instance of an unknown or contradictory type."},
		{CodeBaseURL, Error, "A base URL that can't be used."},
		{CodeEnvironment, Error, "An environment that does not exist, or that names an unknown or unsuitable instance."},
		{CodeGlob, Error, "A pattern for manifests that can't be used."},
		{CodeNoManifests, Warning, "No manifest was found, or none that a pattern of spec.manifests matches. Nothing is deleted then."},
		{CodeNotFollowed, Warning, "A symbolic link to a folder, or out of the project, is not followed. Nothing is deleted then."},
		{CodeCredential, Error, "A credential in a file of the project."},
		{CodeExtends, Error, "A base that can't be extended: no base, itself, or too many one upon another."},
		{CodeNotTaken, Warning, "A manifest that no pattern takes, for its extension alone. Nothing is deleted then."},
		{CodeMarkers, Error, "A text with markers of a conflict that is not resolved."},
		{CodeState, Error, "A setting of the state that its backend does not have, or that can't be used."},
	}
}
