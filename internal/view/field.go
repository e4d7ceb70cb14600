package view

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// fields prints the fields of a change. Those whose edit was shown at another
// target already share a line at the end.
func (p *printer) fields(indent int, c *diff.Change, told *told) {
	var repeated []repeat
	for _, f := range c.Fields {
		d := diff.Explain(f)
		again := told.lookUp(c.Target, d)
		if again.whole == "" {
			p.fieldOf(indent, c.Target, f, d, again)
			continue
		}
		why := why(p.tone, c.Target, f)
		at := slices.IndexFunc(repeated, func(r repeat) bool { return r.why == why })
		if at < 0 {
			at = len(repeated)
			repeated = append(repeated, repeat{why: why})
		}
		repeated[at].paths = append(repeated[at].paths, SanitizeLine(string(f.Path)))
		if !slices.Contains(repeated[at].places, again.whole) {
			repeated[at].places = append(repeated[at].places, again.whole)
		}
	}
	for _, r := range repeated {
		p.item(indent, []run{{"~ ", changed}, {strings.Join(r.paths, ", "), strong}}, because(join(r.why, r.String()))...)
	}
}

// repeat are fields of one pair whose edits were shown before.
type repeat struct {
	why           string
	paths, places []string // places as "alakazam persona"
}

// String says where the edits were shown; the target is named once.
func (r repeat) String() string {
	words := "the same edit as "
	if len(r.paths) > 1 {
		words = "the same edits as "
	}
	places, last := slices.Clone(r.places), ""
	for i, place := range places {
		target, path, _ := strings.Cut(place, " ")
		if target == last {
			places[i] = path
		}
		last = target
	}
	return words + And(places)
}

// field prints one field by itself: its sign, its name, why it changes, and
// what does.
func (p *printer) field(indent int, target string, f diff.FieldChange, told *told) {
	d := diff.Explain(f)
	p.fieldOf(indent, target, f, d, told.lookUp(target, d))
}

func (p *printer) fieldOf(indent int, target string, f diff.FieldChange, d diff.FieldDiff, again again) {
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
		p.edit(indent, lead, why, d, again)
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
func (p *printer) edit(indent int, lead []run, why string, d diff.FieldDiff, again again) {
	switch {
	case again.whole != "":
		p.item(indent, lead, because(join(why, "the same edit as "+again.whole))...)
	case short(d.ValueDiff):
		p.item(indent, lead, append(append([]run{{"  ", plain}}, p.brief(d.ValueDiff)...), p.because(d.Class, why)...)...)
	default:
		p.item(indent, lead, because(why)...)
		if d.Prose != nil {
			p.prose(indent+4, d.Prose, again)
			return
		}
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
