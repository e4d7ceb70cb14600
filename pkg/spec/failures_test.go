package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

const alternativesSchema = `{
  "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/alternatives.json",
  "type": "object",
  "properties": {
    "text": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"file": {"type": "string"}}, "required": ["file"], "additionalProperties": false}]},
    "scalar": {"oneOf": [{"type": "boolean"}, {"type": "number"}]},
    "colour": {"anyOf": [{"const": "red"}, {"enum": ["green", "blue"]}]},
    "nested": {"allOf": [{"$ref": "#/definitions/short"}, {"type": "string", "pattern": "^a"}]},
    "items": {"type": "array", "items": {"$ref": "#/definitions/item"}},
    "never": false,
    "a/b~c%d": {"type": "string"}
  },
  "additionalProperties": false,
  "definitions": {
    "short": {"type": "string", "maxLength": 3},
    "item": {"type": "object", "properties": {"name": {"type": "string"}, "count": {"type": "integer"}}, "required": ["name"]}
  }
}`

// TestFailures: of a schema's alternatives, the one that was meant explains
// what is wrong, once, and nothing else is said.
func TestFailures(t *testing.T) {
	s, err := compile([]byte(alternativesSchema))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text string
		want []string
	}{
		{"text: hello", nil},
		{"text: {file: x}", nil},
		{"text: [a]", []string{`1:7 CS202 expected a text, found a list`}},
		{"text: {file: 3}", []string{`1:14 CS111 unquoted 3 is read as a number, but a text belongs here`}},
		{"text: {fil: x}", []string{`1:8 CS201 unknown field "fil"`}},
		{"scalar: x", []string{`1:9 CS202 expected true or false or a number, found the text "x"`}},
		{"colour: gren", []string{`1:9 CS204 "gren" is not accepted here`}},
		{"nested: bcde", []string{`1:9 CS205 the text is longer than 3 characters`, `1:9 CS206 "bcde" does not have the form required here`}},
		{"items:\n- {name: a}\n- {count: 1.5}", []string{`3:3 CS203 "name" is missing`, `3:11 CS202 expected a whole number, found 1.5`}},
		{"never: 1", []string{`1:8 CS204 the value is not accepted here`}},
		{"\"a/b~c%d\": [x]", []string{`1:12 CS202 expected a text, found a list`}},
		{"x: 1\ny: 2\n", []string{`1:1 CS201 unknown field "x"`, `2:1 CS201 unknown field "y"`}},
	} {
		src := &source{file: "x.yaml", data: []byte(test.text)}
		var got []string
		src.parse(func(_ int, root *yaml.Node) {
			r := &reader{src: src}
			it := r.read(root)
			j := &judge{schema: s, src: src, root: it}
			j.validate(s.root, it.value)
			SortDiagnostics(j.findings)
			for _, d := range j.findings {
				got = append(got, Pos{Line: d.Pos.Line, Col: d.Pos.Col}.String()[1:]+" "+d.Code+" "+d.Message)
			}
		})
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s\n%s", test.text, d)
		}
	}
}

// TestNothingIsFetched: a schema that refers to another is refused, not
// followed.
func TestNothingIsFetched(t *testing.T) {
	if _, err := compile([]byte(`{"$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/a.json", "$ref": "https://example.com/b.json"}`)); err == nil {
		t.Error("no error")
	}
	if _, err := compile([]byte(`{"$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/a.json", "$ref": "file:///etc/hostname"}`)); err == nil {
		t.Error("no error")
	}
}
