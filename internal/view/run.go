package view

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
	"github.com/charsync/charsync/pkg/spec"
)

// Run prints what a run did, character by character: how each ended, and by
// words what was there before and what was written. Its last line counts.
func Run(w io.Writer, r *apply.Run, s Style) error {
	p := newPrinter(w, s)
	p.tone = ofRun
	p.line(0, run{"Run " + SanitizeLine(r.Head.ID), strong}, run{"  " + SanitizeLine(r.State), p.stateInk(r)})
	for _, pair := range [][2]string{
		{"command", r.Head.Command},
		{"when", r.Head.At},
		{"who", r.Head.Who},
		{"environment", r.Head.Env},
		{"undoes", r.Head.Undoes},
		{"resumes", r.Head.Resumes},
		{"allowed", strings.Join(r.Head.Allow, ", ")},
		{"version", r.Head.Version},
	} {
		if pair[1] != "" {
			p.line(2, run{fmt.Sprintf("%-12s ", pair[0]), faint}, text(plain, pair[1]))
		}
	}
	p.blank()
	before, after := RunSides()
	key := append([]run{{"words: ", faint}}, p.mark(prose.Delete, before)...)
	p.line(0, append(append(key, run{" ", plain}), p.mark(prose.Insert, after)...)...)
	p.blank()
	name := ""
	var shown told
	for _, d := range r.Deeds {
		if !ToldOf(d) {
			continue
		}
		if d.Name != name {
			name, shown = d.Name, told{}
			p.line(0, run{SanitizeLine(name), strong})
		}
		p.deedOf(d, &shown)
	}
	if name != "" {
		p.blank()
	}
	p.leftOut()
	p.unfinished(r)
	p.write(s.paint(strong, r.Result.Summary()) + "\n")
	return p.close()
}

func (p *printer) stateInk(r *apply.Run) ink {
	if r.State == apply.RunComplete {
		return faint
	}
	return changed
}

// unfinished says what can be done about a run that did not come to its end.
func (p *printer) unfinished(r *apply.Run) {
	if r.Plan == nil {
		p.para(0, []run{{"! ", alarming}}, []run{{"The plan of this run can't be read: what it had not done is not known.", plain}})
	}
	if r.State == apply.RunComplete || r.Plan == nil {
		return
	}
	left := 0
	for i := range r.Plan.Changes {
		c := &r.Plan.Changes[i]
		d := r.Deed(c.Address)
		if c.Action != diff.Report && (d == nil || d.Outcome == nil || d.Outcome.Status != apply.Done) {
			left++
		}
	}
	if left > 0 {
		words := fmt.Sprintf("%s of its plan not done: charsync apply --resume %s does that, charsync undo %s takes back what was done.",
			Count(left, "change"), r.Head.ID, r.Head.ID)
		p.para(0, []run{{"! ", alarming}}, []run{text(plain, words)})
		p.blank()
	}
}

// deedOf prints what was done to one pair.
func (p *printer) deedOf(d *apply.Deed, shown *told) {
	if d.Outcome != nil {
		p.outcome(d.Outcome)
	} else {
		id := d.Created
		if id == "" && d.Change != nil {
			id = d.Change.ID
		}
		head := []run{{SanitizeLine(d.Target), changed}, {"  begun; how it ended is not recorded", plain}}
		if id != "" && p.style.Detail {
			head = append(head, run{" " + SanitizeLine(id), faint})
		}
		p.item(2, []run{{"? ", changed}}, head...)
	}
	if d.Untouched {
		return
	}
	if d.Created != "" {
		p.creation(6, d.Target, writtenFields(d, d.Created), shown)
		return
	}
	for _, id := range slices.Sorted(maps.Keys(d.Sent)) {
		for _, f := range writtenFields(d, id) {
			p.field(6, d.Target, f, shown)
		}
	}
	if d.Restored != "" {
		p.line(6, run{"brought back from its removal", plain})
	}
	for _, id := range d.Removed {
		p.line(6, run{"held before it was removed:", faint})
		p.creation(8, d.Target, heldFields(d, id), &told{})
	}
}

