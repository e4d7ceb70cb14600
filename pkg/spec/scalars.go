package spec

import (
	"regexp"
	"strings"
)

// resolve gives an unquoted scalar its type: null, true and false, and
// decimal numbers are what they are; anything else is text. Text that YAML
// 1.1, which many tools still read, takes for something else is doubtful.
func resolve(s string) (any, looseness) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nil, plain
	case "true", "True", "TRUE":
		return true, plain
	case "false", "False", "FALSE":
		return false, plain
	}
	if c := s[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		if otherBoolean(s) {
			return s, doubtful
		}
		return s, definite
	}
	if number(s) {
		if n, ok := Number(s); ok && Plausible(n) {
			return n, plain
		}
		return s, doubtful
	}
	if otherNumber(s) {
		return s, doubtful
	}
	return s, definite
}

func otherBoolean(s string) bool {
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF":
		return true
	}
	return false
}

// number reports whether s is a decimal number as JSON and YAML 1.2 agree on
// it: no leading zeros, no other bases, no separators.
func number(s string) bool {
	s = strings.TrimLeft(s[:1], "+-") + s[1:]
	whole, rest := digits(s)
	if len(whole) > 1 && whole[0] == '0' {
		return false
	}
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		fraction, rest = digits(rest[1:])
	}
	if whole == "" && fraction == "" {
		return false
	}
	if rest == "" {
		return true
	}
	if rest[0] != 'e' && rest[0] != 'E' || len(rest) == 1 {
		return false
	}
	exponent := rest[1:]
	if exponent[0] == '+' || exponent[0] == '-' {
		exponent = exponent[1:]
	}
	power, rest := digits(exponent)
	return power != "" && rest == ""
}

func digits(s string) (leading, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

var otherNumbers = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`[-+]?0[xX][0-9a-fA-F_]+`, `[-+]?0[oO][0-7_]+`, `[-+]?0[bB][01_]+`, // other bases
	`[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?`, // leading zeros, separators
	`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?`,    // base 60: 12:30
	`[-+]?\.(?:inf|Inf|INF)`, `\.(?:nan|NaN|NAN)`,
	`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?`, // dates
}, "|") + `)$`)

// otherNumber reports text that other YAML readers take for a number or a
// date: 0123, 0x1F, 1_000, 12:30, 2024-01-02, .inf.
func otherNumber(s string) bool { return len(s) <= 64 && otherNumbers.MatchString(s) }
