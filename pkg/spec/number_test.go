package spec

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestNumber: a float64 where that holds the very figure, else the figure as
// it was written, in JSON's spelling.
func TestNumber(t *testing.T) {
	for _, c := range []struct {
		written string
		want    any
	}{
		{"0", 0.0},
		{"-0", 0.0},
		{"3", 3.0},
		{"1.0", 1.0},
		{"0.1", 0.1},
		{"+5", 5.0},
		{".5", 0.5},
		{"5.", 5.0},
		{"1e3", 1000.0},
		{"9007199254740991", 9007199254740991.0},
		{"9007199254740992", 9007199254740992.0},
		{"9007199254740993", json.Number("9007199254740993")},
		{"-9007199254740993", json.Number("-9007199254740993")},
		{"+9007199254740993", json.Number("9007199254740993")},
		{"9007199254740993.0", json.Number("9007199254740993.0")},
		{"1152921504606846976", json.Number("1152921504606846976")}, // 2^60: a float64 holds it and prints other digits
		{"0.1234567890123456", 0.1234567890123456},
		{"0.12345678901234567", json.Number("0.12345678901234567")}, // the nearest float64 prints as …566
		{"0.123456789012345678", json.Number("0.123456789012345678")},
		{".123456789012345678", json.Number("0.123456789012345678")},
		{"-.123456789012345678", json.Number("-0.123456789012345678")},
		{"1234567890123456789.", json.Number("1234567890123456789")},
		{"1234567890123456789.e2", json.Number("1234567890123456789e2")},
		{"1e400", json.Number("1e400")},
		{"1e-400", json.Number("1e-400")},
		{"0e999999999999", 0.0},
		{"1e999999999999999999999", json.Number("1e999999999999999999999")},
	} {
		got, ok := Number(c.written)
		if !ok || got != c.want {
			t.Errorf("%s: %#v %v, want %#v", c.written, got, ok, c.want)
		}
		if n, exact := got.(json.Number); exact && !json.Valid([]byte(n)) {
			t.Errorf("%s: %s is not JSON", c.written, n)
		}
	}
	for _, s := range []string{"", "-", ".", "e3", "1e", "1e+", "01", "0x1F", "1_000", "1 ", "NaN", "Infinity", "12:30"} {
		if got, ok := Number(s); ok {
			t.Errorf("%q is the number %v", s, got)
		}
	}
}

// TestCompareNumbers: numbers compare by what they are worth, however they
// are spelled and held.
func TestCompareNumbers(t *testing.T) {
	ascending := []any{
		json.Number("-1e400"), json.Number("-9007199254740993"), -9007199254740992.0, -1.0, json.Number("-1e-400"), 0.0,
		json.Number("1e-400"), 0.1, json.Number("0.10000000000000000000001"), 1.0, json.Number("1.00000000000000000000001"), 10.0,
		9007199254740992.0, json.Number("9007199254740993"), json.Number("9007199254740993.5"), json.Number("1e400"),
		json.Number("1e999999999999999999999"),
	}
	for i, a := range ascending {
		for j, b := range ascending {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := CompareNumbers(a, b); got != want {
				t.Errorf("%v against %v: %d, want %d", a, b, got, want)
			}
		}
	}
	for _, same := range [][2]any{
		{json.Number("9007199254740993"), json.Number("9.007199254740993e15")},
		{json.Number("9007199254740993"), json.Number("90071992547409930e-1")},
		{json.Number("3.0"), 3.0},
		{json.Number("-0.0"), 0.0},
	} {
		if CompareNumbers(same[0], same[1]) != 0 || CanonicalNumber(same[0]) != CanonicalNumber(same[1]) {
			t.Errorf("%v is not %v: %#v %#v", same[0], same[1], CanonicalNumber(same[0]), CanonicalNumber(same[1]))
		}
	}
}

// TestNumberProperties holds numbers against math/big.
func TestNumberProperties(t *testing.T) {
	figure := rapid.Custom(func(t *rapid.T) string {
		digits := func(name string, most int) string {
			return rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), 1, most, -1).Draw(t, name)
		}
		s := rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign")
		whole := strings.TrimLeft(digits("whole", 30), "0")
		if whole == "" {
			whole = "0"
		}
		s += whole
		if rapid.Bool().Draw(t, "has a fraction") {
			s += "." + digits("fraction", 30)
		}
		if rapid.Bool().Draw(t, "has an exponent") {
			s += rapid.SampledFrom([]string{"e", "E", "e+", "e-"}).Draw(t, "e") + digits("exponent", 2)
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := figure.Draw(t, "a"), figure.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		v, _ := Number(a)
		w, _ := Number(b)
		if got := CompareNumbers(v, w); got != x.Cmp(y) {
			t.Fatalf("%s against %s: %d, want %d", a, b, got, x.Cmp(y))
		}
		if (CanonicalNumber(v) == CanonicalNumber(w)) != (x.Cmp(y) == 0) {
			t.Fatalf("%s and %s: %v and %v", a, b, CanonicalNumber(v), CanonicalNumber(w))
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if back, _ := new(big.Rat).SetString(string(data)); back == nil || back.Cmp(x) != 0 {
			t.Fatalf("%s is sent as %s", a, data)
		}
		c, err := json.Marshal(CanonicalNumber(v))
		if err != nil {
			t.Fatal(err)
		}
		if back, _ := new(big.Rat).SetString(string(c)); back == nil || back.Cmp(x) != 0 {
			t.Fatalf("the canonical form of %s is %s", a, c)
		}
	})
}

func TestNumbersInside(t *testing.T) {
	in := map[string]any{"n": json.Number("0.42"), "list": []any{json.Number("3"), "x", nil, json.Number("9007199254740993")}, "i": 7}
	want := map[string]any{"n": 0.42, "list": []any{3.0, "x", nil, json.Number("9007199254740993")}, "i": 7.0}
	if d := cmp.Diff(any(want), Numbers(in)); d != "" {
		t.Error(d)
	}
}
