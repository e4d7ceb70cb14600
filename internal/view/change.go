package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// character prints what happens to one character at all its targets.
func (p *printer) character(changes []diff.Change) {
	head := []run{{SanitizeLine(changes[0].Name), strong}}
	for _, c := range changes {
		if c.Source.File != "" {
			head = append(head, run{"  " + where(c.Source), faint})
			break
		}
	}
	p.line(0, head...)
	var shown told
	for i := range changes {
		p.changeOf(&changes[i], &shown)
	}
	p.blank()
}

// actionSign is the mark of what happens to a pair.
func (p *printer) actionSign(c *diff.Change) (string, ink) {
	switch {
	case p.tone == ofDrift && c.Gone != "":
		return "-", removed
	case c.Has(diff.Conflict) && (c.Stopped() || p.tone == ofDrift):
		return "!", alarming
	case c.Stopped():
		return p.style.drift(), drifting
	}
	switch c.Action {
	case diff.Create:
		return "+", added
	case diff.Delete:
		return "-", removed
	case diff.Replace:
		return p.replaceSign(), alarming
	case diff.Report:
		return p.style.drift(), drifting
	case diff.Record:
		return "=", faint
	}
	if c.OnlyDrift() {
		return p.style.drift(), drifting
	}
	return "~", changed
}

func (p *printer) changeOf(c *diff.Change, shown *told) {
	sign, look := p.actionSign(c)
	head := []run{{SanitizeLine(c.Target), look}, {"  " + deed(p.tone, c), plain}}
	if c.ID != "" && p.style.Detail {
		head = append(head, run{" " + SanitizeLine(c.ID), faint})
	}
	if c.Reason != "" {
		head = append(head, run{": " + SanitizeLine(c.Reason), plain})
	}
	p.item(2, []run{{sign + " ", look}}, head...)
	p.aside(6, c, shown)
	if words := LastApplied(c.Applied); words != "" {
		if c.Applied.Command != "" {
			words += " (" + SanitizeLine(c.Applied.Command) + ")"
		}
		p.line(6, run{words, faint})
	}
	switch c.Action {
	case diff.Create:
		if p.style.Full {
			p.creation(6, c.Target, c.Fields, shown)
			break
		}
		p.creation(6, c.Target, shown.news(c), shown)
		for _, like := range shown.likes {
			p.para(6, []run{{"as at " + like.target + "  ", faint}}, []run{{strings.Join(like.paths, ", "), plain}})
		}
	case diff.Delete:
		if c.Removal != "" {
			p.line(6, text(changed, c.Removal))
		}
		if c.Protect {
			p.line(6, run{"protected", changed})
		}
	case diff.Record:
		p.recorded(6, c)
	default:
		if c.Action == diff.Replace && c.Removal != "" {
			p.line(6, run{"the old one: ", plain}, text(changed, c.Removal))
		}
		p.fields(6, c, shown)
	}
	for _, b := range c.Blocked {
		p.block(6, StoppedBy(b), b)
	}
}

// LastApplied says which run was the last to change something at a pair; "" is
// none.
func LastApplied(a *diff.Applied) string {
	if a == nil {
		return ""
	}
	words := "last applied"
	switch a.Command { // what leaves no record
	case "import":
		words = "last imported"
	case "pull":
		words = "last pulled"
	}
	if a.At != "" {
		words += " " + a.At
	}
	if a.Who != "" {
		words += " by " + a.Who
	}
	return SanitizeLine(words + ", run " + a.Run)
}

// creation lists the fields of a character that will be created: what fits on
// a line, else the beginning with how much there is.
func (p *printer) creation(indent int, target string, fields []diff.FieldChange, shown *told) {
	longest := 0
	for _, f := range fields {
		longest = max(longest, width(SanitizeLine(string(f.Path))))
	}
	for _, f := range fields {
		name := SanitizeLine(string(f.Path))
		lead := name + strings.Repeat(" ", longest-width(name)+2)
		columns := p.style.width() - indent - width(lead)
		start, left := p.style.preview(f.After, columns)
		if left == 0 || !p.style.Full {
			p.leave(left)
			p.para(indent, []run{{lead, plain}}, []run{{start, added}})
			continue
		}
		if at := shown.text(target, f); at != "" {
			p.para(indent, []run{{lead, plain}}, []run{{"the same as " + at, faint}})
			continue
		}
		p.line(indent, run{name, plain})
		p.all(indent+2, f.After)
	}
}

// all prints a value to its last word.
func (p *printer) all(indent int, v any) {
	sign := run{"+ ", added}
	switch v := v.(type) {
	case string:
		p.head(indent, nil, v, added)
	case []any:
		for _, e := range v {
			p.element(indent, sign, "", e, added)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			p.element(indent, sign, k, v[k], added)
		}
	default:
		p.para(indent, nil, []run{{Literal(v), added}})
	}
}

// leave counts what is missing of a value that is shown by its beginning.
func (p *printer) leave(characters int) {
	if characters > 0 {
		p.left.texts++
		p.left.characters += characters
	}
}

// leftOut says how much the beginnings leave out, and how to see it.
func (p *printer) leftOut() {
	if p.left.texts == 0 {
		return
	}
	whose := "its beginning"
	if p.left.texts > 1 {
		whose = "their beginnings"
	}
	p.line(0, run{fmt.Sprintf("Left out: %s of %s shown by %s; --full shows all.",
		Count(p.left.characters, "character"), Count(p.left.texts, "text"), whose), faint})
	p.blank()
}

// recorded sums up fields of which only the lock takes notice.
func (p *printer) recorded(indent int, c *diff.Change) {
	byClass := map[diff.Class][]string{}
	for _, f := range c.Fields {
		byClass[f.Class] = append(byClass[f.Class], SanitizeLine(string(f.Path)))
	}
	for _, class := range []diff.Class{diff.Adopted, diff.Converged, diff.Released} {
		if paths := byClass[class]; len(paths) > 0 {
			p.line(indent, run{why(p.tone, c.Target, diff.FieldChange{Class: class}) + ": ", faint}, run{strings.Join(paths, ", "), plain})
		}
	}
}
