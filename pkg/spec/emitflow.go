package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// flow writes a value on one line, when it fits and reads well there. Scalars
// always are on one line.
func (e *emitter) flow(value any, column int) (string, bool) {
	const width = 100
	switch v := value.(type) {
	case nil:
		return "null", true
	case string:
		return e.text(v, false), true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			e.err = first(e.err, fmt.Errorf("%v is no number in a manifest", v))
		}
		return decimal(v), true
	case json.Number:
		if back, _ := Number(string(v)); !IsNumber(back) || !Plausible(back) {
			e.err = first(e.err, fmt.Errorf("%v is no number that a manifest can hold", v))
		}
		return string(v), true
	case FileRef:
		return "{file: " + e.inFlow(string(v)) + "}", true
	case []string:
		return e.flow(anys(v), column)
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			if !scalar(element) {
				return "", false
			}
			parts[i], _ = e.flow(element, 0)
			if s, ok := element.(string); ok {
				parts[i] = e.inFlow(s)
			}
		}
		s := "[" + strings.Join(parts, ", ") + "]"
		return s, column+utf8.RuneCountInString(s) <= width
	case map[string]any:
		return e.flowMapping(v, column, width)
	}
	e.err = first(e.err, fmt.Errorf("a value of type %T", value))
	return "null", true
}

// flowMapping writes a small mapping of scalars on one line.
func (e *emitter) flowMapping(m map[string]any, column, width int) (string, bool) {
	keys := sortedKeys(m)
	slices.SortStableFunc(keys, CompareKeys)
	parts := make([]string, len(keys))
	for i, k := range keys {
		if !scalar(m[k]) {
			return "", false
		}
		value, _ := e.flow(m[k], 0)
		if s, ok := m[k].(string); ok {
			value = e.inFlow(s)
		}
		parts[i] = e.inFlow(k) + ": " + value
	}
	s := "{" + strings.Join(parts, ", ") + "}"
	return s, len(m) == 0 || len(m) <= 4 && column+utf8.RuneCountInString(s) <= width
}

// scalar reports values that may stand inside brackets.
func scalar(v any) bool {
	switch v := v.(type) {
	case string:
		return !block(v)
	case nil, bool, int, float64, json.Number:
		return true
	}
	return false
}

func anys(in []string) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}

// decimal writes a number so that it loads as the same number.
func decimal(f float64) string {
	if math.Abs(f) < 1e21 && (f == 0 || math.Abs(f) >= 1e-6) {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}
