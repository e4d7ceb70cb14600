package diff

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Kind says what a field's values are, for comparing and for showing them.
type Kind string

// The kinds of fields.
const (
	Text    Kind = "text"    // prose; line ends and trailing ones do not count
	Enum    Kind = "enum"    // a word from a closed set, or an identifier; compared to the letter
	Number  Kind = "number"  // compared by what they are worth, however they are spelled
	Bool    Kind = "bool"    //
	List    Kind = "list"    // strings whose order counts
	Set     Kind = "set"     // strings whose order does not count
	Object  Kind = "object"  // a mapping, compared as a whole
	Objects Kind = "objects" // a list of mappings, in order, compared as a whole
)

// Rule is what the comparison must know of one field.
type Rule struct {
	Path  spec.Path
	Kind  Kind
	Fixed bool          // set at creation only: a change means replacing the character
	Canon func(any) any // the vendor's own rewriting, on top of what the kind does; may be nil
	// Rewrites: the vendor may answer another value than was sent (a resolved
	// alias); that is recorded, and no error.
	Rewrites bool
}

// Canonical returns the form of v in which two values are compared, and whose
// digest is stored. Empty texts, lists and mappings are nil, and so are
// entries of mappings that are empty. It does not change v.
func (r Rule) Canonical(v any) any {
	v = r.Kind.canonical(v)
	if r.Canon != nil && v != nil {
		v = r.Kind.canonical(r.Canon(v))
	}
	return v
}

// Equal is the one comparison of two values of a field: their digests.
func (r Rule) Equal(a, b any) bool { return r.Digest(a) == r.Digest(b) }

// Digest fingerprints the canonical form of v.
func (r Rule) Digest(v any) string { return Digest(r.Canonical(v)) }

func (k Kind) canonical(v any) any {
	switch v := v.(type) {
	case string:
		if k == Text {
			v = canonicalText(v)
		}
		return nilIfEmpty(v)
	case []any:
		if len(v) == 0 {
			return nil
		}
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = canonicalInside(e)
		}
		if k == Set {
			return sortedSet(list)
		}
		return list
	case map[string]any:
		return canonicalMapping(v)
	}
	return canonicalScalar(v)
}

// canonicalInside is for values inside lists and mappings, whose kind no rule
// says: texts lose the same as a field of text does.
func canonicalInside(v any) any {
	if s, ok := v.(string); ok {
		return canonicalText(s) // an element that is "" stays one: it has a place
	}
	return List.canonical(v)
}

func canonicalMapping(m map[string]any) any {
	out := make(map[string]any, len(m))
	for key, v := range m {
		v = canonicalInside(v)
		if s, ok := v.(string); ok {
			v = nilIfEmpty(s)
		}
		if v != nil {
			out[key] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// canonicalScalar gives numbers of the same worth one value; see
// spec.CanonicalNumber.
func canonicalScalar(v any) any {
	switch v := v.(type) {
	case float64:
		return v + 0 // a negative zero is zero
	case int:
		return float64(v)
	case int64:
		return spec.CanonicalNumber(json.Number(strconv.FormatInt(v, 10)))
	}
	return spec.CanonicalNumber(v)
}

// Rounded is the rewriting of a vendor that keeps numbers to so many decimal
// places, as a Canon. Where a float64 has none left, nothing is rounded.
func Rounded(places int) func(any) any {
	unit := math.Pow10(places)
	return func(v any) any {
		f, ok := spec.Float(v)
		if !ok || math.Abs(f) >= 1<<53 {
			return v
		}
		return math.Round(f*unit) / unit
	}
}

// canonicalText makes line ends line feeds and drops those at the end.
func canonicalText(s string) string {
	if strings.Contains(s, "\r") {
		var b strings.Builder
		for line := range strings.Lines(s) {
			text, ended := strings.CutSuffix(line, "\n")
			if ended {
				text = strings.TrimRight(text, "\r") + "\n"
			}
			b.WriteString(text)
		}
		s = b.String()
	}
	return strings.TrimRight(s, "\r\n")
}

func nilIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// sortedSet sorts by what the elements are in JSON and drops repetitions.
func sortedSet(list []any) any {
	type element struct {
		key   string
		value any
	}
	elements := make([]element, len(list))
	for i, v := range list {
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte("invalid")
		}
		elements[i] = element{string(b), v}
	}
	slices.SortFunc(elements, func(a, b element) int { return strings.Compare(a.key, b.key) })
	elements = slices.CompactFunc(elements, func(a, b element) bool { return a.key == b.key })
	out := make([]any, len(elements))
	for i, e := range elements {
		out[i] = e.value
	}
	return out
}
