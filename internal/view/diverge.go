package view

import (
	"io"
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
)

// Divergences prints for people where a plan is not the one that was
// reviewed: pair by pair, what was to be done and what would be done now.
func Divergences(w io.Writer, reviewed, now *diff.Plan, s Style) error {
	p := newPrinter(w, s)
	list := diff.Diverge(reviewed, now)
	p.line(0, run{"What differs from the plan that was reviewed:", strong})
	key := append([]run{{"words: ", faint}}, p.mark(prose.Delete, "as reviewed")...)
	p.line(0, append(append(key, run{" ", plain}), p.mark(prose.Insert, "now")...)...)
	p.blank()
	last := ""
	for i := range list {
		d := &list[i]
		if d.Name != last {
			if last != "" {
				p.blank()
			}
			p.line(0, run{SanitizeLine(d.Name), strong})
			last = d.Name
		}
		p.divergence(d)
	}
	for _, g := range guardsOnly(now.Guards, reviewed.Guards) {
		p.block(0, "Not reviewed, the guard "+SanitizeLine(g.Rule), g)
	}
	for _, g := range guardsOnly(reviewed.Guards, now.Guards) {
		p.block(0, "Reviewed, and not any more, the guard "+SanitizeLine(g.Rule), g)
	}
	p.blank()
	p.leftOut()
	return p.close()
}

func guardsOnly(of, not []diff.Block) []diff.Block {
	return slices.DeleteFunc(slices.Clone(of), func(b diff.Block) bool {
		return slices.ContainsFunc(not, func(o diff.Block) bool { return o.Rule == b.Rule })
	})
}

func (p *printer) divergence(d *diff.Divergence) {
	switch {
	case d.Reviewed == nil:
		p.item(2, []run{{"+ ", added}}, run{SanitizeLine(d.Target), added}, run{"  was not reviewed: " + deed(ofPlan, d.Now), plain})
		p.planned(d.Now)
		return
	case d.Now == nil:
		p.item(2, []run{{"- ", removed}}, run{SanitizeLine(d.Target), removed}, run{"  was reviewed, and is not to be done now: " + deed(ofPlan, d.Reviewed), plain})
		p.planned(d.Reviewed)
		return
	}
	words := "  " + deed(ofPlan, d.Now) + ", otherwise than reviewed"
	if d.Reviewed.Action != d.Now.Action || d.Reviewed.Stopped() != d.Now.Stopped() {
		words = "  reviewed: " + deed(ofPlan, d.Reviewed) + "; now: " + deed(ofPlan, d.Now)
	}
	p.item(2, []run{{"~ ", changed}}, run{SanitizeLine(d.Target), changed}, run{words, plain})
	if d.Reviewed.ID != d.Now.ID {
		p.line(6, run{"live character: " + SanitizeLine(orNone(d.Reviewed.ID)) + " → " + SanitizeLine(orNone(d.Now.ID)), changed})
	}
	for _, f := range d.Fields {
		p.fieldDivergence(f)
	}
	for _, rule := range slices.Sorted(maps.Keys(d.Blocked)) {
		if d.Blocked[rule] == diff.BlockedNow {
			p.line(6, run{"! stopped now by " + SanitizeLine(rule), alarming})
		} else {
			p.line(6, run{"! was stopped by " + SanitizeLine(rule) + ", and is not any more", alarming})
		}
	}
	if len(d.Fields) == 0 && len(d.Blocked) == 0 && d.Reviewed.ID == d.Now.ID && d.Reviewed.Action == d.Now.Action {
		p.line(6, run{"live values that are not shown here moved, or details of how it is done", faint})
	}
}

func orNone(id string) string {
	if id == "" {
		return "none"
	}
	return id
}

// planned shows what one of the plans does to a pair that the other leaves
// alone.
func (p *printer) planned(c *diff.Change) {
	if c.Action == diff.Create {
		p.creation(6, c.Target, c.Fields, &told{})
		return
	}
	for _, f := range c.Fields {
		p.field(6, c.Target, f, &told{})
	}
}

// fieldDivergence shows a field that is treated otherwise: what is to be
// written, and what is live.
func (p *printer) fieldDivergence(f diff.FieldDivergence) {
	lead := []run{{"~ ", changed}, {SanitizeLine(string(f.Path)), strong}}
	switch {
	case f.Reviewed == nil:
		p.item(6, lead, run{"  was not to be changed when it was reviewed", faint})
		p.field(10, "", *f.Now, &told{})
		return
	case f.Now == nil:
		p.item(6, lead, run{"  was reviewed, and is not to be changed now", faint})
		p.field(10, "", *f.Reviewed, &told{})
		return
	}
	p.sideBySide(lead, "to be written", f, func(c *diff.FieldChange) (any, bool) { return c.After, true })
	p.sideBySide(lead, "live", f, func(c *diff.FieldChange) (any, bool) { return c.Before, c.BeforeKnown })
	if f.Reviewed.Send != f.Now.Send || f.Reviewed.Class != f.Now.Class {
		p.item(6, lead, run{"  " + string(f.Reviewed.Class) + asSent(f.Reviewed) + " → " + string(f.Now.Class) + asSent(f.Now), plain})
	}
}

func asSent(f *diff.FieldChange) string {
	if f.Send {
		return ", sent"
	}
	return ", not sent"
}

// sideBySide shows one side of a field as it was reviewed and as it is.
func (p *printer) sideBySide(lead []run, what string, f diff.FieldDivergence, side func(*diff.FieldChange) (any, bool)) {
	was, knew := side(f.Reviewed)
	now, know := side(f.Now)
	if knew == know && diff.Digest(was) == diff.Digest(now) {
		return
	}
	d := diff.Explain(diff.FieldChange{Path: f.Path, Kind: f.Now.Kind, Class: f.Now.Class, Before: was, BeforeKnown: true, After: now})
	if d.Effect == diff.Same {
		d.Effect = diff.Edits
		d.Before, d.After = was, now
	}
	if short(d.ValueDiff) || d.Prose == nil {
		p.item(6, lead, append([]run{{"  " + what + ": ", faint}}, p.brief(d.ValueDiff)...)...)
		return
	}
	p.item(6, lead, run{"  " + what, faint})
	p.value(10, d.ValueDiff)
}
