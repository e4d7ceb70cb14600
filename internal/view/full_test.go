package view

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
)

// TestCreationsShowAll: of a new character nothing goes unsaid: what does not
// find room is counted, and Full shows it to the last word.
func TestCreationsShowAll(t *testing.T) {
	var persona strings.Builder
	for i := range 40 {
		fmt.Fprintf(&persona, "Paragraph %d of the persona.\n\n", i)
	}
	text := persona.String() + "lastword"
	lore := []any{strings.Repeat("a fact ", 40) + "lastfact", map[string]any{"title": "Inn", "text": "One.\n\nTwo.\n\nlastentry"}}
	create := func(target string) diff.Change {
		return diff.Change{Address: diff.Address{Target: target, Name: "mira"}, Action: diff.Create, Provider: target, Fields: []diff.FieldChange{
			{Path: "name", Kind: diff.Text, After: "Mira", Send: true},
			{Path: "persona", Kind: diff.Text, After: text, Send: true},
			{Path: "knowledge", Kind: diff.Objects, After: lore, Send: true},
		}}
	}
	plan := &diff.Plan{Complete: true, Changes: []diff.Change{create("alakazam"), create("convai")}}
	render := func(s Style) string {
		var b strings.Builder
		if err := Plan(&b, plan, s); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	short, full := render(Style{}), render(Style{Full: true})
	for _, word := range []string{"lastword", "lastfact", "lastentry"} {
		if strings.Contains(short, word) {
			t.Errorf("%s is shown in short", word)
		}
		if !strings.Contains(full, word) {
			t.Errorf("%s is not shown whole:\n%s", word, full)
		}
	}
	if want := "of 2 texts shown by their beginnings; --full shows all."; !strings.Contains(short, want) {
		t.Errorf("short lacks %q:\n%s", want, short)
	}
	if strings.Contains(full, "Left out") || strings.Contains(full, "(81 lines") {
		t.Errorf("whole, and something is left out:\n%s", full)
	}
	if strings.Count(full, "lastword") != 1 || !strings.Contains(full, "the same as alakazam persona") {
		t.Errorf("the same text is shown for each target:\n%s", full)
	}
	plan.Changes = []diff.Change{{Address: diff.Address{Target: "convai", Name: "mira"}, Action: diff.Update, Provider: "convai", Fields: []diff.FieldChange{
		{Path: "persona", Kind: diff.Text, Class: diff.Yours, Before: "Old.", BeforeKnown: true, After: "Old.\n\n" + text, Send: true},
		{Path: "lore", Kind: diff.Text, Class: diff.Yours, BeforeKnown: true, After: strings.Repeat("word ", 400) + "lastlore", Send: true},
	}}}
	short, full = render(Style{}), render(Style{Full: true})
	if strings.Contains(short, "lastlore") || !strings.Contains(short, "Left out: ") || !strings.Contains(full, "lastlore") || !strings.Contains(full, "lastword") {
		t.Errorf("an update:\n%s\n%s", short, full)
	}
}
