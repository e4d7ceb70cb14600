// Package visible finds what a text holds and no reader sees: control
// characters, tag letters, joiners that join nothing, runs of variation
// selectors, controls of the writing direction, fillers. What belongs to a
// whole, valid sequence is part of what is seen: the joiners of an emoji family
// or of Persian and Hindi words, the selector behind an emoji, the tags of a
// flag that exists.
package visible

import (
	"fmt"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// Kind is what hidden characters are.
type Kind string

// The kinds.
const (
	Control   Kind = "control character"
	Invalid   Kind = "invalid byte"
	Direction Kind = "direction control"
	Tag       Kind = "tag letter"
	Joiner    Kind = "joiner"
	Selector  Kind = "variation selector"
	Other     Kind = "invisible character"
)

// Span is a stretch of hidden characters of one kind.
type Span struct {
	Kind       Kind
	Offset     int // in bytes
	Length     int // in bytes
	Characters int
}

// Hidden yields the hidden characters of a text, those that follow each other
// together. Line feeds, tabs and the carriage return of a line end are not
// hidden.
func Hidden(s string) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		var last Span
		for c := range characters(s) {
			if c.kind == "" || c.kind == Control && strings.HasPrefix(s[c.at:], "\r\n") {
				continue
			}
			if last.Characters > 0 && last.Kind == c.kind && last.Offset+last.Length == c.at {
				last.Length += c.size
				last.Characters++
				continue
			}
			if last.Characters > 0 && !yield(last) {
				return
			}
			last = Span{c.kind, c.at, c.size, 1}
		}
		if last.Characters > 0 {
			yield(last)
		}
	}
}

// Escape writes hidden characters as Go does in a string: \x1b, \u200b,
// \U000e0041. Line feeds and tabs are escaped unless keep holds them.
func Escape(s, keep string) string {
	if Printable(s, keep) {
		return s
	}
	var b strings.Builder
	done := 0
	for c := range characters(s) {
		var escape string
		switch {
		case c.r == '\n' && !strings.Contains(keep, "\n"):
			escape = `\n`
		case c.r == '\t' && !strings.Contains(keep, "\t"):
			escape = `\t`
		case c.kind == "":
			continue
		case c.kind == Invalid, c.r < 0xA0:
			escape = fmt.Sprintf(`\x%02x`, c.r)
		case c.r > 0xFFFF:
			escape = fmt.Sprintf(`\U%08x`, c.r)
		default:
			escape = fmt.Sprintf(`\u%04x`, c.r)
		}
		b.WriteString(s[done:c.at])
		b.WriteString(escape)
		done = c.at + c.size
	}
	b.WriteString(s[done:])
	return b.String()
}

// EscapeJSON writes the hidden characters inside the strings of a JSON
// document as \u escapes. The document holds the same values as before.
func EscapeJSON(doc string) string {
	if Printable(doc, "\n\t") {
		return doc
	}
	var b strings.Builder
	done := 0
	for c := range characters(doc) {
		if c.kind == "" || c.kind == Invalid || c.r < ' ' {
			continue
		}
		b.WriteString(doc[done:c.at])
		if c.r > 0xFFFF {
			v := c.r - 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+v>>10, 0xDC00+v&0x3FF)
		} else {
			fmt.Fprintf(&b, `\u%04x`, c.r)
		}
		done = c.at + c.size
	}
	b.WriteString(doc[done:])
	return b.String()
}

// Printable reports text of printable ASCII, which most text is, and of what
// is kept besides.
func Printable(s, keep string) bool {
	for i := range len(s) {
		if (s[i] < ' ' || s[i] >= 0x7F) && strings.IndexByte(keep, s[i]) < 0 {
			return false
		}
	}
	return true
}

// character is one character, with the kind of those that are hidden. For a
// byte that is not UTF-8, r is the byte.
type character struct {
	r        rune
	at, size int
	kind     Kind
}

