package view

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

// TestMarksSurviveCopying: a coloured plan whose colours are gone, as in what
// is copied out of a terminal, is the plan without colours.
func TestMarksSurviveCopying(t *testing.T) {
	plan := &diff.Plan{Complete: true, Changes: []diff.Change{{
		Address: diff.Address{Name: "mira", Target: "alakazam"}, Action: diff.Update,
		Fields: []diff.FieldChange{{
			Path: "greeting", Kind: diff.Text, Class: diff.Yours, Send: true, BeforeKnown: true,
			Before: "Wipe your boots by the door.", After: "Wipe your shoes by the door.",
		}},
	}}}
	var coloured, bare bytes.Buffer
	for w, s := range map[*bytes.Buffer]Style{&coloured: {Width: 80, Unicode: true, Color: true}, &bare: {Width: 80, Unicode: true}} {
		if err := Plan(w, plan, s); err != nil {
			t.Fatal(err)
		}
	}
	copied := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured.String(), "")
	if copied == coloured.String() {
		t.Fatal("nothing is coloured")
	}
	if copied != bare.String() || !strings.Contains(copied, "[-boots-]{+shoes+}") {
		t.Errorf("copied:\n%s\nwithout colour:\n%s", copied, bare.String())
	}
}

// TestInterruptedSaysWhatIsToCome: by target, with names, and with the command
// that goes on.
func TestInterruptedSaysWhatIsToCome(t *testing.T) {
	r := &apply.Result{Interrupted: true, RunID: "r1", Created: 1, Skipped: 6, Outcomes: []apply.Outcome{
		{Address: diff.Address{Name: "a", Target: "convai"}, Action: diff.Create, Status: apply.Done},
	}}
	for _, name := range []string{"b", "c", "d", "e", "f"} {
		r.Outcomes = append(r.Outcomes, apply.Outcome{
			Address: diff.Address{Name: name, Target: "convai"}, Action: diff.Create, Status: apply.Skipped, Rule: "interrupted", Reason: "not begun: interrupted",
		})
	}
	r.Outcomes = append(r.Outcomes, apply.Outcome{
		Address: diff.Address{Name: "b", Target: "alakazam"}, Action: diff.Update, Status: apply.Skipped, Rule: "interrupted", Reason: "not begun: interrupted",
	})
	var out bytes.Buffer
	if err := Result(&out, r, Style{Width: 200}); err != nil {
		t.Fatal(err)
	}
	const want = "Still to come: 1 change at alakazam (b) and 5 changes at convai (b, c, d and 2 more). `charsync apply --resume r1` does that."
	if !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
}
