package markdown

import (
	"strconv"
	"strings"
)

// Everything that comes from a character, a provider or a manifest is written
// by prose, name or word, and never begins a line. Prose stands in HTML
// blocks, where Markdown is not read at all; its marks are written as entities
// even so, for readers that read it there. What hosts make of plain text
// behind the parser (mentions, references, addresses, shortcodes) is parted by
// a space without width, as their own tools do.

// parted keeps what follows a sign from being taken for its object.
const parted = "&#8203;"

// prose escapes text for the inside of an HTML block. Line feeds become
// breaks: a block ends at a blank line, and none can come from here.
func prose(s string) string {
	var b strings.Builder
	writeProse(&b, s, false)
	return b.String()
}

// word escapes text for a line of Markdown: no mark of it keeps its meaning.
func word(s string) string {
	var b strings.Builder
	writeProse(&b, s, true)
	return b.String()
}

// name shows an identifier as code, in an HTML block. Hosts leave code alone,
// and what is copied from it is what it says.
func name(s string) string {
	if s == "" {
		return ""
	}
	return "<code>" + code(s) + "</code>"
}

func code(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "`", "&#96;", "$", "&#36;", "|", "&#124;").Replace(s)
}

func writeProse(b *strings.Builder, s string, marks bool) {
	hex := 0 // of the run that the place is in, how much is left
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\n':
			b.WriteString("<br>")
		case c == '\t':
			b.WriteString(" ")
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case strings.IndexByte("`*_[]|\\~$", c) >= 0, marks && punctuation(c):
			b.WriteString("&#" + strconv.Itoa(int(c)) + ";")
		default:
			b.WriteByte(c)
		}
		if hex == 0 && isHex(c) && (i == 0 || !isHex(s[i-1])) {
			hex = hexRun(s[i:])
		}
		if refers(s, i) || hex > longestHex && hex%longestHex == 1 {
			b.WriteString(parted)
		}
		hex = max(0, hex-1)
	}
}

// longestHex is how many hexadecimal digits may stand together: seven are
// taken for the name of a commit.
const longestHex = 6

func hexRun(s string) int {
	n := 0
	for n < len(s) && isHex(s[n]) {
		n++
	}
	if n <= longestHex {
		return 0
	}
	return n
}

// refers reports that a host may take the sign at a place, with what follows,
// for a reference: @name, #12, GH-12, !12, :smile:, https://, www.
func refers(s string, i int) bool {
	if i+1 == len(s) || s[i+1] <= ' ' {
		return false
	}
	next := s[i+1]
	switch s[i] {
	case '@', '#':
		return true
	case ':':
		return alnum(next) || strings.IndexByte("/+-_", next) >= 0
	case '!', '$', '%', '&', '~', '^', '*':
		return alnum(next) || next == '"' || next == '_'
	case '-':
		return i > 0 && (letter(s[i-1]) && next >= '0' && next <= '9' || strings.EqualFold(s[max(0, i-4):i], "ghsa"))
	case '.':
		return i >= 3 && strings.EqualFold(s[i-3:i], "www")
	}
	return false
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }
func letter(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z'
}
func alnum(c byte) bool { return letter(c) || c >= '0' && c <= '9' || c >= 0x80 }

func punctuation(c byte) bool {
	return c > ' ' && c < 0x7F && !alnum(c) && strings.IndexByte(",%;.:/-'\"+=", c) < 0
}
