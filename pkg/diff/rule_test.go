package diff

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEqualModuloWhatEveryProviderDoes(t *testing.T) {
	list := func(v ...any) []any { return v }
	object := func(kv ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return m
	}
	for _, c := range []struct {
		name  string
		kind  Kind
		a, b  any
		equal bool
	}{
		// whitespace-is-its-own-class
		{"line ends", Text, "a\r\nb", "a\nb", true},
		{"line ends at the end", Text, "a\nb", "a\nb\n\n", true},
		{"line ends at the end, mixed", Text, "a\r\n\n\r\n", "a", true},
		{"carriage returns before a line end", Text, "a\r\r\nb", "a\nb", true},
		{"a lone carriage return counts", Text, "a\rb", "a\nb", false},
		{"trailing spaces count", Text, "a ", "a", false},
		{"leading line ends count", Text, "\na", "a", false},
		{"double spaces count", Text, "a  b", "a b", false},
		{"Unicode forms count", Text, "e\u0301", "é", false},
		{"case counts", Text, "Mira", "mira", false},
		{"enums keep their ends", Enum, "a\n", "a", false},
		{"case of enums counts", Enum, "PUBLIC", "public", false},
		// empty-null-absent-default
		{"empty text is null", Text, "", nil, true},
		{"a line end is null", Text, "\r\n", nil, true},
		{"a space is not", Text, " ", nil, false},
		{"empty enum is null", Enum, "", nil, true},
		{"empty list is null", List, list(), nil, true},
		{"empty set is null", Set, list(), nil, true},
		{"empty mapping is null", Object, object(), nil, true},
		{"mapping of empties is null", Object, object("a", "", "b", nil, "c", list()), nil, true},
		{"false is not null", Bool, false, nil, false},
		{"zero is not null", Number, 0.0, nil, false},
		{"a list of an empty text is not", List, list(""), nil, false},
		{"the word null is a text", Text, "null", nil, false},
		{"the word empty is a text", Text, "empty", nil, false},
		// numbers
		{"noise is a vendor's matter", Number, 0.42, 0.41999999, false},
		{"sixth place", Number, 0.42, 0.420001, false},
		{"integers", Number, 3, 3.0, true},
		{"64 bits", Number, int64(3), 3.0, true},
		{"as JSON has them", Number, json.Number("3.0"), 3.0, true},
		{"beyond floating point", Number, json.Number("9007199254740993"), 9007199254740992.0, false},
		{"beyond floating point, as JSON has them", Number, json.Number("9007199254740993"), json.Number("9.007199254740993e15"), true},
		{"64 bits, all of them", Number, int64(9007199254740993), json.Number("9007199254740993"), true},
		{"long decimals", Number, json.Number("0.1234567890123456789"), json.Number("0.123456789012345678"), false},
		{"long decimals and zeros", Number, json.Number("0.12345678901234567890"), json.Number("0.1234567890123456789"), true},
		{"negative zero", Number, math.Copysign(0, -1), 0.0, true},
		{"large", Number, 1e300, 1e300, true},
		{"large and different", Number, 1e300, 2e300, false},
		{"a number is not its text", Number, 3.0, "3", false},
		// lists and sets
		{"order of a list", List, list("a", "b"), list("b", "a"), false},
		{"order of a set", Set, list("a", "b"), list("b", "a"), true},
		{"repetitions in a set", Set, list("a", "b", "a"), list("a", "b"), true},
		{"repetitions in a list", List, list("a", "a"), list("a"), false},
		{"sets of numbers", Set, list(2.0, 1.0), list(1.0, 2.0), true},
		{"sets of mappings", Set, list(object("a", 1.0), object("b", 2.0)), list(object("b", 2.0), object("a", 1.0)), true},
		{"line ends inside lists", List, list("a\r\nb"), list("a\nb"), true},
		// mappings
		{"null entry", Object, object("a", "x", "b", nil), object("a", "x"), true},
		{"empty entry", Object, object("a", "x", "b", ""), object("a", "x"), true},
		{"noise inside", Object, object("a", 0.1), object("a", 0.1+1e-9), false},
		{"spellings inside", Objects, list(object("a", json.Number("1.50"))), list(object("a", 1.5)), true},
		{"false entry", Object, object("a", "x", "b", false), object("a", "x"), false},
		{"nested", Objects, list(object("a", object("b", "x\r\n"))), list(object("a", object("b", "x"))), true},
		{"order of objects", Objects, list(object("a", 1.0), object("b", 2.0)), list(object("b", 2.0), object("a", 1.0)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Rule{Kind: c.kind}
			if got := r.Equal(c.a, c.b); got != c.equal {
				t.Errorf("%s: Equal(%#v, %#v) = %v", c.kind, c.a, c.b, got)
			}
		})
	}
}

