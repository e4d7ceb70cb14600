package spec

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// aligner walks a scalar as it is written beside the text that it means. In
// every style of YAML the characters that are not white space come in the same
// order in both, apart from escapes; what lies between them is passed over.
type aligner struct {
	from    Pos
	written []byte
	at      int // into written
	text    string
	read    int  // into text
	style   byte // '"', '\'', '|' for blocks, 0 for plain
	lost    bool // the two are not the same text
}

// aligned starts at the scalar at a position.
func (s *source) aligned(from Pos, text string) *aligner {
	a := &aligner{from: from, written: s.data, text: text, at: s.offset(from)}
	if a.at < 0 {
		a.lost = true
		return a
	}
	for a.peek() == '&' || a.peek() == '!' { // an anchor, a tag
		for a.peek() > ' ' {
			a.at++
		}
		for a.peek() == ' ' {
			a.at++
		}
	}
	switch c := a.peek(); c {
	case '"', '\'':
		a.style = c
		a.at++
	case '|', '>':
		a.style = '|'
		end := bytes.IndexByte(a.written[a.at:], '\n')
		if end < 0 {
			end = len(a.written) - a.at - 1
		}
		a.at += end + 1
	case '*':
		a.lost = true // the text stands elsewhere
	}
	return a
}

// peek is the next written byte, 0 at the end.
func (a *aligner) peek() byte {
	if a.at < len(a.written) {
		return a.written[a.at]
	}
	return 0
}

// to walks on to an offset of the text, and returns where that is written.
func (a *aligner) to(offset int) (at int, ok bool) {
	for !a.lost && a.read < offset {
		if blank(a.text[a.read]) {
			a.read++
			continue
		}
		a.step()
	}
	if a.lost || a.read != offset {
		return 0, false
	}
	if offset < len(a.text) && !blank(a.text[offset]) {
		a.pass()
		if at := a.at; a.matches(at) {
			return at, true
		}
		return 0, false
	}
	return a.at, true
}

// matches reports whether the next character of the text is written at a
// place, without moving.
func (a *aligner) matches(at int) bool {
	ahead := *a
	ahead.at = at
	ahead.step()
	return !ahead.lost
}

// step passes one character that is not white space, in both.
func (a *aligner) step() {
	a.pass()
	want, size := utf8.DecodeRuneInString(a.text[a.read:])
	got, length := a.next()
	if got != want {
		a.lost = true
		return
	}
	a.at += length
	a.read += size
}

// pass goes over written white space, also where it is escaped.
func (a *aligner) pass() {
	for a.at < len(a.written) {
		if blank(a.written[a.at]) {
			a.at++
			continue
		}
		if a.style != '"' || a.written[a.at] != '\\' || a.at+1 == len(a.written) || !strings.ContainsRune("nrt \t\n\r", rune(a.written[a.at+1])) {
			return
		}
		a.at += 2
	}
}

// next is the character that is written here, and how many bytes write it.
func (a *aligner) next() (rune, int) {
	rest := a.written[a.at:]
	switch {
	case len(rest) == 0:
		return utf8.RuneError, 0
	case a.style == '\'' && rest[0] == '\'':
		return '\'', 2
	case a.style == '"' && rest[0] == '\\' && len(rest) > 1:
		return escaped(rest)
	}
	return utf8.DecodeRune(rest)
}

// escaped is the character of an escape inside double quotes.
func escaped(s []byte) (rune, int) {
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
	if digits > 0 && len(s) >= 2+digits {
		n, err := strconv.ParseUint(string(s[2:2+digits]), 16, 32)
		if err != nil {
			return utf8.RuneError, 0
		}
		return rune(n), 2 + digits
	}
	if i := strings.IndexByte("0abvfeN_LP", s[1]); i >= 0 {
		return []rune{0, 7, 8, 0xb, 0xc, 0x1b, 0x85, 0xa0, 0x2028, 0x2029}[i], 2
	}
	return rune(s[1]), 2
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }
