package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// runeKind sorts characters for the fast path of words.
type runeKind uint8

const (
	complexRune runeKind = iota // left to Unicode's segmentation
	letterRune
	markRune // punctuation and symbols that stand alone
	spaceRune
	breakRune // line feed
	hanRune   // ideographs and hiragana: a word each
)

func kindOf(r rune) runeKind {
	if r < utf8.RuneSelf {
		return runeKind(asciiKinds[r] - '0')
	}
	return farKind(r)
}

// asciiKinds has the kind of each ASCII character as a digit.
const asciiKinds = "0000000003400000" + "0000000000000000" +
	"3222222222222222" + "1111111111222222" +
	"2111111111111111" + "1111111111122221" +
	"2111111111111111" + "1111111111122220"

func farKind(r rune) runeKind {
	switch {
	case r >= 0xC0 && r <= 0x24F && r != 0xD7 && r != 0xF7,
		r >= 0x386 && r <= 0x3FF && unicode.IsLetter(r),
		r >= 0x400 && r <= 0x481, r >= 0x48A && r <= 0x52F:
		return letterRune
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3041 && r <= 0x3096, r >= 0x3400 && r <= 0x4DBF:
		return hanRune
	case r == 0xAB, r == 0xBB, r == 0xA1, r == 0xBF, r >= 0x2010 && r <= 0x2027,
		r >= 0x3001 && r <= 0x3003, r >= 0x3008 && r <= 0x3011, r >= 0xFF01 && r <= 0xFF0F, r == 0xFF1A, r == 0xFF1F:
		return markRune
	}
	return complexRune
}

// splitWords cuts a text into words, runs of space and single marks. It cuts
// between grapheme clusters only; the parts spell the text.
func splitWords(s string) []string { return appendWords(nil, s) }

// appendWords appends what splitWords gives to out.
func appendWords(out []string, s string) []string {
	for s != "" {
		n := fastWord(s)
		if n == 0 {
			n = slowWord(s)
		}
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

// fastWord measures the first word where plain rules are enough, and returns
// 0 where a character is involved that may join its neighbours.
func fastWord(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	kind := kindOf(r)
	if kind == complexRune {
		if strings.HasPrefix(s, "\r\n") {
			return 2
		}
		return 0
	}
	for n < len(s) {
		next, size := rune(s[n]), 1
		if next >= utf8.RuneSelf {
			next, size = utf8.DecodeRuneInString(s[n:])
		}
		nextKind := kindOf(next)
		switch {
		case nextKind == complexRune:
			if next == '\r' {
				return n
			}
			return 0
		case kind == letterRune && nextKind == letterRune, kind == spaceRune && nextKind == spaceRune:
			n += size
		case kind == letterRune && joinsLetters(next) && letterAt(s[n+size:]):
			n += size
		default:
			return n
		}
	}
	return n
}

func joinsLetters(r rune) bool { return r == '\'' || r == '’' }

func letterAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && kindOf(r) == letterRune
}

// slowWord measures the first word by Unicode's rules, in whole clusters.
func slowWord(s string) int {
	n, state := 0, -1
	for rest := s; rest != ""; {
		var cluster string
		var boundaries int
		cluster, rest, boundaries, state = uniseg.StepString(rest, state)
		n += len(cluster)
		if boundaries&uniseg.MaskWord != 0 {
			break
		}
	}
	return n
}

// weight says how much a word counts when it is weighed what two texts have in
// common: nothing for space and marks, one for an ideograph, two for a word.
func weight(word string) int {
	r, size := utf8.DecodeRuneInString(word)
	switch kindOf(r) {
	case letterRune:
		return 2
	case hanRune:
		return 1
	case complexRune:
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || Invisible(r):
			return 0
		case size == len(word) || !unicode.IsLetter(r):
			return 1
		}
		return 2
	}
	return 0
}

// Invisible reports a character that has no width and joins nothing: a soft
// hyphen, a zero-width space, a word joiner, a byte order mark, or one of the
// three marks of direction. Compare treats it as white space.
func Invisible(r rune) bool {
	switch r {
	case 0xAD, 0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x61C:
		return true
	}
	return false
}

// foldSpace is the form in which two lines are the same but for white space,
// invisible characters and the Unicode form.
func foldSpace(s string) string {
	if plain(s) {
		return strings.Trim(s, " \r\n")
	}
	return folded(s)
}

func folded(s string) string {
	s = strings.Map(func(r rune) rune {
		if Invisible(r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// plain reports that folding would only trim: no tab, no double space, and no
// character but such as have one form alone.
func plain(s string) bool {
	s = strings.TrimRight(s, "\r\n")
	if strings.Contains(s, "  ") {
		return false
	}
	for i := 0; i < len(s); {
		if s[i]-' ' < 0x7F-' ' { // the visible ones of ASCII, and space
			i++
			continue
		}
		if s[i] < utf8.RuneSelf {
			return false
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if kindOf(r) == complexRune {
			return false
		}
		i += size
	}
	return true
}

// sameWords reports that two texts differ in nothing but what foldSpace folds.
func sameWords(before, after string) bool {
	b, a := before, after
	for {
		b, a = strings.TrimLeftFunc(b, spaceOrInvisible), strings.TrimLeftFunc(a, spaceOrInvisible)
		if b == "" || a == "" || b[0] >= utf8.RuneSelf || a[0] >= utf8.RuneSelf {
			return foldSpace(before) == foldSpace(after)
		}
		if b[0] != a[0] {
			return false
		}
		b, a = b[1:], a[1:]
	}
}

func spaceOrInvisible(r rune) bool { return unicode.IsSpace(r) || Invisible(r) }