// characters yields the control characters and everything that a reader may
// not see.
func characters(s string) iter.Seq[character] {
	return func(yield func(character) bool) {
		t := text{s: s, lineEnd: -1}
		before, before2 := rune(0), rune(0)
		for i := 0; i < len(s); {
			c := character{r: rune(s[i]), at: i, size: 1}
			if c.r >= utf8.RuneSelf {
				if c.r, c.size = utf8.DecodeRuneInString(s[i:]); c.r == utf8.RuneError && c.size == 1 {
					c.r, c.kind = rune(s[i]), Invalid
				}
			}
			if c.r == blackFlag {
				c.size += flagTags(s[i+c.size:])
			}
			i += c.size
			if c.kind == "" && (c.r < ' ' || c.r >= 0x7F) {
				c.kind = t.kind(c, before, before2)
			}
			if (c.kind != "" || c.r < ' ') && !yield(c) {
				return
			}
			before, before2 = c.r, before
		}
	}
}

const blackFlag = 0x1F3F4

// flagTags measures the tags behind a black flag that make it the flag of
// England, Scotland or Wales. No other flag of a region is shown by any system
// that follows UTS 51: its letters would be hidden.
func flagTags(s string) int {
	for _, region := range []string{"gbeng", "gbsct", "gbwls"} {
		n := 0
		for _, c := range []byte(region) {
			r, size := utf8.DecodeRuneInString(s[n:])
			if r != tagBase+rune(c) {
				n = -1
				break
			}
			n += size
		}
		if n > 0 && strings.HasPrefix(s[n:], "\U000E007F") {
			return n + len("\U000E007F")
		}
	}
	return 0
}

const (
	tagBase   = 0xE0000
	nonJoiner = 0x200C
	joiner    = 0x200D
)

// text is a text in which characters are judged.
type text struct {
	s       string
	lineEnd int  // of the line whose direction is known
	rtl     bool // it has letters that are written from right to left
}

// kind is what a hidden character is, or "" for one that is seen, alone or as
// a part of a sequence.
func (t *text) kind(c character, before, before2 rune) Kind {
	r := c.r
	switch {
	case r == '\n' || r == '\t':
		return ""
	case r < ' ' || r >= 0x7F && r <= 0x9F:
		return Control
	case r < 0xAD:
		return ""
	}
	if !ignorable(r) {
		return ""
	}
	after, _ := utf8.DecodeRuneInString(t.s[c.at+c.size:])
	if c.at+c.size == len(t.s) {
		after = 0
	}
	switch {
	case r >= 0xE0000 && r <= 0xE007F:
		return Tag
	case r == joiner || r == nonJoiner:
		if joins(r, before, before2, after) {
			return ""
		}
		return Joiner
	case unicode.Is(unicode.Variation_Selector, r):
		if selects(r, before, after) {
			return ""
		}
		return Selector
	case r == 0x200E, r == 0x200F, r == 0x61C:
		if t.rightToLeft(c.at) && !ignorable(before) && !ignorable(after) {
			return ""
		}
		return Direction
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x206F:
		return Direction
	case r == 0x200B: // between words of scripts that are written without spaces
		if unspaced(before) && unspaced(after) {
			return ""
		}
	case r == 0x034F: // keeps two marks in their order
		if unicode.Is(unicode.Mn, before) && unicode.Is(unicode.Mn, after) && !ignorable(before) && !ignorable(after) {
			return ""
		}
	case r == 0x180E:
		if unicode.Is(unicode.Mongolian, before) && unicode.Is(unicode.Mongolian, after) && !ignorable(before) && !ignorable(after) {
			return ""
		}
	case r == 0x115F:
		if after >= 0x1161 && after <= 0x11A7 {
			return ""
		}
	case r == 0x1160:
		if before >= 0x1100 && before <= 0x115E {
			return ""
		}
	}
	return Other
}

