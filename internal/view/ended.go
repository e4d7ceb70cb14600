package view

import (
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

// Ended is how a pair of a run ended, in words, for renderers of runs.
type Ended struct {
	Deed   string // "updated", "failed to update", "skipped, stale"
	Reason string
	Hint   string
	ID     string
	// Fields are what was sent, as changes from what was held before; Held is
	// what a removed character held.
	Fields []diff.FieldChange
	Held   []diff.FieldChange
}

// End says how a deed ended.
func End(d *apply.Deed) Ended {
	e := Ended{Deed: "begun; how it ended is not recorded", ID: SanitizeLine(d.Created)}
	if o := d.Outcome; o != nil {
		e.Deed, e.Reason, e.Hint, e.ID = ended(o), SanitizeLine(reason(o)), SanitizeLine(o.Hint), SanitizeLine(o.ID)
	}
	if d.Untouched {
		return e
	}
	if d.Created != "" {
		e.Fields = writtenFields(d, d.Created)
		return e
	}
	for _, id := range slices.Sorted(maps.Keys(d.Sent)) {
		e.Fields = append(e.Fields, writtenFields(d, id)...)
	}
	for _, id := range d.Removed {
		e.Held = append(e.Held, heldFields(d, id)...)
	}
	return e
}

// ended is the status of an outcome, and its deed, in words.
func ended(o *apply.Outcome) string {
	switch o.Status {
	case apply.Failed:
		if o.Action == "" { // planning it failed already
			return "failed"
		}
		return "failed to " + SanitizeLine(string(o.Action))
	case apply.Skipped:
		if o.Rule != "" {
			return "skipped, " + SanitizeLine(o.Rule)
		}
		return "skipped"
	}
	return deedDone(o.Action, o.Removal)
}

// RunWhy says why a field of a run was written.
func RunWhy(target string, f diff.FieldChange) string { return why(ofRun, target, f) }

// RunSides names the two sides of a run's differences.
func RunSides() (before, after string) { return "before the run", "written by it" }

// ToldOf reports a deed that a reader of the run is told of: not one that only
// the lock took notice of.
func ToldOf(d *apply.Deed) bool {
	return d.Change == nil || d.Change.Action != diff.Record || d.Wrote()
}
