package all_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

var pointer = regexp.MustCompile(`^(-|(/[A-Za-z0-9_]+|/\*|/\[[a-z]+=[a-z]+\])+|\?[a-z_]+|\{[a-z_]+\})$`)

func TestDriversAreSortedAndFound(t *testing.T) {
	var names []string
	for _, d := range all.Drivers() {
		names = append(names, d.Name)
		if got, ok := all.Driver(d.Name); !ok || got.Title != d.Title {
			t.Errorf("Driver(%q) did not find it", d.Name)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("not sorted: %v", names)
	}
}

// TestRowsAreWhole holds every row to what validation, the docs, the schema
// and the conformance suite expect of it.
func TestRowsAreWhole(t *testing.T) {
	for _, d := range all.Drivers() {
		seen := map[spec.Path]bool{}
		for _, f := range d.Fields {
			fault := func(format string, args ...any) {
				t.Helper()
				t.Errorf(d.Name+" "+string(f.Path)+": "+format, args...)
			}
			if seen[f.Path] {
				fault("has two rows")
			}
			seen[f.Path] = true
			for _, p := range []string{f.Write, f.Create, f.Read, f.List} {
				if p != "" && !pointer.MatchString(p) {
					fault("%q is no pointer", p)
				}
			}
			if f.Write == "" || strings.Contains(f.Write, "*") && f.Kind != diff.List && f.Kind != diff.Set {
				fault("Write %q", f.Write)
			}
			if f.Doc == "" || !strings.HasSuffix(f.Doc, ".") || f.Source.Sure == "" || f.Source.Note == "" {
				fault("lacks a doc sentence or a source")
			}
			if f.ReadOnly() {
				continue
			}
			if f.Example == nil {
				fault("lacks an example")
			}
			if !f.Clear.Can && f.Clear.Why == "" {
				fault("can't be cleared, and does not say why")
			}
			for _, l := range f.Limit {
				if l.Source.Note == "" || l.Unit == "" || l.Max == 0 && l.Min == 0 {
					fault("has a limit without figure, unit or source")
				}
			}
			if _, isList := f.Example.([]any); isList != slices.Contains([]diff.Kind{diff.List, diff.Set, diff.Objects}, f.Kind) {
				fault("its example is not of its kind")
			}
		}
		for _, p := range d.Required {
			if !seen[p] {
				t.Errorf("%s requires %s, which has no row", d.Name, p)
			}
		}
	}
}

// TestExamplesAreAccepted takes each row's example through validation, alone.
func TestExamplesAreAccepted(t *testing.T) {
	for _, d := range all.Drivers() {
		for _, f := range d.Fields {
			if f.ReadOnly() {
				continue
			}
			got := d.Desired(&spec.Character{Name: "x"}, target(d.Name, map[spec.Path]any{f.Path: f.Example}), spec.Instance{Name: d.Name})
			if len(got.Diagnostics) > 0 {
				t.Errorf("%s %s: %v", d.Name, f.Path, got.Diagnostics)
			}
			if _, set := got.Doc[f.Path]; !set {
				t.Errorf("%s %s: is not in the document", d.Name, f.Path)
			}
		}
	}
}

// TestManifestUndoesDesired: what is imported from a document that a manifest
// made is that manifest.
func TestManifestUndoesDesired(t *testing.T) {
	for _, d := range all.Drivers() {
		want := map[spec.Path]any{}
		for _, f := range d.Fields {
			if !f.ReadOnly() && !f.Unasked && f.Also == "" && !f.Rule().Equal(f.Example, f.Default) {
				want[f.Path] = spec.Numbers(f.Example)
			}
		}
		doc := d.Desired(&spec.Character{Name: "x"}, target(d.Name, want), spec.Instance{Name: d.Name}).Doc
		got := d.Fields.Manifest(doc)
		if diff := cmp.Diff(normal(want), normal(got)); diff != "" {
			t.Errorf("%s (-manifest +imported):\n%s", d.Name, diff)
		}
	}
}

func normal(m map[spec.Path]any) map[spec.Path]any {
	out := map[spec.Path]any{}
	for p, v := range m {
		out[p] = numbers(v)
	}
	return out
}

func numbers(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = numbers(e)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = numbers(e)
		}
		return out
	}
	return v
}

// target makes a target that sets the fields at their dotted paths.
func target(instance string, values map[spec.Path]any) *spec.Target {
	t := &spec.Target{Instance: instance, Fields: spec.Fields{}}
	for p, v := range values {
		fields := t.Fields
		segments := p.Segments()
		for _, s := range segments[:len(segments)-1] {
			inner := fields[s].Inner
			if inner == nil {
				inner = spec.Fields{}
				fields[s] = spec.Field{Value: spec.Value{Set: true, V: map[string]any{}}, Inner: inner}
			}
			fields = inner
		}
		fields[segments[len(segments)-1]] = spec.Field{Value: spec.Value{V: numbers(v), Set: true}}
	}
	return t
}
