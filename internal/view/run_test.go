package view

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/charsync/charsync/internal/view/viewtest"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
	"github.com/charsync/charsync/schemas"
)

const runID = "20261102T090000Z-0a1b2c3d"

// recorded writes a run record as a run leaves it, and reads it back.
func recorded(t *testing.T, plan *diff.Plan, lines ...apply.RunLine) *apply.Run {
	t.Helper()
	plan.FormatVersion = diff.FormatVersion
	plan.Seal()
	dir := t.TempDir()
	folder := filepath.Join(dir, runID)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	head := apply.RunHead{
		FormatVersion: apply.RunVersion, ID: runID, Number: 1, At: "2026-11-02T09:00:00Z", Who: "mallory\x1b[31m@host",
		Command: "apply", Version: "test", Plan: plan.Digest, Allow: []string{"shrink"},
	}
	var log bytes.Buffer
	for _, line := range lines {
		if err := json.NewEncoder(&log).Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	for name, v := range map[string]any{"run.json": head, "plan.json": plan} {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "log.jsonl"), log.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run, err := apply.ReadRun(dir, runID)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// stoppedRun updated one character, made one, removed one, was refused one,
// and was killed at the next. Its prose would like to steer the terminal.
func stoppedRun(t *testing.T) *apply.Run {
	t.Helper()
	at := func(target, name string) diff.Address { return diff.Address{Target: target, Name: name} }
	change := func(a diff.Address, action diff.Action, id string) diff.Change {
		return diff.Change{Address: a, Provider: "convai", Action: action, ID: id}
	}
	mira, olga, tam, ode, rat := at("convai", "mira"), at("convai", "olga"), at("convai", "tam"), at("convai", "ode"), at("convai", "rat")
	before := "Mira keeps the inn. She is broad in the shoulder, and walks with a hitch.\n\nShe inherited the house from nobody."
	after := strings.Replace(before, "shoulder", "back\x1b[2J", 1)
	plan := &diff.Plan{Complete: true, Changes: []diff.Change{
		{Address: mira, Provider: "convai", Action: diff.Update, ID: "m-1", Fields: []diff.FieldChange{
			{Path: "backstory", Kind: diff.Text, Class: diff.Drift, After: after, Send: true},
		}},
		change(olga, diff.Create, ""), change(tam, diff.Delete, "t-1"), change(ode, diff.Update, "o-1"), change(rat, diff.Create, ""),
	}}
	return recorded(t, plan,
		apply.RunLine{Kind: "before", Address: mira, Action: diff.Update, ID: "m-1", Doc: diff.Doc{"backstory": before, "name": "Mira"}},
		apply.RunLine{Kind: "intent", Address: mira, Action: diff.Update, ID: "m-1", Doc: diff.Doc{"backstory": after}},
		apply.RunLine{Kind: "outcome", Address: mira, ID: "m-1", Doc: diff.Doc{"backstory": after}, Outcome: &apply.Outcome{
			Address: mira, Action: diff.Update, Status: apply.Done, ID: "m-1", Fields: []apply.Kept{{Path: "backstory", How: "equal"}},
		}},
		apply.RunLine{Kind: "intent", Address: olga, Action: diff.Create, Key: "k", Doc: diff.Doc{"name": "Olga\u202e", "backstory": "Cooks."}},
		apply.RunLine{Kind: "created", Address: olga, ID: "c-1", Key: "k"},
		apply.RunLine{Kind: "before", Address: tam, Action: diff.Delete, ID: "t-1", Doc: diff.Doc{"name": "Old Tam", "temperature": 0.5, "actions": nil}},
		apply.RunLine{Kind: "intent", Address: tam, Action: diff.Delete, ID: "t-1"},
		apply.RunLine{Kind: "outcome", Address: tam, ID: "t-1", Outcome: &apply.Outcome{Address: tam, Action: diff.Delete, Status: apply.Done, ID: "t-1"}},
		apply.RunLine{Kind: "outcome", Address: ode, ID: "o-1", Untouched: true, Error: "refused", Outcome: &apply.Outcome{
			Address: ode, Action: diff.Update, Status: apply.Failed, ID: "o-1", Reason: "refused\x07", Hint: "ask",
		}},
		apply.RunLine{Kind: "intent", Address: rat, Action: diff.Create, Key: "k2", Doc: diff.Doc{"name": "Rat"}},
	)
}

func TestRun(t *testing.T) {
	run := stoppedRun(t)
	var out strings.Builder
	if err := Run(&out, run, Style{Width: 96, Unicode: true}); err != nil {
		t.Fatal(err)
	}
	viewtest.Golden(t, filepath.Join("testdata", "run", "stopped.txt"), out.String())
	if strings.ContainsAny(out.String(), "\x1b\x07\u202e") {
		t.Error("prose reaches the terminal as it is")
	}
	for _, s := range []Style{{Width: 60}, {Width: 100, Color: true, Unicode: true}} {
		if err := Run(&strings.Builder{}, run, s); err != nil {
			t.Error(err)
		}
	}
}

// What show prints as JSON is what its schema says, and names every key.
func TestRunJSONFitsItsSchema(t *testing.T) {
	var out bytes.Buffer
	if err := RunJSON(&out, stoppedRun(t)); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("run.json", bytes.NewReader(schemas.Run)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("run.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	var schema struct {
		Properties  map[string]any `json:"properties"`
		Definitions map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal(schemas.Run, &schema); err != nil {
		t.Fatal(err)
	}
	for key := range doc.(map[string]any) {
		if schema.Properties[key] == nil {
			t.Errorf("the schema does not know %q", key)
		}
	}
	of := reflect.TypeOf(runChange{})
	keys := []string{"target", "name"}
	for i := range of.NumField() {
		if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name != "" {
			keys = append(keys, name)
		}
	}
	for _, key := range keys {
		if schema.Definitions["deed"].Properties[key] == nil {
			t.Errorf("the schema of a deed does not know %q", key)
		}
	}
	if len(keys) != len(schema.Definitions["deed"].Properties) {
		t.Errorf("the schema of a deed has other keys than %v", keys)
	}
}

// An undo says what it puts back, what can't come back and what somebody did
// since; never that a manifest wants it.
func TestUndoPlan(t *testing.T) {
	at := func(name string) diff.Address { return diff.Address{Target: "convai", Name: name} }
	conflict := diff.FieldChange{Path: "backstory", Kind: diff.Text, Class: diff.Conflict, Before: "A colleague's words.", BeforeKnown: true, After: "The words before."}
	stop := []diff.Block{{Rule: "conflict", Message: "1 field changed on convai since the run", Hint: "overwrite"}}
	insisted, lost := conflict, conflict
	insisted.Send, lost.After = true, nil
	plan := &diff.Plan{FormatVersion: diff.FormatVersion, Complete: true, Undo: runID, Changes: []diff.Change{
		{Address: at("back"), Provider: "convai", Action: diff.Update, ID: "1", Fields: []diff.FieldChange{
			{Path: "backstory", Kind: diff.Text, Class: diff.Yours, Before: "Words of the run.", BeforeKnown: true, After: "Words before the run.", Send: true},
			{Path: "model", Kind: diff.Enum, Class: diff.Unverifiable, After: "large", Send: true},
			{Path: "name", Kind: diff.Text, Class: diff.Converged, Before: "Mira", BeforeKnown: true, After: "Mira"},
		}},
		{Address: at("conflict"), Provider: "convai", Action: diff.Update, ID: "2", Fields: []diff.FieldChange{conflict}, Blocked: stop},
		{Address: at("insisted"), Provider: "convai", Action: diff.Update, ID: "3", Fields: []diff.FieldChange{insisted}},
		{
			Address: at("made"), Provider: "convai", Action: diff.Delete, ID: "4", Reason: "the run made it", Removal: "delete: it can't come back",
			Fields: []diff.FieldChange{lost}, Blocked: stop,
		},
		{
			Address: at("new"), Provider: "convai", Action: diff.Create, Reason: "the run removed 5", Removal: "a new character with a new id: 5 can't come back. \x1b[31m",
			Fields: []diff.FieldChange{{Path: "name", Kind: diff.Text, Class: diff.Yours, After: "Mira", BeforeKnown: true, Send: true}},
		},
		{Address: at("rebound"), Provider: "convai", Action: diff.Record, ID: "6", Reason: "the run removed it", Rebind: true, Superseded: "7", Removal: "delete: it can't come back"},
		{Address: at("restored"), Provider: "convai", Action: diff.Update, ID: "8", Reason: "the run archived it: it is brought back", Rebind: true, Restore: true},
	}, Diagnostics: []spec.Diagnostic{{Severity: spec.Warning, Code: "CS518", Message: "style can't be read back", Character: "back", Target: "convai"}}}
	plan.Seal()
	var out strings.Builder
	if err := Plan(&out, plan, Style{Width: 96, Unicode: true}); err != nil {
		t.Fatal(err)
	}
	viewtest.Golden(t, filepath.Join("testdata", "run", "undo.txt"), out.String())
	for _, words := range []string{"yours", "in the manifest", "\x1b"} {
		if strings.Contains(out.String(), words) {
			t.Errorf("an undo says %q", words)
		}
	}
	out.Reset()
	empty := &diff.Plan{FormatVersion: diff.FormatVersion, Complete: true, Undo: runID}
	if err := Plan(&out, empty, Style{}); err != nil || !slices.Contains(strings.Fields(out.String()), runID) {
		t.Errorf("%v %s", err, out.String())
	}
}
