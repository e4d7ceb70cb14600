package providers

import (
	"encoding/json"
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
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
			if !f.fits(f.typed(spec.Numbers(v))) {
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
		return spec.IsNumber(v)
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
