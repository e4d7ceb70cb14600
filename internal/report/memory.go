package report

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
)

// Memory knows which edits of a character were shown already, so that the
// same words are not shown again for each of its targets. It serves one
// character; its zero value is ready.
type Memory struct{ shown map[string]string }

// Again returns where the same edit was shown, or "" and remembers it. Blocks
// of a text that were shown before are marked as told, where not all of them
// were. Drift, conflicts, and what is no text are always shown.
func (m *Memory) Again(target string, f *Field, c *Change) string {
	p := c.Value.Prose
	if p == nil {
		p = c.Value.Text
	}
	if p == nil || p.WhitespaceOnly || f.Class == diff.Conflict || f.Class == diff.Drift {
		return ""
	}
	if m.shown == nil {
		m.shown = map[string]string{}
	}
	here, least := target+" "+f.Path, toldFrom
	if c.Value.Text != nil {
		least = toldWhole
	}
	edited, told, place := 0, 0, ""
	for i := range p.Blocks {
		b := &p.Blocks[i]
		if b.Kind == prose.Unchanged {
			continue
		}
		edited++
		key := fingerprint(b)
		at, ok := m.shown[key]
		switch {
		case !ok:
			m.shown[key] = here
		case at != here && len(key) >= least:
			told++
			b.Told, b.Edits = at, 1
			if place != "" && place != at {
				place = "-"
			} else {
				place = at
			}
		}
	}
	if told > 0 && told == edited && place != "-" && len(p.Notes) == 0 {
		return place
	}
	p.Blocks = together(p.Blocks)
	return ""
}

// together makes one of neighbours that were told at the same place.
func together(blocks []Block) []Block {
	var out []Block
	for _, b := range blocks {
		last := len(out) - 1
		if last < 0 || b.Told == "" || out[last].Told != b.Told {
			out = append(out, b)
			continue
		}
		out[last].Edits++
		out[last].Lines = append(out[last].Lines, b.Lines...)
	}
	return out
}

// How many bytes an edit, and a text that is new, must have to be told once
// only.
const (
	toldFrom  = 24
	toldWhole = 100
)

// fingerprint is what is shown of a block, without its place.
func fingerprint(block *Block) string {
	var b strings.Builder
	b.WriteString(string(block.Kind))
	for _, line := range block.Lines {
		b.WriteByte('\n')
		last := prose.Equal
		if line.Speaker != "" {
			b.WriteString(line.Speaker + ": ")
		}
		for _, s := range line.Spans {
			if s.Far {
				continue
			}
			if s.Op != last {
				b.WriteString("\x01" + string(s.Op) + "\x02")
				last = s.Op
			}
			b.WriteString(s.Text)
		}
	}
	return b.String()
}
