package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
)

// Result prints what an apply did, pair by pair, and what reading back found.
// Its last line is that of Result.Summary.
func Result(w io.Writer, r *apply.Result, s Style) error {
	p := newPrinter(w, s)
	name := ""
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		if o.Action == diff.Record && o.Status == apply.Done {
			continue
		}
		if o.Name != name {
			name = o.Name
			p.line(0, run{SanitizeLine(name), strong})
		}
		if o.Action == "" && o.Status == apply.Failed {
			p.unplanned(o)
			continue
		}
		p.outcome(o)
	}
	if name != "" {
		p.blank()
	}
	for _, b := range r.Refused {
		p.block(0, "Guard "+b.Rule, b)
	}
	if len(r.Refused) > 0 {
		p.line(0, run{"Nothing was written.", strong})
		p.blank()
	}
	if r.Interrupted {
		p.para(0, []run{{"! ", alarming}}, []run{{"Interrupted. ", alarming}, {"What is listed as done was recorded; the next apply goes on from there.", plain}})
		p.toCome(r)
		p.blank()
	}
	if n := noted(r); n > 0 && n == len(r.Outcomes) {
		p.line(0, run{"Nothing was sent: the providers hold this already, and the lock notes it.", plain})
		p.blank()
	}
	if r.RunID != "" && (r.Wrote() || r.Failed > 0) {
		where := ""
		if r.Env != "" {
			where = ", environment " + SanitizeLine(r.Env)
		}
		if r.Sandbox {
			where += ", in the sandbox"
		}
		p.line(0, run{"Run " + SanitizeLine(r.RunID) + where + ".", faint})
	}
	p.write(s.paint(strong, r.Summary()) + "\n")
	return p.close()
}

// toCome says what an interrupted run has not begun.
func (p *printer) toCome(r *apply.Result) {
	var targets []string
	byTarget := map[string][]string{}
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		if o.Status != apply.Skipped || o.Rule != "interrupted" {
			continue
		}
		if byTarget[o.Target] == nil {
			targets = append(targets, o.Target)
		}
		byTarget[o.Target] = append(byTarget[o.Target], SanitizeLine(o.Name))
	}
	if len(targets) == 0 {
		return
	}
	slices.Sort(targets)
	words := make([]string, len(targets))
	for i, target := range targets {
		words[i] = Count(len(byTarget[target]), "change") + " at " + SanitizeLine(target) + " (" + firstNames(byTarget[target]) + ")"
	}
	next := "Still to come: " + And(words) + "."
	if r.RunID != "" {
		next += " `charsync apply --resume " + SanitizeLine(r.RunID) + "` does that."
	}
	p.para(2, nil, []run{{next, plain}})
}

// firstNames are a few names, and how many more there are.
func firstNames(names []string) string {
	if len(names) > 4 {
		return strings.Join(names[:3], ", ") + " and " + Thousands(len(names)-3) + " more"
	}
	return And(names)
}

// noted counts the pairs that only the lock had something to learn of.
func noted(r *apply.Result) int {
	n := 0
	for i := range r.Outcomes {
		if o := &r.Outcomes[i]; o.Action == diff.Record && o.Status == apply.Done {
			n++
		}
	}
	return n
}

// unplanned prints a pair that nothing could be planned for. Why, and what to
// do, stands with the plan, which is always shown before its result.
func (p *printer) unplanned(o *apply.Outcome) {
	p.item(2, []run{{p.style.glyph("✗", "x") + " ", alarming}}, run{SanitizeLine(o.Target), alarming}, run{"  failed: not planned, for the reason above", plain})
}

// ResultJSON prints the result document, with failures as text.
func ResultJSON(w io.Writer, r *apply.Result) error {
	type outcome struct {
		apply.Outcome
		Error string `json:"error,omitempty"`
	}
	doc := struct {
		*apply.Result
		Outcomes []outcome `json:"outcomes"`
		Summary  string    `json:"summary"`
	}{r, make([]outcome, 0, len(r.Outcomes)), r.Summary()}
	for _, o := range r.Outcomes {
		out := outcome{Outcome: o}
		if o.Err != nil {
			out.Error = o.Err.Error()
		}
		doc.Outcomes = append(doc.Outcomes, out)
	}
	return JSON(w, doc)
}

// outcome prints how one pair ended. What to do about a cause is told once for
// each account that it is met at.
func (p *printer) outcome(o *apply.Outcome) {
	sign, look := p.style.glyph("✓", "ok"), added
	switch o.Status {
	case apply.Failed:
		sign, look = p.style.glyph("✗", "x"), alarming
	case apply.Skipped:
		sign, look = "!", changed
	}
	head := []run{{SanitizeLine(o.Target), look}, {"  " + ended(o), plain}}
	if o.ID != "" && p.style.Detail {
		head = append(head, run{" " + SanitizeLine(o.ID), faint})
	}
	if fields := sent(o); fields != "" && o.Status == apply.Done {
		head = append(head, run{": " + fields, plain})
	}
	p.item(2, []run{{sign + " ", look}}, head...)
	if why := reason(o); why != "" {
		p.line(6, text(plain, why))
	}
	for _, f := range o.Fields {
		p.finding(6, o, f)
	}
	for _, f := range o.Stale {
		p.staleField(6, o.Target, f)
	}
	if cause := strings.Join([]string{o.Target, reason(o), o.Hint}, "\x00"); o.Hint != "" && !p.hinted[cause] {
		p.hinted[cause] = true
		p.para(6, []run{{"hint: ", strong}}, []run{text(plain, o.Hint)})
	}
}

