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
)

// sides names the two sides of a difference.
func (t tone) sides() (before, after string) {
	switch t {
	case ofUndo:
		return "on the provider now", "before the run"
	case ofRun:
		return "before the run", "written by it"
	}
	return "on the provider now", "in the manifest"
}

// toned is why a field changes, where it is not a manifest that says so.
func (p *printer) toned(target string, f diff.FieldChange) (why string, ok bool) {
	switch p.tone {
	case ofUndo:
		return undoWhy(target, f), true
	case ofRun:
		return runWhy(target, f), true
	}
	return "", false
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