func TestCanonIsAppliedOnTopOfTheKind(t *testing.T) {
	r := Rule{Kind: Enum, Canon: func(v any) any { return strings.ToLower(v.(string)) }}
	if !r.Equal("PUBLIC", "public") {
		t.Error("the vendor's own rewriting does not count")
	}
	if r.Canonical("") != nil {
		t.Error("Canon was asked about an empty value, or an empty value is not nil")
	}
	trim := Rule{Kind: Text, Canon: func(v any) any { return strings.TrimSpace(v.(string)) }}
	if trim.Canonical("  \n") != nil {
		t.Error("what Canon empties is not nil")
	}
}

func TestRounded(t *testing.T) {
	r := Rule{Kind: Number, Canon: Rounded(6)}
	for _, c := range []struct {
		a, b  any
		equal bool
	}{
		{0.42, 0.41999998688697815, true},
		{0.42, 0.420001, false},
		{json.Number("0.1234567890123456789"), 0.123457, true},
		{json.Number("9007199254740993"), 9007199254740992.0, false},
		{1e300, 2e300, false},
	} {
		if r.Equal(c.a, c.b) != c.equal {
			t.Errorf("%v and %v: equal %v, want %v", c.a, c.b, !c.equal, c.equal)
		}
	}
}

// TestCanonicalIsStable: canonical values are their own canonical form, the
// digest does not depend on how often it was taken, and nothing is changed in
// place.
func TestCanonicalIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyValue(3).Draw(t, "value")
		kind := rapid.SampledFrom([]Kind{Text, Enum, Number, Bool, List, Set, Object, Objects}).Draw(t, "kind")
		r := Rule{Kind: kind}
		was := Digest(v)
		once := r.Canonical(v)
		if Digest(v) != was {
			t.Fatalf("Canonical changed its argument to %#v", v)
		}
		if twice := r.Canonical(once); Digest(once) != Digest(twice) {
			t.Fatalf("%s: canonical form of %#v is %#v, and of that %#v", kind, v, once, twice)
		}
	})
}

// hardText draws text that folding and normal forms are likely to get wrong.
func hardText(t *rapid.T, label string) string {
	parts := []string{
		"a", "the", "don't", "e\u0301", "n\u0303", " ", "  ", "\t", "\n", "\r\n", "\r", "…", "“", "狐", "です", "한국어",
		"\u1112\u1161\u11ab", "مرحبا", "\u200f", "\u0301", "\u200d", "\ufe0f", "\u200b", "\ufeff", "\xff", "\x00", "3.14", "{{char}}: ",
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 60).Draw(t, label), "")
}

// anyValue draws what a Doc may hold.
func anyValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		top := 6
		if depth == 0 {
			top = 3
		}
		switch rapid.IntRange(0, top).Draw(t, "type") {
		case 0:
			return nil
		case 1:
			return hardText(t, "text")
		case 2:
			if rapid.Bool().Draw(t, "long") {
				return json.Number(rapid.StringMatching(`-?[1-9][0-9]{0,25}(\.[0-9]{1,25})?([eE][-+]?[0-9]{1,3})?`).Draw(t, "figure"))
			}
			return rapid.Float64Range(-1e9, 1e9).Draw(t, "number")
		case 3:
			return rapid.Bool().Draw(t, "bool")
		case 4, 5:
			return rapid.SliceOfN(anyValue(depth-1), 0, 4).Draw(t, "list")
		}
		return rapid.MapOfN(rapid.SampledFrom([]string{"id", "name", "text", "x"}), anyValue(depth-1), 0, 4).Draw(t, "mapping")
	})
}
