package apply

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plainLatin takes the accents off letters and spells out those that are
// letters of their own, so that names keep their words.
func plainLatin(s string) string {
	spelled := strings.NewReplacer(
		"ß", "ss", "ẞ", "ss", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ø", "o", "Ø", "o",
		"đ", "d", "Đ", "d", "ð", "d", "Ð", "d", "þ", "th", "Þ", "th", "ł", "l", "Ł", "l", "ı", "i",
	)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(spelled.Replace(s)))
}
