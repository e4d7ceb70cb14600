// Package lint finds what a careful reader would find in prose: placeholders
// left in, paragraphs that stand twice, macros that nobody fills in, speakers
// that are nobody, and things that look like secrets. It is offline, and its
// cost grows with the length of the texts.
package lint

import (
	"slices"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The ids of the rules, as charsync.yaml and ignore comments name them.
const (
	Repeated   = "repeated-paragraph"
	Leftover   = "placeholder"
	Unbalanced = "macro-unbalanced"
	Unexpanded = "macro-unexpanded"
	Speaker    = "unknown-speaker"
	Secret     = "secret"
	Effective  = "effective-limit"
	Comment    = "ignore-comment"
	Hidden     = "hidden-text"
	Lookalike  = "lookalike"
)

// The codes of the findings. Those past an effective limit are the providers'
// own.
const (
	CodeRepeated   = "CS340"
	CodeLeftover   = "CS341"
	CodeUnbalanced = "CS342"
	CodeUnexpanded = "CS343"
	CodeSpeaker    = "CS344"
	CodeSecret     = "CS345"
	CodeComment    = "CS346"
	CodeHidden     = "CS347"
	CodeLookalike  = "CS348"
)

// Off is the severity that silences a rule.
const Off = "off"

// Rule is one kind of finding.
type Rule struct {
	ID, Code string
	Severity spec.Severity // by default
	Title    string        // what it finds, in a sentence
	Bad      string        // an example
	check    func(*page)
}

// Rules lists the rules in the order of their codes.
func Rules() []Rule {
	return []Rule{
		{Repeated, CodeRepeated, spec.Warning, "A paragraph stands twice in one text, or in two texts of a character.", "The same 60 characters or more under persona and under lore.", repeated},
		{Leftover, CodeLeftover, spec.Warning, "A placeholder was left in.", "TODO, FIXME, TBD, lorem ipsum, {{name}}, ${name}, <insert tavern here>, [your text]", leftovers},
		{Unbalanced, CodeUnbalanced, spec.Warning, "A macro lacks a brace.", "{{char}, {user}}, {char}", unbalanced},
		{Unexpanded, CodeUnexpanded, spec.Warning, "A macro stands where a provider is known not to fill it in. Where that is not known, there is no finding.", "{{time}} in Character.AI's definition", unexpanded},
		{Speaker, CodeSpeaker, spec.Warning, "A speaker in the example dialogue is nobody: not the character, not the player, no character of the project, and nobody whom its texts mention.", "Mara: in the examples of Mira", speakers},
		{Secret, CodeSecret, spec.Warning, "Something looks like a credential: the shapes of well-known services' keys. It is never printed.", "a key that begins with sk-ant- or ghp_, a private key in PEM", secrets},
		{Comment, CodeComment, spec.Warning, "An ignore comment names no rule, or gives no reason. Only comments of manifests with other findings are looked at.", "# charsync:ignore no-such-rule", nil},
		{Hidden, CodeHidden, spec.Error, "A text holds characters that no reader sees: tag letters, control characters and controls of the writing direction, joiners and variation selectors outside of whole sequences, soft hyphens.", "a joiner between Latin letters, letters behind a flag, a right-to-left override", hidden},
		{Lookalike, CodeLookalike, spec.Error, "A name looks like the name of another character, or a macro like a known one, and is spelled with other letters.", "{{char}} with a Cyrillic a", lookalikes},
		{Effective, providers.CodeEffective, spec.Warning, "A text is longer than what a provider is known to heed; the first sentence that is lost is named.", "3,400 characters in Character.AI's definition", nil},
	}
}

// Codes lists the codes of this package, in order.
func Codes() []spec.CodeInfo {
	var codes []spec.CodeInfo
	for _, r := range Rules() {
		if r.Code != providers.CodeEffective {
			codes = append(codes, spec.CodeInfo{Code: r.Code, Severity: r.Severity, Meaning: r.Title + " Rule " + r.ID + "."})
		}
	}
	return codes
}

// IDs lists the ids of the rules, sorted.
func IDs() []string {
	var ids []string
	for _, r := range Rules() {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}
