package diff

import (
	"math"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/spec"
)

// Kind says what a field's values are, for comparing and for showing them.
type Kind string

// The kinds of fields.
const (
	Text    Kind = "text"    // prose; line ends and trailing ones do not count
	Enum    Kind = "enum"    // a word from a closed set, or an identifier; compared to the letter
	Number  Kind = "number"  // compared to six decimal places
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
}

// Canonical returns the form of v in which two values are compared, and whose
// digest is stored. Empty texts, lists and mappings are nil. It does not
// change v.
func (r Rule) Canonical(v any) any {
	v = r.Kind.canonical(v)
	if r.Canon != nil && v != nil {
		v = r.Kind.canonical(r.Canon(v))
	}
	return v
}

// Equal is the one comparison of two values of a field.
func (r Rule) Equal(a, b any) bool { return cmp.Equal(r.Canonical(a), r.Canonical(b)) }

// Digest fingerprints the canonical form of v.
func (r Rule) Digest(v any) string { return Digest(r.Canonical(v)) }

func (k Kind) canonical(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return k.canonicalString(v)
	case float64:
		return math.Round(v*1e6) / 1e6
	case []any:
		if len(v) == 0 {
			return nil
		}
		if k == Set {
			return sortedSet(v)
		}
		return v
	case map[string]any:
		if len(v) == 0 {
			return nil
		}
		return v
	}
	return v
}

func (k Kind) canonicalString(s string) any {
	if k == Text {
		if strings.Contains(s, "\r") {
			s = strings.ReplaceAll(s, "\r\n", "\n")
		}
		s = strings.TrimRight(s, "\n")
	}
	if s == "" {
		return nil
	}
	return s
}

// sortedSet sorts strings and drops repetitions; other elements keep their
// order after the strings.
func sortedSet(list []any) any {
	words := make([]string, 0, len(list))
	var rest []any
	for _, e := range list {
		if s, ok := e.(string); ok {
			words = append(words, s)
		} else {
			rest = append(rest, e)
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	out := make([]any, 0, len(words)+len(rest))
	for _, w := range words {
		out = append(out, w)
	}
	return append(out, rest...)
}
