package diff

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/charsync/charsync/pkg/diff/prose"
	"github.com/charsync/charsync/pkg/spec"
)

// Keeping says what a provider made of a value that was written, as reading
// it back shows.
type Keeping string

// The ways of keeping a value. The first two are fine; the next three mean
// that words were lost or doubled, and fail the character.
const (
	KeptEqual      Keeping = "equal"
	KeptNormalised Keeping = "normalised" // the same words in another form: recorded, not repeated
	KeptTruncated  Keeping = "truncated"  // only the beginning is there
	KeptDropped    Keeping = "dropped"    // the value before is still there, or nothing at all
	KeptAppended   Keeping = "appended"   // the value before is still there beside the new one
	KeptAltered    Keeping = "altered"    // something else is there
)

// Fine reports that the words that were written are there.
func (k Keeping) Fine() bool { return k == KeptEqual || k == KeptNormalised }

// Kept compares what was read back after a write with what was sent and with
// what was there before; a nil before means that nothing was there.
func Kept(r Rule, wanted, before, got any) Keeping {
	if r.Equal(wanted, got) {
		return KeptEqual
	}
	w, b, g := r.Canonical(wanted), r.Canonical(before), r.Canonical(got)
	written := !r.Equal(wanted, before)
	switch {
	case sameForm(w, g):
		return KeptNormalised
	case g == nil:
		return KeptDropped
	case w == nil && Digest(b) == Digest(g):
		return KeptDropped
	case w == nil:
		return KeptAltered
	}
	if written && b != nil && Digest(b) == Digest(g) {
		return KeptDropped
	}
	if k := keptKind(r, w, b, g); k != KeptAltered {
		return k
	}
	if r.Rewrites {
		return KeptNormalised
	}
	return KeptAltered
}

func keptKind(r Rule, wanted, before, got any) Keeping {
	switch w := wanted.(type) {
	case string:
		if g, ok := got.(string); ok {
			b, _ := before.(string)
			return keptText(w, b, g)
		}
	case []any:
		if g, ok := got.([]any); ok {
			b, _ := before.([]any)
			return keptList(r.Kind, w, b, g)
		}
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			b, _ := before.(map[string]any)
			return keptMapping(w, b, g)
		}
	}
	return KeptAltered
}

// sameForm reports that two values say the same but for white space, the
// Unicode form, number noise, and null against a false.
func sameForm(wanted, got any) bool {
	switch w := wanted.(type) {
	case string:
		switch g := got.(type) {
		case string:
			return squeeze(w) == squeeze(g)
		case float64, json.Number, bool:
			return sameForm(got, wanted)
		}
	case float64, json.Number:
		switch g := got.(type) {
		case float64, json.Number:
			return sameFigure(w, g)
		case string:
			n, ok := spec.Number(strings.TrimSpace(g))
			return ok && spec.CompareNumbers(w, n) == 0
		}
	case bool:
		switch g := got.(type) {
		case nil:
			return !w
		case string:
			return strings.EqualFold(g, strconv.FormatBool(w))
		}
	}
	return false
}

// sameFigure reports two numbers that are one in the digits that a service
// with floating point keeps, of 64 bits or 32. A whole number counts what it
// counts, to the last digit: it may be an id.
func sameFigure(wanted, got any) bool {
	w, _ := spec.Float(wanted)
	g, _ := spec.Float(got)
	if spec.Whole(wanted) || math.IsInf(w, 0) || math.IsInf(g, 0) {
		return spec.CompareNumbers(wanted, got) == 0
	}
	return w == g || math.Abs(w-g) <= 1e-6*math.Max(math.Abs(w), math.Abs(g))
}

// squeeze folds compatibility forms and white space, and drops what nobody
// sees.
func squeeze(s string) string {
	s = strings.Map(func(r rune) rune {
		if prose.Invisible(r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(norm.NFKC.String(s)), " ")
}

func foldCase(s string) string { return cases.Fold().String(squeeze(s)) }

func keptText(wanted, before, got string) Keeping {
	w, b, g := foldCase(wanted), foldCase(before), foldCase(got)
	cut := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(g, "…"), "..."), " ")
	switch {
	case w == g:
		return KeptNormalised
	case cut != "" && len(cut) < len(w) && strings.HasPrefix(w, cut):
		return KeptTruncated
	case b != "" && w != "" && grown(w, b, g):
		return KeptAppended
	}
	return KeptAltered
}

// grown reports that got holds the text before and the text wanted, one after
// the other.
func grown(wanted, before, got string) bool {
	return strings.HasSuffix(got, wanted) && strings.Contains(got[:len(got)-len(wanted)], before) ||
		strings.HasPrefix(got, wanted) && strings.Contains(got[len(wanted):], before)
}

func keptList(kind Kind, wanted, before, got []any) Keeping {
	w, b, g := elementKeys(wanted), elementKeys(before), elementKeys(got)
	switch {
	case slices.Equal(sortedKeys(w), sortedKeys(g)):
		return KeptNormalised
	case len(g) < len(w) && (slices.Equal(w[:len(g)], g) || kind == Set && contains(w, g)):
		return KeptTruncated
	case contains(g, w) && contains(g, b) && !contains(w, b) && contains(slices.Concat(w, b), g):
		return KeptAppended
	}
	return KeptAltered
}

// elementKeys folds elements to texts that can be compared.
func elementKeys(list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		if s, ok := v.(string); ok {
			out[i] = "s" + foldCase(s)
		} else {
			out[i] = "v" + Digest(v)
		}
	}
	return out
}

func sortedKeys(keys []string) []string { return slices.Compact(slices.Sorted(slices.Values(keys))) }

func contains(all, some []string) bool {
	for _, s := range some {
		if !slices.Contains(all, s) {
			return false
		}
	}
	return true
}

// keptMapping looks entry by entry: entries of before beside all that was
// wanted mean that the provider merged; entries of its own do no harm.
func keptMapping(wanted, before, got map[string]any) Keeping {
	worst := KeptNormalised
	for key, w := range wanted {
		if k := Kept(Rule{}, w, before[key], got[key]); !k.Fine() {
			worst = worse(worst, k)
		}
	}
	if worst != KeptNormalised {
		return worst
	}
	for key, g := range got {
		if _, ok := wanted[key]; !ok && before[key] != nil && Digest(before[key]) == Digest(g) {
			return KeptAppended
		}
	}
	return KeptNormalised
}

// worse makes several findings one: unlike ones together are an alteration.
func worse(a, b Keeping) Keeping {
	if a == KeptNormalised || a == b {
		return b
	}
	return KeptAltered
}
