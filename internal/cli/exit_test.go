package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// TestApplyCode is the rule of the contract: failed comes first, 6 when
// something was applied and else 1, then 5, then 4.
func TestApplyCode(t *testing.T) {
	stale := apply.Outcome{Status: apply.Skipped, Rule: "stale"}
	refused := []diff.Block{{Rule: "shrink"}}
	for _, test := range []struct {
		name       string
		incomplete bool
		result     apply.Result
		want       code
	}{
		{"nothing", false, apply.Result{}, exitDone},
		{"done", false, apply.Result{Created: 1}, exitDone},
		{"failed alone", false, apply.Result{Failed: 1}, exitError},
		{"failed after an update", false, apply.Result{Failed: 1, Updated: 1}, exitPart},
		{"failed after a deletion", false, apply.Result{Failed: 1, Deleted: 1}, exitPart},
		{"incomplete alone", true, apply.Result{}, exitError},
		{"incomplete, the rest done", true, apply.Result{Created: 1}, exitPart},
		{"refused", false, apply.Result{Refused: refused, Outcomes: []apply.Outcome{stale}}, exitRefused},
		{"failed and refused", false, apply.Result{Failed: 1, Refused: refused}, exitError},
		{"skipped", false, apply.Result{Updated: 2, Outcomes: []apply.Outcome{{Status: apply.Done}, stale}}, exitStale},
		{"failed and skipped", false, apply.Result{Failed: 1, Outcomes: []apply.Outcome{stale}}, exitError},
		{"interrupted", false, apply.Result{Interrupted: true, Failed: 1, Created: 1}, exitInterrupted},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := applyCode(&diff.Plan{Complete: !test.incomplete}, &test.result); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestPlanCode(t *testing.T) {
	with := func(class diff.Class, action diff.Action) []diff.Change {
		return []diff.Change{{Action: action, Fields: []diff.FieldChange{{Class: class, Send: true}}}}
	}
	for _, test := range []struct {
		name     string
		plan     diff.Plan
		drift    string
		detailed bool
		want     code
	}{
		{"empty", diff.Plan{Complete: true}, "enforce", true, exitDone},
		{"changes", diff.Plan{Complete: true, Changes: with(diff.Yours, diff.Update)}, "enforce", false, exitDone},
		{"changes, detailed", diff.Plan{Complete: true, Changes: with(diff.Yours, diff.Update)}, "enforce", true, exitChanges},
		{"records are no changes", diff.Plan{Complete: true, Changes: with(diff.Adopted, diff.Record)}, "enforce", true, exitDone},
		{"conflict", diff.Plan{Complete: true, Changes: with(diff.Conflict, diff.Update)}, "enforce", false, exitDone},
		{"drift", diff.Plan{Complete: true, Changes: with(diff.Drift, diff.Update)}, "enforce", false, exitDone},
		{"drift reported", diff.Plan{Complete: true, Changes: with(diff.Drift, diff.Report)}, "report", true, exitChanges},
		{"drift fails", diff.Plan{Complete: true, Changes: with(diff.Drift, diff.Report)}, "fail", true, exitStale},
		{"incomplete", diff.Plan{Changes: with(diff.Drift, diff.Report)}, "fail", true, exitError},
		{"guarded", diff.Plan{Complete: true, Guards: []diff.Block{{Rule: "max-changes"}}, Changes: with(diff.Yours, diff.Update)}, "enforce", true, exitChanges},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := apply.Options{Policy: spec.Policy{Drift: test.drift}}
			if got := planCode(&test.plan, o, test.detailed); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestCodeOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want code
	}{
		{nil, exitDone},
		{errors.New("x"), exitError},
		{failed("hint", "fact: %w", errors.New("x")), exitError},
		{fmt.Errorf("wrapped: %w", told{exitInvalid}), exitInvalid},
		{errors.Join(told{exitInvalid}, errors.New("x")), exitInvalid},
		{fmt.Errorf("observe: %w", context.Canceled), exitInterrupted},
		{failed("hint", "list convai: %w", context.Canceled), exitInterrupted},
		{spec.Diagnostic{Code: "CS501"}, exitError},
	} {
		if got := codeOf(test.err); got != test.want {
			t.Errorf("%v: got %d, want %d", test.err, got, test.want)
		}
	}
}