// deedDone is the past of a deed. What some providers call a deletion is none,
// and must not read as one.
func deedDone(a diff.Action, removal string) string {
	switch a {
	case diff.Create:
		return "created"
	case diff.Update:
		return "updated"
	case diff.Replace:
		return "replaced"
	case diff.Delete:
		switch removal {
		case "archive":
			return "archived"
		case "set private":
			return removal + " and forgotten"
		}
		return "deleted"
	case diff.Record:
		return "recorded"
	}
	return string(a)
}

// sent lists the fields of an update; a creation sends them all.
func sent(o *apply.Outcome) string {
	if o.Action != diff.Update {
		return ""
	}
	paths := make([]string, len(o.Fields))
	for i, f := range o.Fields {
		paths[i] = SanitizeLine(string(f.Path))
	}
	return strings.Join(paths, ", ")
}

// reason is why a pair failed or was skipped; an error is added unless one of
// the two holds the other's words already.
func reason(o *apply.Outcome) string {
	if o.Err == nil || strings.Contains(o.Reason, o.Err.Error()) {
		return o.Reason
	}
	if strings.Contains(o.Err.Error(), o.Reason) {
		return o.Err.Error()
	}
	return join(o.Reason, o.Err.Error())
}

// finding says what became of a field that did not arrive as it was sent.
func (p *printer) finding(indent int, o *apply.Outcome, f apply.Kept) {
	target := SanitizeLine(o.Target)
	lead := func(sign string, look ink) []run {
		return []run{{sign + " ", look}, {SanitizeLine(string(f.Path)), strong}}
	}
	switch diff.Keeping(f.How) {
	case diff.KeptEqual:
		return
	case diff.KeptNormalised:
		p.item(indent, lead("=", faint), run{"  " + target + " writes it in another form; recorded, and not sent again for that", faint})
		return
	case diff.KeptTruncated:
		p.item(indent, lead("!", alarming), run{"  truncated: " + p.lengths(f, "kept"), plain})
	case diff.KeptDropped:
		if o.Err != nil { // the write, or the part of it with this field, was refused
			p.item(indent, lead("!", alarming), run{"  not written: " + target + " does not have the new value", plain})
			break
		}
		p.item(indent, lead("!", alarming), run{"  dropped: " + target + " accepted the write and does not have the new value", plain})
	case diff.KeptAppended:
		p.item(indent, lead("!", alarming), run{"  appended: " + target + " kept the old value beside the new one, " + p.lengths(f, "there now"), plain})
	default:
		p.item(indent, lead("!", alarming), run{"  " + SanitizeLine(f.How) + ": " + target + " holds something else than was sent", plain})
	}
	d := diff.Explain(diff.FieldChange{Path: f.Path, Kind: diff.Text, Class: diff.Yours, Before: f.Wanted, After: f.Got, BeforeKnown: true})
	if d.Effect == diff.Edits {
		p.line(indent+4, append(append(p.mark(prose.Delete, "sent"), run{" ", plain}), p.mark(prose.Insert, "found there")...)...)
		p.value(indent+4, d.ValueDiff)
	}
}

// lengths compares how much was sent with how much is there.
func (p *printer) lengths(f apply.Kept, verb string) string {
	size := func(v any) string {
		switch v := v.(type) {
		case string:
			return Count(Characters(v), "character")
		case []any:
			return Count(len(v), "element")
		}
		return "1 value"
	}
	return fmt.Sprintf("%s sent, %s %s", size(f.Wanted), size(f.Got), verb)
}

// staleField shows what live is now, against what was to be written.
func (p *printer) staleField(indent int, target string, f diff.FieldChange) {
	d := diff.Explain(f)
	lead := []run{{"! ", alarming}, {SanitizeLine(string(f.Path)), strong}}
	why := "moved on " + SanitizeLine(target) + " since the plan"
	switch {
	case d.Effect == diff.Edits && !short(d.ValueDiff):
		p.item(indent, lead, run{"  " + why, faint})
		p.value(indent+4, d.ValueDiff)
	case d.Effect == diff.Edits:
		p.item(indent, lead, append(append([]run{{"  ", plain}}, p.brief(d.ValueDiff)...), run{"\n" + why, faint})...)
	case d.Effect == diff.Same:
		p.item(indent, lead, run{"  " + why + ", to what the manifest says", faint})
	default:
		p.item(indent, lead, run{"  " + p.brieflyOf(f.Before, shortLine), plain}, run{"\n" + why, faint})
	}
}
