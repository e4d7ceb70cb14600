package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// splitLines cuts after each line feed; the parts spell s.
func splitLines(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, line)
	}
	return lines
}

// Sentences cuts a text into its sentences, each with the white space behind
// it. A line end ends a sentence too. Joined, the parts are the text.
func Sentences(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, splitSentences(line)...)
	}
	return out
}

// splitSentences cuts a line after each full stop and its like, with the
// closing quotes and the space that follow. An abbreviation before a small
// letter does not end a sentence. The parts spell the line.
func splitSentences(line string) []string {
	var out []string
	start := 0
	for i := 0; i < len(line); {
		if c := line[i]; c < utf8.RuneSelf && c != '.' && c != '!' && c != '?' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		i += size
		if !strings.ContainsRune(".!?…。！？｡", r) {
			continue
		}
		end, ok := sentenceEnd(line, i, r)
		i = end
		if ok && end < len(line) {
			out = append(out, line[start:end])
			start = end
		}
	}
	if start < len(line) {
		out = append(out, line[start:])
	}
	return out
}

// sentenceEnd looks behind a terminator: at is its end, the answer the start
// of what comes next and whether a sentence ends there.
func sentenceEnd(line string, at int, terminator rune) (int, bool) {
	end := at + len(line[at:]) - len(strings.TrimLeft(line[at:], ".!?…。！？｡\"'”’)]»」』】）"))
	next := end + len(line[end:]) - len(strings.TrimLeft(line[end:], " \t\u3000\r\n"))
	if next == len(line) {
		return next, true
	}
	r, _ := utf8.DecodeRuneInString(line[next:])
	switch {
	case kindOf(r) == complexRune && joined(line, next):
		return end, false
	case next == end && terminator < 0x2E80:
		return end, false // "3.14", "file.md"
	case unicode.IsLower(r):
		return end, false
	}
	return next, true
}

// joined reports that no grapheme cluster starts at the given place, which
// follows a mark or a space.
func joined(s string, at int) bool {
	_, size := utf8.DecodeLastRuneInString(s[:at])
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(s[at-size:], -1)
	return len(cluster) > size
}
