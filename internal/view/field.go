package view

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// field prints one field of an update: its sign, its name, why it changes, and
// what does.
func (p *printer) field(indent int, target string, f diff.FieldChange, told *told) {
	d := diff.Explain(f)
	sign, look := p.sign(f)
	lead := []run{{sign + " ", look}, {SanitizeLine(string(f.Path)), strong}}
	why := why(p.tone, target, f)
	switch d.Effect {
	case diff.Same, diff.Keeps:
		p.item(indent, lead, because(why)...)
	case diff.Sets, diff.Unknown:
		p.whole(indent, lead, f, f.After, added, why)
	case diff.Clears:
		p.whole(indent, lead, f, f.Before, removed, why)
	default:
		p.edit(indent, lead, why, d, told.again(target, d))
	}
}

// sign is the mark of a field: + sets, - empties, ~ edits, ≠ drift, ! conflict.
func (p *printer) sign(f diff.FieldChange) (string, ink) {
	switch f.Class {
	case diff.Conflict:
		return "!", alarming
	case diff.Drift:
		return p.style.drift(), drifting
	case diff.Adopted, diff.Converged, diff.Released:
		return "=", faint
	}
	switch diff.Explain(diff.FieldChange{Kind: f.Kind, Before: brief(f.Before), After: brief(f.After), BeforeKnown: f.BeforeKnown}).Effect {
	case diff.Sets:
		return "+", added
	case diff.Clears:
		return "-", removed
	}
	return "~", changed
}

// brief stands in for a text where only its being empty matters.
func brief(v any) any {
	if s, ok := v.(string); ok && strings.Trim(s, "\r\n") != "" {
		return "x"
	}
	return v
}

// edit prints a value that became another one.
func (p *printer) edit(indent int, lead []run, why string, d diff.FieldDiff, sameAs string) {
	switch {
	case sameAs != "":
		p.item(indent, lead, because(join(why, "the same edit as "+sameAs))...)
	case short(d.ValueDiff):
		p.item(indent, lead, append(append([]run{{"  ", plain}}, p.brief(d.ValueDiff)...), p.because(d.Class, why)...)...)
	default:
		p.item(indent, lead, because(why)...)
		p.value(indent+4, d.ValueDiff)
	}
}

// because puts a reason behind a short difference, on a line of its own when
// it is more than a word.
func (p *printer) because(c diff.Class, why string) []run {
	if why == "" {
		return nil
	}
	if c == diff.Yours && !strings.Contains(why, ";") {
		return []run{{"  " + why, faint}}
	}
	return []run{{"\n" + why, faint}}
}

// whole prints a value that is set or emptied as one.
func (p *printer) whole(indent int, lead []run, f diff.FieldChange, v any, look ink, why string) {
	t, ok := v.(string)
	if ok && (strings.Contains(strings.TrimRight(t, "\r\n"), "\n") || wider(t, shortLine)) {
		p.item(indent, lead, because(why)...)
		p.head(indent+4, nil, t, look)
		return
	}
	p.item(indent, lead, append([]run{{"  " + SanitizeLine(literal(v)), look}}, p.because(f.Class, why)...)...)
}

// because is a reason behind a name, where there is one.
func because(why string) []run {
	if why == "" {
		return nil
	}
	return []run{{"  " + why, faint}}
}

func join(parts ...string) string {
	var out []string
	for _, part := range parts {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "; ")
}

// told remembers the edits that were shown of one character, so that the same
// words are not shown again for each of its targets.
type told struct{ edits map[string]string }

// again returns where an edit of prose was shown before, or "" and notes it.
func (t *told) again(target string, d diff.FieldDiff) string {
	if d.Prose == nil || short(d.ValueDiff) || d.Class != diff.Yours {
		return ""
	}
	key := fingerprint(d.Prose)
	where, ok := t.edits[key]
	if ok {
		return where
	}
	if t.edits == nil {
		t.edits = map[string]string{}
	}
	t.edits[key] = SanitizeLine(target) + " " + SanitizeLine(string(d.Path))
	return ""
}

// fingerprint is what is shown of a prose diff, without places.
func fingerprint(d *diff.ProseDiff) string {
	var b strings.Builder
	for _, passage := range d.Passages {
		if passage.Shape == diff.Untouched || passage.Shape == diff.Spaced || passage.Paragraphs == 0 {
			continue
		}
		b.WriteString("\x00" + string(passage.Shape))
		for _, s := range passage.Sentences {
			if s.Shape == diff.Untouched {
				continue
			}
			for _, span := range s.Spans {
				b.WriteString("\x01" + string(span.Op) + "\x02" + strings.TrimRight(span.Text, "\r\n"))
			}
		}
	}
	return b.String() + "\x00" + strings.Join(d.Notes, "\x01")
}