// ignorable reports a character that has no glyph of its own.
func ignorable(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r >= 0x0600 && r <= 0x0605, r == 0x06DD, r == 0x070F, r == 0x0890, r == 0x0891, r == 0x08E2, r == 0x110BD, r == 0x110CD:
		return false // signs that span numbers
	case r >= 0xFFF0 && r <= 0xFFF8, r == 0x2065, r >= 0xE0000 && r <= 0xE0FFF: // and those not yet assigned
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// joins reports a joiner or non-joiner that is part of an emoji (UTS 51), or
// that a script needs (UAX 31): beside a virama, or by letters that join.
func joins(r, before, before2, after rune) bool {
	if r == joiner && pictographic(after) {
		base := before
		if before == 0xFE0F || before >= 0x1F3FB && before <= 0x1F3FF {
			base = before2
		}
		if pictographic(base) {
			return true
		}
	}
	if ignorable(before) || ignorable(after) {
		return false
	}
	switch {
	case virama(before), virama(after) && unicode.IsLetter(before):
		return true
	case r == joiner:
		return cursive(before) || cursive(after)
	}
	return cursive(before) && cursive(after)
}

func virama(r rune) bool {
	return r >= 0x900 && norm.NFC.PropertiesString(string(r)).CCC() == 9
}

// cursive reports letters and marks of scripts whose letters join.
func cursive(r rune) bool {
	if r >= 0x64B && r <= 0x655 || r == 0x670 { // marks of Arabic and Syriac alike
		return true
	}
	return r >= 0x620 && unicode.In(r, unicode.L, unicode.M) && unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko,
		unicode.Mandaic, unicode.Manichaean, unicode.Phags_Pa, unicode.Adlam, unicode.Hanifi_Rohingya, unicode.Sogdian)
}

// unspaced reports scripts that part words by a space without width.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tibetan)
}

// selects reports a variation selector behind a character that has variants.
func selects(r, before, after rune) bool {
	switch {
	case r == 0xFE0F || r == 0xFE0E:
		return pictographic(before) || after == 0x20E3 && strings.ContainsRune("0123456789#*", before)
	case r >= 0x180B && r <= 0x180F:
		return unicode.Is(unicode.Mongolian, before) && unicode.IsLetter(before)
	case r >= 0xE0100 && r <= 0xE011F: // no ideograph has more variants on record
		return unicode.Is(unicode.Han, before)
	case r >= 0xFE00 && r <= 0xFE02 && unicode.Is(unicode.Han, before):
		return true
	case r == 0xFE00:
		return before == '0' || unicode.In(before, unicode.Sm, unicode.Myanmar, unicode.Phags_Pa, unicode.Manichaean) || widePunctuation(before)
	case r == 0xFE01:
		return widePunctuation(before)
	}
	return false
}

func widePunctuation(r rune) bool {
	return strings.ContainsRune("、。！，．：；？‘’“”", r)
}

// pictographic reports a character that an emoji may begin with or be joined
// from. The segmentation of grapheme clusters joins no other over a joiner.
func pictographic(r rune) bool {
	if r < 0xA9 {
		return false
	}
	probe := "❤\u200d" + string(r)
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(probe, -1)
	return len(cluster) == len(probe) && !unicode.In(r, unicode.M, unicode.Cf) && (r < 0x1F3FB || r > 0x1F3FF) && !ignorable(r)
}

// rightToLeft reports whether the line around a place has letters that are
// written from right to left.
func (t *text) rightToLeft(at int) bool {
	if at < t.lineEnd {
		return t.rtl
	}
	start := strings.LastIndexByte(t.s[:at], '\n') + 1
	t.lineEnd = len(t.s)
	if n := strings.IndexByte(t.s[at:], '\n'); n >= 0 {
		t.lineEnd = at + n
	}
	t.rtl = strings.ContainsFunc(t.s[start:t.lineEnd], func(r rune) bool {
		if r < 0x590 || ignorable(r) {
			return false
		}
		p, _ := bidi.LookupRune(r)
		return p.Class() == bidi.R || p.Class() == bidi.AL
	})
	return t.rtl
}

// Tags spells the ASCII letters that the tag letters of a text stand for.
func Tags(s string) string {
	return strings.Map(func(r rune) rune {
		if r > tagBase+' ' && r < tagBase+0x7F {
			return r - tagBase
		}
		if r == tagBase+' ' {
			return ' '
		}
		return -1
	}, s)
}
