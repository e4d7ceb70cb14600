package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/view/viewtest"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestResults(t *testing.T) {
	walk(t, "result/*.json", func(t *testing.T, file string, data []byte) {
		var r apply.Result
		decode(t, data, &r)
		var out strings.Builder
		if err := Result(&out, &r, Style{Width: 96, Unicode: true}); err != nil {
			t.Fatal(err)
		}
		viewtest.Golden(t, strings.TrimSuffix(file, ".json")+".txt", out.String())
		if !strings.HasSuffix(out.String(), "\n"+r.Summary()+"\n") && out.String() != r.Summary()+"\n" {
			t.Error("the last line is not the summary")
		}
	})
}

func TestDiagnostics(t *testing.T) {
	walk(t, "diagnostic/*.json", func(t *testing.T, file string, data []byte) {
		var ds []spec.Diagnostic
		decode(t, data, &ds)
		var out strings.Builder
		if err := Diagnostics(&out, ds, Style{Width: 80, Unicode: true}); err != nil {
			t.Fatal(err)
		}
		viewtest.Golden(t, strings.TrimSuffix(file, ".json")+".txt", out.String())
	})
}

func TestNoFindingsPrintNothing(t *testing.T) {
	var out strings.Builder
	if err := Diagnostics(&out, nil, Style{}); err != nil || out.Len() > 0 {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestJSONKeepsProse(t *testing.T) {
	prose := "<b>5 > 3 & \u2028 \x1b[31m</b>"
	plan := &diff.Plan{FormatVersion: diff.FormatVersion, Changes: []diff.Change{{
		Address: diff.Address{Target: "convai", Name: "mira"}, Action: diff.Update,
		Fields: []diff.FieldChange{{Path: "persona", Kind: diff.Text, Class: diff.Yours, After: prose}},
	}}}
	plan.Seal()
	var out strings.Builder
	if err := PlanJSON(&out, plan); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "<b>5 > 3 &") {
		t.Error("prose is escaped for HTML")
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("a control character is not escaped")
	}
	var back diff.Plan
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil {
		t.Fatal(err)
	}
	if back.Changes[0].Fields[0].After != prose || !back.Intact() {
		t.Errorf("prose came back as %q, intact %v", back.Changes[0].Fields[0].After, back.Intact())
	}
}

func TestResultJSONHasErrors(t *testing.T) {
	r := &apply.Result{Failed: 1, Outcomes: []apply.Outcome{{
		Address: diff.Address{Target: "convai", Name: "mira"}, Action: diff.Update, Status: apply.Failed, Err: errors.New("the answer was <html>"),
	}}}
	var out strings.Builder
	if err := ResultJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Failed   int
		Summary  string
		Outcomes []struct{ Target, Name, Status, Error string }
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Failed != 1 || got.Summary != r.Summary() || len(got.Outcomes) != 1 || got.Outcomes[0].Error != "the answer was <html>" || got.Outcomes[0].Target != "convai" {
		t.Errorf("%s", out.String())
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteErrorsAreReturned(t *testing.T) {
	for name, err := range map[string]error{
		"plan":        Plan(brokenPipe{}, &diff.Plan{}, Style{}),
		"result":      Result(brokenPipe{}, &apply.Result{}, Style{}),
		"diagnostics": Diagnostics(brokenPipe{}, []spec.Diagnostic{{Message: "x"}}, Style{}),
		"table":       Table(brokenPipe{}, nil, [][]string{{"a"}}, Style{}),
		"json":        JSON(brokenPipe{}, 1),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
