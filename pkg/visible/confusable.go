package visible

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// lookalikes pairs letters of Cyrillic, Greek and Armenian with the small
// Latin letters that they can't be told from in common fonts.
const lookalikes = "аaеeоoрpсcуyхxіiјjѕsԁdԛqԝwһhӏlАaВbЕeЗ3КkМmНhОoРpСcТtУyХxІiЈjЅsкkмmтt" +
	"αaοoρpνvιiκkυuΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧxօoսuոnցgհhѕsⅼlΙi"

// Skeleton folds a text to small letters in which look-alikes are equal: the
// compatibility forms of Unicode (full width, mathematical letters), letters of
// other scripts that look Latin, and hidden characters, which are left out. It
// is for comparing, not for showing. changed reports that more than the case
// was folded.
func Skeleton(s string) (skeleton string, changed bool) {
	small := strings.ToLower(s)
	var b strings.Builder
	done := 0
	for h := range Hidden(s) {
		b.WriteString(s[done:h.Offset])
		done = h.Offset + h.Length
	}
	b.WriteString(s[done:])
	skeleton = strings.Map(func(r rune) rune {
		if r < 0x370 {
			return r
		}
		if at := strings.IndexRune(lookalikes, r); at >= 0 {
			return rune(lookalikes[at+len(string(r))])
		}
		return r
	}, norm.NFKC.String(b.String()))
	skeleton = strings.ToLower(skeleton)
	return skeleton, skeleton != strings.ToLower(norm.NFC.String(small))
}
