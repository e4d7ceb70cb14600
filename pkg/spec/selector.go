package spec

import (
	"fmt"
	"strings"
)

// Selector chooses characters by their labels: all of its terms must hold.
type Selector []Term

// Term is one condition on labels.
type Term struct {
	Key, Value string
	Op         Op
}

// Op is how a term compares.
type Op string

// The operators of selectors, as they are written.
const (
	Equal   Op = "="
	Unequal Op = "!=" // holds, too, where the label is absent
	Exists  Op = ""
	Absent  Op = "!"
)

// ParseSelector reads terms separated by commas: key=value, key!=value, key
// (the label exists) and !key (it does not).
func ParseSelector(s string) (Selector, error) {
	var out Selector
	for part := range strings.SplitSeq(s, ",") {
		t, err := parseTerm(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("selector %q: %w", s, err)
		}
		out = append(out, t)
	}
	return out, nil
}

func parseTerm(s string) (Term, error) {
	t := Term{Key: s, Op: Exists}
	if key, value, ok := strings.Cut(s, "="); ok {
		t = Term{Key: key, Value: strings.TrimSpace(strings.TrimPrefix(value, "=")), Op: Equal}
		if key, negated := strings.CutSuffix(key, "!"); negated {
			t.Key, t.Op = key, Unequal
		}
	} else if key, negated := strings.CutPrefix(s, "!"); negated {
		t = Term{Key: key, Op: Absent}
	}
	t.Key = strings.TrimSpace(t.Key)
	if t.Key == "" || strings.ContainsAny(t.Key+t.Value, "=! \t") {
		return Term{}, fmt.Errorf("%q is not key=value, key!=value, key or !key", s)
	}
	return t, nil
}

// Matches reports whether labels satisfy every term. The empty selector
// matches everything.
func (s Selector) Matches(labels map[string]string) bool {
	for _, t := range s {
		value, exists := labels[t.Key]
		ok := exists
		switch t.Op {
		case Equal:
			ok = exists && value == t.Value
		case Unequal:
			ok = value != t.Value || !exists
		case Absent:
			ok = !exists
		}
		if !ok {
			return false
		}
	}
	return true
}

// String writes the selector as it is parsed.
func (s Selector) String() string {
	parts := make([]string, len(s))
	for i, t := range s {
		switch t.Op {
		case Exists:
			parts[i] = t.Key
		case Absent:
			parts[i] = "!" + t.Key
		default:
			parts[i] = t.Key + string(t.Op) + t.Value
		}
	}
	return strings.Join(parts, ",")
}
