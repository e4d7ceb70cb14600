package providers

import (
	"encoding/json"
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
)

// Shape reports a document whose values are not of the kinds that the table
// says. What is missing or null is no fault. The error names the first
// offending key, never its value.
func (t Table) Shape(get, list Body) error {
	for _, f := range t {
		if f.ReadOnly() {
			continue
		}
		for _, at := range []struct {
			body    Body
			pointer string
		}{{get, f.reads()}, {list, f.lists()}} {
			v, ok := pick(at.body, at.pointer)
			if !ok || v == nil {
				continue
			}
			if !f.fits(f.typed(Plain(v))) {
				return fmt.Errorf("%s is %s, where %s was expected", at.pointer, jsonType(v), f.Kind)
			}
		}
	}
	return nil
}

// fits reports whether a value is of the row's kind, or of its second one.
func (f Field) fits(v any) bool { return isKind(f.Kind, v) || f.Also != "" && isKind(f.Also, v) }

func isKind(k diff.Kind, v any) bool {
	switch k {
	case diff.Text, diff.Enum:
		_, ok := v.(string)
		return ok
	case diff.Number:
		_, ok := v.(float64)
		return ok
	case diff.Bool:
		_, ok := v.(bool)
		return ok
	case diff.Object:
		_, ok := v.(map[string]any)
		return ok
	case diff.List, diff.Set:
		return allElements(v, func(e any) bool { _, ok := e.(string); return ok })
	case diff.Objects:
		return allElements(v, func(e any) bool { _, ok := e.(map[string]any); return ok })
	}
	return false
}

func allElements(v any, fits func(any) bool) bool {
	list, ok := v.([]any)
	if !ok {
		return false
	}
	for _, e := range list {
		if !fits(e) {
			return false
		}
	}
	return true
}

// Plain gives a JSON value without json.Number, as a Doc holds it.
func Plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return n
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = Plain(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = Plain(e)
		}
		return out
	}
	return v
}

func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number, float64, int:
		return "a number"
	case []any:
		return "an array"
	case map[string]any, Body:
		return "an object"
	}
	return "something else"
}
