package spec

import (
	"cmp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// failure is one reason why a value does not satisfy its schema.
type failure struct {
	keyword string         // "type", "enum", "required", …
	at      string         // JSON pointer of the value
	schema  map[string]any // the schema that has the keyword
	ofKey   bool           // it is about the key, not about the value
}

// failures reduces the library's tree of errors to its causes. Where a schema
// has alternatives, the one that was meant is chosen.
func (s *schema) failures(e *jsonschema.ValidationError) []failure {
	if len(e.Causes) == 0 {
		return []failure{s.leaf(e)}
	}
	if e.Message == "anyOf failed" || e.Message == "oneOf failed" {
		return s.alternatives(e)
	}
	var all []failure
	for _, cause := range e.Causes {
		all = append(all, s.failures(cause)...)
	}
	return all
}

func (s *schema) leaf(e *jsonschema.ValidationError) failure {
	_, pointer, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	parent, keyword := "", pointer
	if i := strings.LastIndexByte(pointer, '/'); i >= 0 {
		parent, keyword = pointer[:i], pointer[i+1:]
	}
	return failure{
		keyword: keyword, at: e.InstanceLocation, schema: s.at(parent),
		ofKey: strings.Contains(e.KeywordLocation, "/propertyNames"),
	}
}

// alternatives explains why none of several schemas holds: by the one whose
// type fits, or by all the types and values that would.
func (s *schema) alternatives(e *jsonschema.ValidationError) []failure {
	var fitting [][]failure
	var types, values []any
	for _, branch := range e.Causes {
		found := s.failures(branch)
		wrong := slices.IndexFunc(found, func(f failure) bool { return f.keyword == "type" && f.at == e.InstanceLocation })
		if wrong >= 0 {
			types = append(types, list(found[wrong].schema["type"])...)
			continue
		}
		fitting = append(fitting, found)
		for _, f := range found {
			values = append(values, valuesOf(f.schema)...)
		}
	}
	if len(fitting) == 0 {
		return []failure{{keyword: "type", at: e.InstanceLocation, schema: map[string]any{"type": types}}}
	}
	best := slices.MinFunc(fitting, func(a, b []failure) int { return cmp.Compare(len(a), len(b)) })
	if len(fitting) > 1 && len(best) == 1 && (best[0].keyword == "enum" || best[0].keyword == "const") {
		best[0].keyword, best[0].schema = "enum", map[string]any{"enum": values}
	}
	return best
}

// list makes a list of what JSON Schema allows to be one value or several.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// valuesOf lists the values that a schema enumerates.
func valuesOf(schema map[string]any) []any {
	if constant, ok := schema["const"]; ok {
		return []any{constant}
	}
	return list(schema["enum"])
}
