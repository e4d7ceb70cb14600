package preview

import (
	"regexp"
	"strings"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view"
)

// turn is something said in an example dialogue.
type turn struct {
	Who   string // "" where the text goes on, or nobody is named
	Mine  bool   // the character says it
	Said  string
	Break bool // a new example begins
}

// talk makes turns of example dialogue. Texts that are no dialogue have none.
func talk(examples, display string) []turn {
	if !report.Dialogue(examples) {
		return nil
	}
	var out []turn
	prose := report.Text(examples)
	for _, b := range prose.Blocks {
		for _, l := range b.Lines {
			var said strings.Builder
			for _, s := range l.Spans {
				said.WriteString(s.Text)
			}
			out = follow(out, l.Speaker, strings.TrimSpace(said.String()), display)
		}
	}
	return out
}

// follow adds a line to what was said before.
func follow(turns []turn, who, said, display string) []turn {
	if who == "" && starts(said) {
		return append(turns, turn{Break: true})
	}
	said = asPlayed(said, display)
	if who == "" && len(turns) > 0 && !turns[len(turns)-1].Break {
		last := &turns[len(turns)-1]
		last.Said += "\n" + said
		return turns
	}
	who = asPlayed(who, display)
	return append(turns, turn{Who: who, Mine: strings.EqualFold(who, display) || strings.HasPrefix(strings.ToLower(display), strings.ToLower(who)+" "), Said: said})
}

// starts reports the line that parts examples.
func starts(line string) bool {
	return strings.EqualFold(line, "<START>") || strings.Trim(line, "-*=") == "" && len(line) >= 3
}

// asPlayed puts names in the place of macros, as players see a text.
func asPlayed(text, display string) string {
	text = charMacro.ReplaceAllLiteralString(text, display)
	return userMacro.ReplaceAllLiteralString(text, "You")
}

var (
	charMacro = regexp.MustCompile(`(?i)\{\{char(\w*)\}\}`)
	userMacro = regexp.MustCompile(`(?i)\{\{(random_)?user(\w*)\}\}`)
)

// clean makes a text fit to show.
func clean(s string) string { return view.Sanitize(strings.Trim(s, "\r\n")) }
