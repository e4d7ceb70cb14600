package markdown

import (
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/pkg/diff"
)

// TestLeftOutIsSaid: what a new character's texts lose in a comment is
// counted at each depth.
func TestLeftOutIsSaid(t *testing.T) {
	of := func(text string) *report.Report {
		return report.New(&diff.Plan{Complete: true, Changes: []diff.Change{{
			Address: diff.Address{Target: "convai", Name: "mira"}, Provider: "convai", Action: diff.Create,
			Fields: []diff.FieldChange{{Path: "persona", Kind: diff.Text, After: text, Send: true}},
		}}}, report.Sources{})
	}
	for _, c := range []struct {
		name, text string
		room       int
		want       string
	}{
		{"shortened", strings.Repeat("word word.\n", 2000), GitHub / 4, "21,999 characters in 2,000 lines"},
		{"too many lines", strings.Repeat("a\n", 3000), GitHub, "… 1,000 more lines left out"},
		{"one long line", strings.Repeat("x", 300<<10), 1 << 20, "… 45,056 more characters left out"},
		{"whole", "One.\n\nTwo.", GitHub, "Two."},
	} {
		var b strings.Builder
		if err := Write(&b, of(c.text), Options{MaxBytes: c.room}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), c.want) {
			t.Errorf("%s: lacks %q:\n%.600s", c.name, c.want, b.String())
		}
	}
}
