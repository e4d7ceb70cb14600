package providers

import "github.com/charsync/charsync/pkg/spec"

// The codes of the findings made here. They are stable: people silence and
// search for them.
const (
	CodeMissing   = "CS351" // creation needs a field that the manifest lacks
	CodePlace     = "CS352" // creation needs to know where
	CodeCompose   = "CS353" // compose names something that can't be folded
	CodeDropped   = "CS400"
	CodeTooLong   = "CS401"
	CodeEffective = "CS402"
	CodeTooShort  = "CS403"
	CodeNoClear   = "CS404"
	CodeWord      = "CS405"
	CodeRange     = "CS406"
	CodeShape     = "CS407"
	CodePerhaps   = "CS408"
	CodeNoField   = "CS409"
	CodeAdvice    = "CS410"
	CodeSeparator = "CS411"
	CodeLoss      = "CS412"
)

// Codes lists the codes of this package, in order.
func Codes() []spec.CodeInfo {
	return []spec.CodeInfo{
		{Code: CodeMissing, Severity: spec.Error, Meaning: "Creating a character at this provider needs a field that the manifest does not set."},
		{Code: CodePlace, Severity: spec.Error, Meaning: "Creating a character at this provider needs the place where it will live, or can't be done where the instance points."},
		{Code: CodeCompose, Severity: spec.Error, Meaning: "compose names a field that the provider does not have, or that can't be folded."},
		{Code: CodeDropped, Severity: spec.Info, Meaning: "The provider has no such field: what the manifest says there does not reach it."},
		{Code: CodeTooLong, Severity: spec.Error, Meaning: "The value is longer than the provider accepts."},
		{Code: CodeEffective, Severity: spec.Warning, Meaning: "The value is accepted, but the provider is known to ignore what is past this length."},
		{Code: CodeTooShort, Severity: spec.Error, Meaning: "The value is shorter than the provider accepts."},
		{Code: CodeNoClear, Severity: spec.Error, Meaning: "The provider has no way to empty this field."},
		{Code: CodeWord, Severity: spec.Error, Meaning: "The word is not one that the provider accepts."},
		{Code: CodeRange, Severity: spec.Error, Meaning: "The number is outside the range that the provider accepts."},
		{Code: CodeShape, Severity: spec.Error, Meaning: "The value is not of the kind that the provider's field has."},
		{Code: CodePerhaps, Severity: spec.Warning, Meaning: "The value may be too long or too short: it depends on the unit in which the provider counts, which is not known."},
		{Code: CodeNoField, Severity: spec.Error, Meaning: "The target sets a field that the provider does not have or does not let anyone change."},
		{Code: CodeAdvice, Severity: spec.Warning, Meaning: "The value is accepted, but the provider advises against it."},
		{Code: CodeSeparator, Severity: spec.Error, Meaning: "The value holds the character that separates values on the way to the provider."},
		{Code: CodeLoss, Severity: spec.Error, Meaning: "The provider loses more of the field than --max-loss or policy.maxLoss allows."},
	}
}
