package spec

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// DidYouMean returns the accepted word that a mistyped one was probably meant
// to be, or "". A word that differs only in case, hyphens or underscores
// always counts; otherwise a third of its characters may be wrong.
func DidYouMean(word string, accepted []string) string {
	if word == "" || len(word) > 100 {
		return ""
	}
	fold := strings.NewReplacer("_", "", "-", "", " ", "")
	plain := fold.Replace(strings.ToLower(word))
	best, least := "", 0
	for _, a := range accepted {
		other := fold.Replace(strings.ToLower(a))
		if other == plain {
			return a
		}
		distance := levenshtein.Distance(plain, other, nil)
		if distance == 2 && sameLetters(plain, other) {
			distance = 1 // two letters changed places
		}
		if distance > max(1, min(len(plain), len(other))/3) || min(len(plain), len(other)) < 3 {
			continue
		}
		if best == "" || distance < least || distance == least && a < best {
			best, least = a, distance
		}
	}
	return best
}

func sameLetters(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
