package apply

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// samplePlan is a plan with every kind of change.
func samplePlan() *diff.Plan {
	field := diff.FieldChange{Path: "persona", Kind: diff.Text, Class: diff.Yours, Before: "a", BeforeKnown: true, After: "b", Send: true}
	p := &diff.Plan{
		FormatVersion: diff.FormatVersion, Complete: true, Env: "stage",
		Changes: []diff.Change{
			{Address: diff.Address{Target: "convai", Name: "a"}, Provider: "convai", Action: diff.Create, Scope: "g/w", Fields: []diff.FieldChange{field}},
			{Address: diff.Address{Target: "convai", Name: "b"}, Provider: "convai", Action: diff.Update, ID: "1", Fields: []diff.FieldChange{field}, Base: map[spec.Path]string{"persona": "x"}},
			{Address: diff.Address{Target: "convai", Name: "c"}, Provider: "convai", Action: diff.Delete, ID: "2", Protect: true, Blocked: []diff.Block{{Rule: "protected"}}},
			{Address: diff.Address{Target: "npcbuilder", Name: "d"}, Provider: "npcbuilder", Action: diff.Replace, ID: "g/w/3", Fields: []diff.FieldChange{
				{Path: "traits", Kind: diff.Set, After: []any{"brave", "kind"}, Send: true},
				{Path: "filters", Kind: diff.Object, After: map[string]any{"active": true}, Send: true},
				{Path: "temperature", Kind: diff.Number, After: 0.42, Before: 1.0, BeforeKnown: true, Send: true},
			}},
			{Address: diff.Address{Target: "npcbuilder", Name: "e"}, Provider: "npcbuilder", Action: diff.Record, ID: "4", RenamedFrom: "z"},
		},
		Guards: []diff.Block{{Rule: "max-changes", Message: "m", Hint: "h"}},
	}
	p.Seal()
	return p
}

// FuzzPlanFile: no text makes reading panic, and what is read is intact and
// is the same document when it is written again.
func FuzzPlanFile(f *testing.F) {
	var good bytes.Buffer
	if err := EncodePlan(&good, samplePlan()); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		"", "{}", good.String(), good.String()[:good.Len()/2], strings.Replace(good.String(), `"1.0"`, `"2.0"`, 1),
		strings.Replace(good.String(), "brave", "cruel", 1), `{"format_version":"1.0","complete":true,"changes":null}`,
		strings.Repeat("[", 1000), `{"format_version":"1.0","changes":[{}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decodePlan(data, spec.Pos{File: "plan.json"})
		if err != nil {
			var d spec.Diagnostic
			if !errors.As(err, &d) || d.Code == "" || d.Hint == "" {
				t.Fatalf("%v has no code or no hint", err)
			}
			return
		}
		if !p.Intact() || !p.Complete {
			t.Fatal("what was read can't be trusted")
		}
		var again bytes.Buffer
		if err := EncodePlan(&again, p); err != nil {
			t.Fatal(err)
		}
		q, err := decodePlan(again.Bytes(), spec.Pos{})
		if err != nil || q.Digest != p.Digest {
			t.Fatalf("written again it is another plan: %v", err)
		}
	})
}

func TestSamplePlanSurvivesFreezing(t *testing.T) {
	var b bytes.Buffer
	p := samplePlan()
	if err := EncodePlan(&b, p); err != nil {
		t.Fatal(err)
	}
	q, err := decodePlan(b.Bytes(), spec.Pos{})
	if err != nil || q.Digest != p.Digest || len(q.Changes) != len(p.Changes) {
		t.Errorf("%v", err)
	}
}

// TestPlanIsEncodedInParts holds the document against what the encoder makes
// of it in one piece.
func TestPlanIsEncodedInParts(t *testing.T) {
	for n := range 4 {
		p := samplePlan()
		change := p.Changes[0]
		change.Reason = "\n  \"changes\": []"
		p.Changes = []diff.Change{}
		for range n {
			p.Changes = append(p.Changes, change)
		}
		p.Env = "\"changes\": []"
		var parts, whole bytes.Buffer
		if err := errors.Join(EncodePlan(&parts, p), indented(&whole, "", p)); err != nil {
			t.Fatal(err)
		}
		if parts.String() != whole.String() {
			t.Errorf("%d changes: %s", n, cmp.Diff(whole.String(), parts.String()))
		}
	}
}
