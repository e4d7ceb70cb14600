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

// Code explains one code.
type Code struct {
	Code     string
	Severity spec.Severity
	Doc      string
}

// Codes lists the codes of this package, in order.
func Codes() []Code {
	return []Code{
		{CodeMissing, spec.Error, "Creating a character at this provider needs a field that the manifest does not set."},
		{CodePlace, spec.Error, "Creating a character at this provider needs the place where it will live."},
		{CodeCompose, spec.Error, "compose names a field that the provider does not have, or that can't be folded."},
		{CodeDropped, spec.Info, "The provider has no such field: what the manifest says there does not reach it."},
		{CodeTooLong, spec.Error, "The value is longer than the provider accepts."},
		{CodeEffective, spec.Warning, "The value is accepted, but the provider is known to ignore what is past this length."},
		{CodeTooShort, spec.Error, "The value is shorter than the provider accepts."},
		{CodeNoClear, spec.Error, "The provider has no way to empty this field."},
		{CodeWord, spec.Error, "The word is not one that the provider accepts."},
		{CodeRange, spec.Error, "The number is outside the range that the provider accepts."},
		{CodeShape, spec.Error, "The value is not of the kind that the provider's field has."},
		{CodePerhaps, spec.Warning, "The value may be too long or too short: it depends on the unit in which the provider counts, which is not known."},
		{CodeNoField, spec.Error, "The target sets a field that the provider does not have or does not let anyone change."},
		{CodeAdvice, spec.Warning, "The value is accepted, but the provider advises against it."},
		{CodeSeparator, spec.Error, "The value holds the character that separates values on the way to the provider."},
		{CodeLoss, spec.Error, "The provider loses more of the field than --max-loss or policy.maxLoss allows."},
	}
}
