package view

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sanitize makes everything visible that would steer a terminal or hide from a
// reader: control characters, bytes that are not UTF-8, overrides and isolates
// of the writing direction, and invisible characters where they join nothing.
// Line feeds and tabs stay: the caller lays lines out.
func Sanitize(s string) string { return sanitize(s, "\n\t") }

// SanitizeLine is Sanitize for text that must stay on one line: line feeds and
// tabs become visible too.
func SanitizeLine(s string) string { return sanitize(s, "") }

func sanitize(s, keep string) string {
	if harmless(s, keep) {
		return s
	}
	var b strings.Builder
	before := rune(0)
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r < utf8.RuneSelf && strings.ContainsRune(keep, r) && r != 0:
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r >= 0x7F && r <= 0x9F:
			fmt.Fprintf(&b, `\x%02x`, r)
		case hidden(r, before):
			if r > 0xFFFF {
				fmt.Fprintf(&b, `\U%08x`, r)
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

// harmless reports text of printable ASCII, which most text is, and of what is
// kept besides.
func harmless(s, keep string) bool {
	for i := range len(s) {
		if (s[i] < ' ' || s[i] >= 0x7F) && strings.IndexByte(keep, s[i]) < 0 {
			return false
		}
	}
	return true
}

// hidden judges a character that is no control character. What joins emoji or
// the letters of a script is not hidden: it is part of what is seen.
func hidden(r, before rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0x200C, r == 0x200D: // non-joiner, joiner
		return before < 0x300 && !strings.ContainsRune("©®", before)
	case r >= 0xFE00 && r <= 0xFE0F: // variation selectors
		return before == 0 || unicode.IsLetter(before) && before < 0x300
	case r >= 0xE0100 && r <= 0xE01EF: // variants of ideographs
		return !unicode.Is(unicode.Han, before)
	case r >= 0xE0020 && r <= 0xE007F: // tags: flags of regions
		return before != 0x1F3F4 && (before < 0xE0020 || before > 0xE007F)
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x034F: // fillers
		return true
	case r >= 0x0600 && r <= 0x0605, r == 0x06DD, r == 0x070F: // signs that span numbers
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
