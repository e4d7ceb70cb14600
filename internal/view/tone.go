package view

import (
	"slices"

	"github.com/charsync/charsync/pkg/diff"
)

// tone is what a document is about, and decides its words: what will be done,
// what will be taken back, or what was done.
type tone uint8

const (
	ofPlan tone = iota
	ofUndo
	ofRun
	ofDrift
	ofBase
)

// toneOf is the tone of a plan's document.
func toneOf(plan *diff.Plan) tone {
	switch {
	case plan.About == diff.AboutDrift:
		return ofDrift
	case plan.About == diff.AboutBase:
		return ofBase
	case plan.Undo != "":
		return ofUndo
	}
	return ofPlan
}

// noun is what a document of this tone is called.
func (t tone) noun() string {
	if t == ofDrift {
		return "report"
	}
	return "plan"
}

func undoWhy(target string, f diff.FieldChange) string {
	switch f.Class {
	case diff.Conflict:
		if f.Send {
			return "conflict: changed on " + target + " since the run; what it held before the run wins"
		}
		return "conflict: changed on " + target + " since the run"
	case diff.Converged:
		return "holds again what it held before the run"
	case diff.Adopted, diff.Unchanged:
		return "is so on " + target + " already"
	case diff.Unverifiable:
		return "put back; can't be read back from " + target
	}
	return "put back"
}

func runWhy(target string, f diff.FieldChange) string {
	switch f.Class {
	case diff.Conflict:
		return "written over a conflict"
	case diff.Drift:
		return "drift, set back"
	case diff.Unverifiable:
		return "written; can't be read back from " + target
	}
	return "written"
}

func driftWhy(target string, f diff.FieldChange) string {
	if f.Class == diff.Conflict {
		return "conflict: changed on " + target + ", and in the manifest too"
	}
	return "changed on " + target
}

// baseWhy says no more than the sides of the difference do not say already.
func baseWhy(target string, f diff.FieldChange) string {
	switch {
	case f.Class == diff.Released:
		return "no longer managed; left as it is on " + target
	case f.Fixed:
		return "can't be updated on " + target + ", so the character is replaced"
	}
	return ""
}

// aside prints what a change of an undo means beside its fields: what can't
// come back, what goes, and what somebody did since.
func (p *printer) aside(indent int, c *diff.Change, shown *told) {
	switch {
	case c.Action == diff.Create && c.Removal != "":
		p.para(indent, []run{{"! ", alarming}}, []run{text(alarming, c.Removal)})
	case c.Action == diff.Delete:
		for _, f := range c.Fields {
			p.field(indent, c.Target, f, shown)
		}
	case c.Rebind && c.Superseded != "":
		p.line(indent, run{"in its place so far, " + SanitizeLine(c.Superseded) + ": ", plain}, text(changed, c.Removal))
	}
	if c.Action == diff.Record && slices.ContainsFunc(c.Fields, func(f diff.FieldChange) bool { return f.Class == diff.Conflict }) {
		for _, f := range c.Fields {
			p.field(indent, c.Target, f, shown)
		}
	}
}
