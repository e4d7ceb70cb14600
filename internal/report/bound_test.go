package report

import (
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff/prose"
)

// A text takes no more than its share of a report, and what is left out is
// counted: nothing goes unsaid.
func TestTextsHaveABudget(t *testing.T) {
	lines := strings.Repeat("a\n", 500_000)
	for _, c := range []struct {
		name string
		p    Prose
		left int
		says string
	}{
		{"new, of lines", textOf(lines, prose.Insert, false), 500_000 - mostLines, "498,000 more lines"},
		{"new, one line", textOf(strings.Repeat("word ", 500_000), prose.Insert, false), 0, "2,237,856 more characters"},
		{"short", textOf("a\nb\n", prose.Insert, false), 0, ""},
	} {
		kept, size := 0, 0
		for _, b := range c.p.Blocks {
			kept += len(b.Lines)
			for _, l := range b.Lines {
				size += len(l.text())
			}
		}
		if kept > mostLines || size > mostBytes+len("…") || c.p.Left != c.left {
			t.Errorf("%s: %d lines and %d bytes kept, %d lines left out, want %d", c.name, kept, size, c.p.Left, c.left)
		}
		if says := c.p.LeftOut(); says != c.says {
			t.Errorf("%s: says %q, want %q", c.name, says, c.says)
		}
	}
	before, after := strings.Repeat("a\nb\n", 100_000), strings.Repeat("c\nd\n", 100_000)
	d := prose.Compare(before, after)
	p := proseOf(&d, false)
	kept := 0
	for _, b := range p.Blocks {
		kept += len(b.Lines)
	}
	if kept > mostLines || kept+p.Left != 400_000 || len(p.Notes) != 1 {
		t.Errorf("%d lines kept, %d left out, notes %q", kept, p.Left, p.Notes)
	}
}
