package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
	"github.com/charsync/charsync/schemas"
)

// compiled is a published schema, or one of its definitions.
func compiled(t *testing.T, data []byte, definition string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	name := "schema.json"
	if definition != "" {
		name += "#/definitions/" + definition
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, data []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("%v\n%s", err, data)
	}
}

// Real plans and run records are what their schemas say.
func TestPlansAndRecordsFitTheirSchemas(t *testing.T) {
	plans := compiled(t, schemas.Plan, "")
	head, line := compiled(t, schemas.Run, "head"), compiled(t, schemas.Run, "line")
	w := newWorld(t)
	check := func(p *diff.Plan) {
		t.Helper()
		var b bytes.Buffer
		if err := EncodePlan(&b, p); err != nil {
			t.Fatal(err)
		}
		validate(t, plans, b.Bytes())
	}
	w.cast(2)
	check(w.plan())
	w.apply()
	for _, s := range subjects() {
		w.edit(s.vendor, w.id("npc-000", s.vendor), map[string]any{driftKey(s.vendor): "Someone else's words."})
	}
	check(w.plan())
	w.apply()
	_, p := w.undoing("")
	check(p)
	w.undo("")
	w.delete("characters/npc-001.yaml")
	w.srv.Inject(sandbox.Fault{Vendor: "convai", Kind: sandbox.FaultServerError, Times: -1})
	check(w.plan(prune))
	w.apply(prune)
	w.srv.ClearFaults()
	w.apply(prune, anything)
	w.undo("", anything)
	heads, _, err := ListRuns(w.runDir())
	if err != nil || len(heads) < 5 {
		t.Fatal(err, heads)
	}
	for _, h := range heads {
		data, err := os.ReadFile(filepath.Join(w.runDir(), h.ID, runHeadFile))
		if err != nil {
			t.Fatal(err)
		}
		validate(t, head, data)
		if data, err = os.ReadFile(filepath.Join(w.runDir(), h.ID, runPlanFile)); err != nil {
			t.Fatal(err)
		}
		validate(t, plans, data)
		if data, err = os.ReadFile(filepath.Join(w.runDir(), h.ID, runLogFile)); err != nil {
			t.Fatal(err)
		}
		for text := range strings.Lines(string(data)) {
			validate(t, line, []byte(text))
		}
	}
}

// The schemas name every key that is written, and no other.
func TestSchemasAreWhole(t *testing.T) {
	for _, c := range []struct {
		schema     []byte
		definition string
		of         any
	}{
		{schemas.Plan, "", diff.Plan{}},
		{schemas.Plan, "change", diff.Change{}},
		{schemas.Plan, "field", diff.FieldChange{}},
		{schemas.Plan, "block", diff.Block{}},
		{schemas.Plan, "request", diff.Request{}},
		{schemas.Plan, "loss", diff.Loss{}},
		{schemas.Plan, "calls", diff.Calls{}},
		{schemas.Plan, "orphan", diff.Orphan{}},
		{schemas.Plan, "unplanned", diff.Unplanned{}},
		{schemas.Plan, "diagnostic", spec.Diagnostic{}},
		{schemas.Plan, "meta", diff.Meta{}},
		{schemas.Plan, "pos", spec.Pos{}},
		{schemas.Run, "head", RunHead{}},
		{schemas.Run, "line", RunLine{}},
		{schemas.Run, "outcome", Outcome{}},
		{schemas.Run, "kept", Kept{}},
		{schemas.Run, "result", Result{}},
		{schemas.Run, "field", diff.FieldChange{}},
		{schemas.Run, "block", diff.Block{}},
	} {
		var s struct {
			Properties  map[string]any `json:"properties"`
			Definitions map[string]struct {
				Properties map[string]any `json:"properties"`
			} `json:"definitions"`
		}
		if err := json.Unmarshal(c.schema, &s); err != nil {
			t.Fatal(err)
		}
		properties := s.Properties
		if c.definition != "" {
			properties = s.Definitions[c.definition].Properties
		}
		want := keysOf(reflect.TypeOf(c.of))
		slices.Sort(want)
		if d := cmp.Diff(want, slices.Sorted(maps.Keys(properties))); d != "" {
			t.Errorf("%T in the code (-) and in the schema's %q (+):\n%s", c.of, c.definition, d)
		}
	}
}

// keysOf are the keys that a struct is written with.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			keys = append(keys, keysOf(f.Type)...)
		case f.IsExported() && name != "-":
			keys = append(keys, name)
		}
	}
	return keys
}

// A plan that takes a run back is a plan document like any other: it is read
// back strictly and fits its digest.
func TestUndoIsAPlan(t *testing.T) {
	w := newWorld(t)
	w.cast(1)
	w.apply()
	e, p := w.undoing("")
	frozen := w.freeze(p)
	if frozen.Undo == "" || frozen.Undo != p.Undo {
		t.Errorf("%q", frozen.Undo)
	}
	if r, err := e.Apply(context.Background(), frozen); err != nil || r.Deleted != 4 {
		t.Error(err, r.Summary())
	}
	run, err := ReadRun(w.runDir(), w.lastRun())
	if err != nil || run.Head.Undoes != p.Undo {
		t.Errorf("%v %+v", err, run.Head)
	}
}