// writtenFields are the fields that were sent to a live character, as changes
// from what they held before.
func writtenFields(d *apply.Deed, id string) []diff.FieldChange {
	planned := map[spec.Path]diff.FieldChange{}
	if d.Change != nil {
		for _, f := range d.Change.Fields {
			planned[f.Path] = f
		}
	}
	var out []diff.FieldChange
	for _, path := range slices.Sorted(maps.Keys(d.Sent[id])) {
		f, ok := planned[path]
		if !ok {
			f = diff.FieldChange{Path: path, Kind: diff.Text, Class: diff.Yours}
		}
		f.After, f.Send, f.Fixed = d.Sent[id][path], true, false
		f.Before, f.BeforeKnown = d.Before[id][path]
		if d.Created == id {
			f.Before, f.BeforeKnown = nil, true
		}
		out = append(out, f)
	}
	return out
}

func heldFields(d *apply.Deed, id string) []diff.FieldChange {
	var out []diff.FieldChange
	for _, path := range slices.Sorted(maps.Keys(d.Before[id])) {
		if v := d.Before[id][path]; v != nil {
			out = append(out, diff.FieldChange{Path: path, Kind: diff.Text, After: v})
		}
	}
	return out
}

// runChange is what a run did to one pair, for programs.
type runChange struct {
	diff.Address
	Provider string              `json:"provider"`
	Action   diff.Action         `json:"action,omitempty"`
	Status   string              `json:"status"` // done, failed, skipped, unknown
	ID       string              `json:"id,omitempty"`
	Created  string              `json:"created,omitempty"`
	Removed  []string            `json:"removed,omitempty"`
	Restored string              `json:"restored,omitempty"`
	InDoubt  bool                `json:"in_doubt,omitempty"` // a creation whose answer is not recorded
	Wrote    bool                `json:"wrote"`
	Before   map[string]diff.Doc `json:"before,omitempty"` // by id
	Sent     map[string]diff.Doc `json:"sent,omitempty"`   // by id
	After    map[string]diff.Doc `json:"after,omitempty"`  // by id
	Reason   string              `json:"reason,omitempty"`
	Error    string              `json:"error,omitempty"`
}

// RunJSON prints the run document: schemas/run.schema.json describes it.
func RunJSON(w io.Writer, r *apply.Run) error {
	doc := struct {
		apply.RunHead
		State   string      `json:"state"`
		Torn    bool        `json:"torn,omitempty"`
		Created int         `json:"created"`
		Updated int         `json:"updated"`
		Deleted int         `json:"deleted"`
		Failed  int         `json:"failed"`
		Skipped int         `json:"skipped"`
		Changes []runChange `json:"changes"`
	}{
		RunHead: r.Head, State: r.State, Torn: r.Torn,
		Created: r.Result.Created, Updated: r.Result.Updated, Deleted: r.Result.Deleted, Failed: r.Result.Failed, Skipped: r.Result.Skipped,
		Changes: []runChange{},
	}
	for _, d := range r.Deeds {
		c := runChange{
			Address: d.Address, Provider: d.Provider, Status: "unknown", Created: d.Created, Removed: d.Removed, Restored: d.Restored,
			InDoubt: d.Doubt != nil, Wrote: d.Wrote(), Before: d.Before, Sent: d.Sent, After: d.After, Error: d.Error,
		}
		if d.Change != nil {
			c.Action, c.ID = d.Change.Action, d.Change.ID
		}
		if o := d.Outcome; o != nil {
			c.Action, c.Status, c.ID, c.Reason = o.Action, o.Status, o.ID, o.Reason
		}
		doc.Changes = append(doc.Changes, c)
	}
	return JSON(w, doc)
}
