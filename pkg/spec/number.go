package spec

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Number gives a decimal number, in JSON's spelling or in YAML's, the form in
// which values hold it: a float64 where that prints as the very same figure,
// else a json.Number as it was spelled. It reports false for what is no
// decimal number.
func Number(s string) (any, bool) {
	if s == "" || !number(s) {
		return nil, false
	}
	d := decimalOf(s)
	if f, err := strconv.ParseFloat(s, 64); err == nil && decimalOf(strconv.FormatFloat(f, 'e', -1, 64)) == d {
		return f + 0, true // a negative zero is zero
	}
	return json.Number(jsonSpelling(s)), true
}

// Numbers gives a value as JSON decodes it, with json.Number, the form in
// which values hold numbers; see Number. It does not change v.
func Numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, ok := Number(string(v)); ok {
			return n
		}
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = Numbers(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = Numbers(e)
		}
		return out
	}
	return v
}

// IsNumber reports whether a value is a number.
func IsNumber(v any) bool {
	switch v.(type) {
	case float64, json.Number:
		return true
	}
	return false
}

// maxFigure bounds the digits of a number in a manifest, and its power of ten.
const maxFigure = 1000

// Plausible reports a number that a manifest can hold: one of at most a
// thousand digits, before its point and behind it. What isn't is read as text.
func Plausible(v any) bool {
	d := decimalOf(Figure(v))
	return d.beyond == "" && len(d.digits) <= maxFigure && d.order() <= maxFigure && d.power >= -maxFigure
}

// CanonicalNumber gives numbers of the same worth the same value: a float64
// where that prints as the very same figure, else a json.Number that is
// spelled in one way alone. Other values stay as they are.
func CanonicalNumber(v any) any {
	n, ok := v.(json.Number)
	if !ok {
		return v
	}
	if held, _ := Number(string(n)); held != nil && !isSpelled(held) {
		return held
	}
	return json.Number(decimalOf(string(n)).String())
}

func isSpelled(v any) bool { _, ok := v.(json.Number); return ok }

// CompareNumbers compares two numbers by what they are worth: -1, 0 or +1. A
// value that is no number counts as zero.
func CompareNumbers(a, b any) int { return decimalOf(Figure(a)).compare(decimalOf(Figure(b))) }

// Whole reports a number without a fraction.
func Whole(v any) bool {
	d := decimalOf(Figure(v))
	return d.power >= 0
}

// Figure prints a number in decimal digits; "" for what is none.
func Figure(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return string(v)
	}
	return ""
}

// Float is the float64 next to a number.
func Float(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil || math.IsInf(f, 0)
	}
	return 0, false
}

// jsonSpelling mends what YAML allows and JSON doesn't: a plus, and a point
// without digits on both sides.
func jsonSpelling(s string) string {
	s = strings.TrimPrefix(s, "+")
	sign := ""
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		sign, s = "-", rest
	}
	whole, rest := digits(s)
	if whole == "" {
		whole = "0"
	}
	if after, point := strings.CutPrefix(rest, "."); point {
		if fraction, _ := digits(after); fraction == "" {
			rest = after
		}
	}
	return sign + whole + rest
}

// decimalNumber is a number as ±digits × 10^power, without zeros at either end of
// its digits. Zero has none. A number whose power is out of all bounds is kept
// as it is spelled, without its sign.
type decimalNumber struct {
	negative bool
	digits   string
	power    int64
	beyond   string
}

// decimalOf reads what number accepts.
func decimalOf(s string) decimalNumber {
	var d decimalNumber
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative, s = s[0] == '-', s[1:]
	}
	spelled := jsonSpelling(s)
	whole, rest := digits(s)
	fraction := ""
	if after, point := strings.CutPrefix(rest, "."); point {
		fraction, rest = digits(after)
	}
	all := strings.TrimLeft(whole+fraction, "0")
	d.digits = strings.TrimRight(all, "0")
	if d.digits == "" {
		return decimalNumber{}
	}
	d.power = int64(len(all)-len(d.digits)) - int64(len(fraction))
	if rest == "" {
		return d
	}
	power, err := strconv.ParseInt(strings.TrimPrefix(rest[1:], "+"), 10, 32) // far from where sums overflow
	if err != nil {
		d.power, d.beyond = math.MaxInt64, spelled
		if rest[1] == '-' {
			d.power = math.MinInt64
		}
		return d
	}
	d.power += power
	return d
}

// String is the one spelling of the number, in JSON.
func (d decimalNumber) String() string {
	s := d.digits
	if s == "" {
		return "0"
	}
	if d.beyond != "" {
		s = d.beyond
	}
	if d.negative {
		s = "-" + s
	}
	if d.power == 0 || d.beyond != "" {
		return s
	}
	return s + "e" + strconv.FormatInt(d.power, 10)
}

func (d decimalNumber) compare(e decimalNumber) int {
	switch {
	case d.sign() != e.sign():
		return sign(d.sign() - e.sign())
	case d.digits == "":
		return 0
	}
	return d.sign() * d.compareMagnitude(e)
}

func (d decimalNumber) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d decimalNumber) compareMagnitude(e decimalNumber) int {
	if a, b := d.order(), e.order(); a != b {
		if a < b {
			return -1
		}
		return 1
	}
	return strings.Compare(d.digits, e.digits)
}

// order is the power of ten above the number: 1 for 1 to 9.
func (d decimalNumber) order() int64 {
	if d.beyond != "" {
		return d.power
	}
	return d.power + int64(len(d.digits))
}

func sign(n int) int { return max(-1, min(1, n)) }
