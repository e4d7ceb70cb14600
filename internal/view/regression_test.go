package view

import (
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
)

// Prose is shown as prose: several lines stay lines, and quotes, angle
// brackets and ampersands stay what they are, inside lists of mappings too.
func TestRegressionProseIsNeverEscaped(t *testing.T) {
	const before = "She said \"wait\" & went.\n\nThe <door> stayed open.\n\nNobody came."
	after := strings.Replace(before, "open", "shut", 1)
	quest := func(text string) []any {
		return []any{map[string]any{"objective": "Find out", "description": text}}
	}
	plan := &diff.Plan{
		FormatVersion: diff.FormatVersion, Complete: true,
		Changes: []diff.Change{{
			Address: diff.Address{Target: "npcbuilder", Name: "mira"}, Provider: "npcbuilder", Action: diff.Update, ID: "1",
			Fields: []diff.FieldChange{
				{Path: "description", Kind: diff.Text, Class: diff.Yours, Before: before, After: after, BeforeKnown: true, Send: true},
				{Path: "quests", Kind: diff.Objects, Class: diff.Yours, Before: quest(before), After: quest(after), BeforeKnown: true, Send: true},
				{Path: "backstory", Kind: diff.Text, Class: diff.Yours, Before: nil, After: after, BeforeKnown: true, Send: true},
			},
		}},
	}
	plan.Seal()
	var out strings.Builder
	if err := Plan(&out, plan, Style{Width: 100}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, escaped := range []string{`\n`, `\"`, `\u003c`, "&lt;", "&amp;"} {
		if strings.Contains(text, escaped) {
			t.Errorf("the plan escapes prose with %s:\n%s", escaped, text)
		}
	}
	if n := strings.Count(text, "The <door> stayed [-open-]{+shut+}."); n != 2 {
		t.Errorf("the changed sentence is shown %d times as it is, want 2:\n%s", n, text)
	}
	if !strings.Contains(text, `She said "wait" & went.`) {
		t.Errorf("new prose is not shown as it is:\n%s", text)
	}

	out.Reset()
	if err := PlanJSON(&out, plan); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), `\u003c`) || strings.Contains(out.String(), `\u0026`) {
		t.Errorf("the document escapes prose for HTML:\n%s", out.String())
	}
}
