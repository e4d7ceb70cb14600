package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// Share bounds a part of a whole: a percentage, or an absolute count.
type Share struct {
	Value   float64
	Percent bool
}

// Percent is a share in percent.
func Percent(value float64) Share { return Share{Value: value, Percent: true} }

// ParseShare reads "30%" or "5".
func ParseShare(s string) (Share, error) {
	if s == "" {
		return Share{}, fmt.Errorf("a share is a percentage such as 30%% or a number such as 5")
	}
	digits, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || !number(digits) || f < 0 || percent && f > 100 || !percent && f != float64(int64(f)) {
		return Share{}, fmt.Errorf("%q is neither a percentage such as 30%% nor a number such as 5", s)
	}
	return Share{Value: f, Percent: percent}, nil
}

// Exceeded reports whether part of whole is more than the share allows.
func (s Share) Exceeded(part, whole int) bool {
	if s.Percent {
		return float64(part)*100 > s.Value*float64(whole)
	}
	return float64(part) > s.Value
}

// String prints the share as it is written.
func (s Share) String() string {
	text := strconv.FormatFloat(s.Value, 'f', -1, 64)
	if s.Percent {
		return text + "%"
	}
	return text
}

// MarshalText prints the share for encoders.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
