package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The style of a text is decided here and nowhere else: no YAML library is
// asked, since they have been seen to write texts that load as other texts.

// block reports texts that are written as a literal block: several lines, or
// one that is long. Loading takes line ends off the end of a block, and a
// block can't hold every character; texts that would not survive are quoted.
func block(s string) bool {
	const long = 120
	if !strings.Contains(s, "\n") && len(s) <= long {
		return false
	}
	if strings.HasSuffix(s, "\n") || s[0] == ' ' || s[0] == '\t' || s[0] == '\n' {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if line != "" && (line[0] == '\t' || strings.Trim(line, " \t") == "") {
			return false
		}
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && !plainRune(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// plainRune reports characters that may stand in a file as they are.
func plainRune(r rune) bool {
	return r >= 0x20 && r != 0x7f && !rewritten(r) && r != utf8.RuneError
}

// text writes a text on one line. A key is quoted sooner, since it can't
// contain a colon.
func (e *emitter) text(s string, key bool) string {
	if !utf8.ValidString(s) {
		e.err = first(e.err, fmt.Errorf("a text that is not UTF-8"))
	}
	if bare(s) && (!key || !strings.ContainsAny(s, ":")) {
		return s
	}
	return quote(s)
}

// inFlow writes a text inside brackets, where more characters have a meaning.
func (e *emitter) inFlow(s string) string {
	written := e.text(s, true)
	if written == s && strings.ContainsAny(s, ",[]{}?") {
		return quote(s)
	}
	return written
}

// bare reports texts that need no quotes: they begin with a letter or a digit,
// hold nothing that YAML gives a meaning to, and are texts to every reader.
func bare(s string) bool {
	if s == "" || strings.HasSuffix(s, " ") || strings.HasSuffix(s, ":") ||
		strings.Contains(s, ": ") || strings.Contains(s, " #") {
		return false
	}
	c := s[0]
	if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf) {
		return false
	}
	for _, r := range s {
		if !plainRune(r) {
			return false
		}
	}
	_, loose := resolve(s)
	return loose == definite
}

// quote puts a text between quotes: single ones where it holds double quotes
// or backslashes and nothing that needs an escape.
func quote(s string) string {
	if strings.ContainsAny(s, `"\`) && !strings.Contains(s, "'") && !strings.ContainsFunc(s, func(r rune) bool { return !plainRune(r) }) {
		return "'" + s + "'"
	}
	return doubleQuoted(s)
}

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case plainRune(r) || r == utf8.RuneError:
			b.WriteRune(r)
		default:
			b.WriteString(escapeRune(r))
		}
	}
	b.WriteByte('"')
	return b.String()
}
