package report

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// Memory knows which edits of a character were shown already, so that the
// same words are not shown again for each of its targets. It serves one
// character; its zero value is ready.
type Memory struct{ shown map[string]string }

// Again returns where the same edit was shown, or "" and remembers it. Short
// edits, and those that are no text, are always shown.
func (m *Memory) Again(target string, f *Field, c Change) string {
	if f.Class == diff.Conflict || f.Class == diff.Drift {
		return ""
	}
	key := fingerprint(&c.Value)
	if key == "" {
		return ""
	}
	if at, ok := m.shown[key]; ok {
		return at
	}
	if m.shown == nil {
		m.shown = map[string]string{}
	}
	m.shown[key] = target + " " + f.Path
	return ""
}

// fingerprint is what is shown of a text, without places; "" for what is
// short enough to stand twice.
func fingerprint(v *Value) string {
	p := v.Prose
	if p == nil {
		p = v.Text
	}
	if p == nil || p.WhitespaceOnly {
		return ""
	}
	var b strings.Builder
	for _, block := range p.Blocks {
		if block.Shape == diff.Untouched {
			continue
		}
		b.WriteString("\x00" + string(block.Shape))
		for _, line := range block.Lines {
			b.WriteString("\x01" + line.Speaker)
			for _, s := range line.Spans {
				if !s.Far {
					b.WriteString("\x02" + string(s.Op) + "\x03" + s.Text)
				}
			}
		}
	}
	if b.Len() < shortText {
		return ""
	}
	return b.String() + "\x00" + strings.Join(p.Notes, "\x01")
}
