// Package schemagen writes what is derived from the field tables: the
// manifests' schema, the matrix of the docs and that of the README.
package schemagen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// object is a JSON object that keeps its order.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := marshal(m.key)
		if err != nil {
			return nil, err
		}
		value, err := marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// Schema joins the hand-written base with a definition for each driver's
// targets, and one for the settings of its instances.
func Schema(base []byte, drivers []*providers.Driver) ([]byte, error) {
	// definitions is the last member of the base: the drivers' go at its end.
	text := strings.TrimRight(string(base), "\n")
	body, ok := strings.CutSuffix(text, "\n  }\n}")
	if !ok || !strings.Contains(text, "\n  \"definitions\": {\n") {
		return nil, errors.New("character.base.json: definitions must be its last member")
	}
	properties, err := json.MarshalIndent(instances(drivers), "      ", "  ")
	if err != nil {
		return nil, err
	}
	before, after, ok := strings.Cut(body, emptyTargets)
	if !ok {
		return nil, errors.New("character.base.json: targets must have empty properties: the drivers' names go there")
	}
	var b bytes.Buffer
	b.WriteString(before + `"properties": `)
	b.Write(properties)
	b.WriteString(strings.TrimPrefix(emptyTargets, `"properties": {}`) + after)
	for _, d := range drivers {
		definition, err := marshal(target(d))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		b.WriteString(",\n    \"target." + d.Name + "\": ")
		if err := json.Indent(&b, definition, "    ", "  "); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	for _, d := range drivers {
		definition, err := marshal(settings(d))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		b.WriteString(",\n    \"settings." + d.Name + "\": ")
		if err := json.Indent(&b, definition, "    ", "  "); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	b.WriteString("\n  }\n}\n")
	if !json.Valid(b.Bytes()) {
		return nil, errors.New("the schema is not JSON; look at the end of character.base.json")
	}
	return b.Bytes(), nil
}

// settings is what an instance of the driver may set in charsync.yaml.
func settings(d *providers.Driver) object {
	properties := object{}
	for _, s := range d.Settings {
		property := object{{"description", s.Doc}, {"type", "string"}}
		if len(s.Values) > 0 {
			property = append(property, member{"enum", s.Values})
		}
		if s.Default != "" {
			property = append(property, member{"default", s.Default})
		}
		properties = append(properties, member{s.Name, property})
	}
	return object{{"type", "object"}, {"properties", properties}}
}

// emptyTargets is what the base says of the instances under targets.
const emptyTargets = `"properties": {},
      "additionalProperties": {
        "$ref": "#/definitions/target"
      }`

// instances are the properties of targets: each driver's name is always an
// instance of it.
func instances(drivers []*providers.Driver) object {
	properties := object{}
	for _, d := range drivers {
		properties = append(properties, member{d.Name, object{{"$ref", "#/definitions/target." + d.Name}}})
	}
	return properties
}

// target is the definition of a driver's targets: the control keys, its own
// fields, and overrides of the common texts.
func target(d *providers.Driver) object {
	properties := object{}
	for _, key := range []string{"id", "cloneFrom", "KB", "compose"} {
		properties = append(properties, member{key, object{{"$ref", "#/definitions/control." + key}}})
	}
	nested := map[string]bool{}
	for _, f := range d.Fields {
		if f.ReadOnly() {
			continue
		}
		segments := f.Path.Segments()
		if len(segments) == 1 {
			properties = append(properties, member{segments[0], property(d, f)})
		} else if !nested[segments[0]] {
			nested[segments[0]] = true
			properties = append(properties, member{segments[0], group(d, segments[0])})
		}
	}
	for _, key := range d.Accepted() {
		if !slices.ContainsFunc(properties, func(m member) bool { return m.key == key }) {
			properties = append(properties, member{key, object{
				{"description", "For this target only. " + fate(d, key)}, {"$ref", "#/definitions/text"},
			}})
		}
	}
	return object{
		{"description", d.Title + ": its own fields under its own names, and overrides of common ones."},
		{"markdownDescription", "**" + d.Title + "**: its own fields under its own names, and overrides of common ones. [API](" + d.Docs + ")"},
		{"type", []string{"object", "null"}},
		{"properties", properties},
		{"additionalProperties", false},
	}
}

// fate says what becomes of a common field that is no row of the table.
func fate(d *providers.Driver, key string) string {
	for p, parts := range d.Compose {
		for _, part := range parts {
			if string(part) == key {
				return "Folded into " + string(p) + "."
			}
		}
	}
	return d.Title + " has no such field: only compose takes it there, as part of another one."
}

// group is a mapping whose keys are rows of their own: memorySettings.enabled.
func group(d *providers.Driver, root string) object {
	var inner object
	for _, f := range d.Fields {
		if s := f.Path.Segments(); len(s) == 2 && s[0] == root && !f.ReadOnly() {
			inner = append(inner, member{s[1], property(d, f)})
		}
	}
	return object{{"type", []string{"object", "null"}}, {"properties", inner}, {"additionalProperties", false}}
}

// property is a row as editors see it. Limits stand in the words: values past
// them are refused later, with their figures and the way out.
func property(d *providers.Driver, f providers.Field) object {
	description := f.Doc
	if limits := f.Limits(); limits != "" {
		description += " Limit: " + limits + "."
	}
	if f.Fixed() && !strings.Contains(description, "creation") {
		description += " Set at creation: a change creates the character anew."
	}
	o := object{{"description", description}, {"markdownDescription", markdown(d, f, description)}}
	if f.Example != nil {
		o = append(o, member{"examples", []any{f.Example}})
	}
	return append(o, values(f)...)
}

func markdown(d *providers.Driver, f providers.Field, description string) string {
	s := description
	if !f.Readable() {
		s += " **Never read back**: drift can't be seen."
	}
	if !f.Clear.Can {
		s += " Can't be emptied: " + f.Clear.Why + "."
	}
	return s + " _" + d.Title + ", " + string(f.Source.Sure) + ": " + f.Source.Note + "._"
}

// values is what a value may be.
func values(f providers.Field) object {
	if len(f.Enum) > 0 {
		words, texts := sorted(f.Enum), []string{}
		for _, w := range words {
			texts = append(texts, f.Words[w])
		}
		return object{{"type", "string"}, {"enum", words}, {"enumDescriptions", texts}}
	}
	switch f.Kind {
	case diff.Text:
		return object{{"$ref", "#/definitions/text"}}
	case diff.Number:
		if f.Whole {
			return object{{"type", []string{"integer", "null"}}}
		}
		return object{{"type", []string{"number", "null"}}}
	case diff.Bool:
		return object{{"type", []string{"boolean", "null"}}}
	case diff.List, diff.Set:
		return object{{"type", []string{"array", "null"}}, {"items", object{{"type", "string"}}}}
	case diff.Object:
		types := []string{"object", "null"}
		if f.Also == diff.Bool {
			types = []string{"boolean", "object", "null"}
		}
		return append(object{{"type", types}}, parts(f)...)
	case diff.Objects:
		return object{{"type", []string{"array", "null"}}, {"items", append(object{{"type", "object"}}, parts(f)...)}}
	}
	return object{{"type", []string{"string", "null"}}}
}

func parts(f providers.Field) object {
	if len(f.Parts) == 0 {
		return nil
	}
	var properties object
	var required []string
	for _, p := range f.Parts {
		o := object{{"description", p.Doc}}
		switch {
		case p.Enum != nil:
			o = append(o, member{"enum", p.Enum})
		case p.Kind == diff.Bool:
			o = append(o, member{"type", "boolean"})
		case p.Kind == diff.Number:
			o = append(o, member{"type", "number"})
		case p.Kind == "":
			o = append(o, member{"type", []string{"string", "number"}})
		default:
			o = append(o, member{"type", "string"})
		}
		properties = append(properties, member{p.Name, o})
		if p.Required {
			required = append(required, p.Name)
		}
	}
	out := object{{"properties", properties}}
	if len(required) > 0 {
		out = append(out, member{"required", required})
	}
	return append(out, member{"additionalProperties", false})
}

func sorted(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
