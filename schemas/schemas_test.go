package schemas

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// files are the published schemas; compiling each checks it against draft-07.
func files() map[string][]byte {
	return map[string][]byte{"character.schema.json": Character, "project.schema.json": Project, "plan.schema.json": Plan, "run.schema.json": Run}
}

func compiler(t *testing.T, name string, data []byte) (*jsonschema.Compiler, string) {
	t.Helper()
	id, _ := document(t, data)["$id"].(string)
	if id != "https://charsync.dev/schemas/"+name {
		t.Errorf("%s has the $id %q", name, id)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	c.LoadURL = func(address string) (io.ReadCloser, error) { return nil, fmt.Errorf("%s is fetched", address) }
	if err := c.AddResource(id, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return c, id
}

func document(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// walk visits every schema inside a schema document, with its JSON pointer.
func walk(schema any, pointer string, visit func(pointer string, s map[string]any)) {
	s, ok := schema.(map[string]any)
	if !ok {
		return
	}
	visit(pointer, s)
	for _, keyword := range []string{"properties", "definitions", "patternProperties"} {
		inner, _ := s[keyword].(map[string]any)
		for name, child := range inner {
			walk(child, pointer+"/"+keyword+"/"+name, visit)
		}
	}
	for _, keyword := range []string{"items", "additionalProperties", "propertyNames", "not"} {
		walk(s[keyword], pointer+"/"+keyword, visit)
	}
	for _, keyword := range []string{"anyOf", "oneOf", "allOf"} {
		inner, _ := s[keyword].([]any)
		for i, child := range inner {
			walk(child, fmt.Sprintf("%s/%s/%d", pointer, keyword, i), visit)
		}
	}
}

// TestDraft7: the schemas are valid, refer to nothing outside themselves and
// use no keyword that editors do not know.
func TestDraft7(t *testing.T) {
	for name, data := range files() {
		c, id := compiler(t, name, data)
		if _, err := c.Compile(id); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d := document(t, data)
		if d["$schema"] != "http://json-schema.org/draft-07/schema#" {
			t.Errorf("%s is of %v", name, d["$schema"])
		}
		walk(d, "", func(pointer string, s map[string]any) {
			for keyword := range s {
				if slices.Contains([]string{"$defs", "$anchor", "unevaluatedProperties", "dependentRequired", "prefixItems", "minContains"}, keyword) {
					t.Errorf("%s%s uses %s, which is newer than draft-07", name, pointer, keyword)
				}
			}
			if ref, ok := s["$ref"].(string); ok && !strings.HasPrefix(ref, "#/definitions/") {
				t.Errorf("%s%s refers to %s", name, pointer, ref)
			}
		})
	}
}

// TestEditors: every field says what it is, every enumerated value too where
// any does, and every example is one.
func TestEditors(t *testing.T) {
	for name, data := range files() {
		c, id := compiler(t, name, data)
		root := document(t, data)
		walk(root, "", func(pointer string, s map[string]any) {
			if i := strings.LastIndex(pointer, "/properties/"); i >= 0 && !strings.Contains(pointer[i+12:], "/") && described(root, s) == "" {
				t.Errorf("%s%s has no description", name, pointer)
			}
			values, _ := s["enum"].([]any)
			for _, keyword := range []string{"enumDescriptions", "markdownEnumDescriptions"} {
				if texts, ok := s[keyword].([]any); ok && len(texts) != len(values) {
					t.Errorf("%s%s has %d values and %d %s", name, pointer, len(values), len(texts), keyword)
				}
			}
			examples, _ := s["examples"].([]any)
			if len(examples) == 0 {
				return
			}
			schema, err := c.Compile(id + "#" + pointer)
			if err != nil {
				t.Fatalf("%s%s: %v", name, pointer, err)
			}
			for _, example := range examples {
				if err := schema.Validate(example); err != nil {
					t.Errorf("%s%s: the example %v is none: %v", name, pointer, example, err)
				}
			}
		})
	}
}

// described returns the description of a schema, or that of its definition.
func described(root, s map[string]any) string {
	if text, ok := s["description"].(string); ok {
		return text
	}
	if ref, ok := s["$ref"].(string); ok {
		definitions, _ := root["definitions"].(map[string]any)
		if target, ok := definitions[strings.TrimPrefix(ref, "#/definitions/")].(map[string]any); ok {
			return described(root, target)
		}
	}
	if inner, ok := s["properties"].(map[string]any); ok && len(inner) > 0 {
		return "a group of described fields"
	}
	return ""
}

// TestTargets: the generated schema is the base with one definition for each
// provider, which has the control keys and is closed.
func TestTargets(t *testing.T) {
	base, whole := document(t, CharacterBase), document(t, Character)
	definitions := whole["definitions"].(map[string]any)
	targets := 0
	for name, d := range definitions {
		if !strings.HasPrefix(name, "target.") {
			continue
		}
		targets++
		target := d.(map[string]any)
		properties, _ := target["properties"].(map[string]any)
		for _, key := range []string{"id", "cloneFrom", "KB", "compose"} {
			want := map[string]any{"$ref": "#/definitions/control." + key}
			if diff := cmp.Diff(any(want), properties[key]); diff != "" {
				t.Errorf("%s: %s: %s", name, key, diff)
			}
		}
		if target["additionalProperties"] != false {
			t.Errorf("%s takes unknown fields", name)
		}
		known := definitions["targets"].(map[string]any)["properties"].(map[string]any)
		driver := strings.TrimPrefix(name, "target.")
		if _, ok := known[driver]; !ok {
			t.Errorf("targets has no property %s: editors would not know it", driver)
		}
		settings, ok := definitions["settings."+driver].(map[string]any)
		if !ok || settings["type"] != "object" {
			t.Errorf("the settings of %s are not there: %v", driver, settings)
		}
		delete(known, driver)
		delete(definitions, name)
		delete(definitions, "settings."+driver)
	}
	if targets < 4 {
		t.Errorf("%d providers", targets)
	}
	clear(base["definitions"].(map[string]any)["targets"].(map[string]any)["properties"].(map[string]any))
	if diff := cmp.Diff(base, whole); diff != "" {
		t.Errorf("the generated schema differs from its base:\n%s", diff)
	}
}
