package apply

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
)

// take adds one line of the log to what is known of the run.
func (r *Run) take(line RunLine) {
	if line.Kind == "end" {
		r.State = RunComplete
		if r.Result = line.Result; r.Result != nil && r.Result.Interrupted {
			r.State = RunInterrupted
		}
		return
	}
	if line.Address == (diff.Address{}) {
		return
	}
	d := r.deed(line.Address)
	if line.Provider != "" {
		d.Provider = line.Provider
	}
	switch line.Kind {
	case "before":
		d.takeBefore(line)
	case "intent":
		d.takeIntent(line)
	case "created":
		d.Created, d.Doubt = line.ID, nil
		d.send(line.ID, d.creating)
		d.creating = nil
	case "settled":
		if d.Settled == nil {
			d.Settled = map[string]string{}
		}
		d.Settled[line.Key] = line.ID
	case "outcome":
		d.Outcome, d.Error, d.Untouched = line.Outcome, line.Error, line.Untouched
		if line.Doc != nil {
			d.After[line.ID] = line.Doc
		}
	}
}

func (r *Run) deed(a diff.Address) *Deed {
	d, ok := r.byAddress[a]
	if !ok {
		d = &Deed{Address: a, Before: map[string]diff.Doc{}, Sent: map[string]diff.Doc{}, After: map[string]diff.Doc{}}
		r.byAddress[a] = d
		r.Deeds = append(r.Deeds, d)
	}
	return d
}

func (d *Deed) takeBefore(line RunLine) {
	if _, known := d.Before[line.ID]; known {
		return // written to more than once: the first is what was there before the run
	}
	d.Before[line.ID] = line.Doc
	if line.Entry == "" || d.Was != nil {
		return
	}
	if e, gone, err := state.DecodeEntry([]byte(strings.TrimSpace(line.Entry))); err == nil && !gone {
		d.Was = &e
	}
}

func (d *Deed) takeIntent(line RunLine) {
	switch line.Action {
	case diff.Create:
		d.Doubt = &Intent{
			Action: diff.Create, Key: line.Key, At: line.At, Scope: line.Scope, Clone: line.Clone, Body: bodyDigest(line.Body),
		}
		d.creating = line.Doc
	case diff.Update:
		d.send(line.ID, line.Doc)
	case diff.Delete:
		if !slices.Contains(d.Removed, line.ID) {
			d.Removed = append(d.Removed, line.ID)
		}
		if d.removedAt == nil {
			d.removedAt = map[string]string{}
		}
		d.removedAt[line.ID] = line.At
	case actionRestore:
		d.Restored = line.ID
	}
}

func (d *Deed) send(id string, doc diff.Doc) {
	if d.Sent[id] == nil {
		d.Sent[id] = diff.Doc{}
	}
	maps.Copy(d.Sent[id], doc)
}

// complete brings what was read into its final form.
func (r *Run) complete() {
	slices.SortFunc(r.Deeds, func(a, b *Deed) int { return a.Compare(b.Address) })
	if r.Plan != nil {
		for i := range r.Plan.Changes {
			c := &r.Plan.Changes[i]
			if d := r.byAddress[c.Address]; d != nil {
				d.Change, d.Provider = c, c.Provider
			}
		}
	}
	if r.Result != nil {
		return
	}
	r.Result = &Result{Outcomes: []Outcome{}, RunID: r.Head.ID}
	for _, d := range r.Deeds {
		if d.Outcome != nil {
			r.Result.add(*d.Outcome)
		}
	}
}

// left is what a run left in a field of a live character: as it was read
// back, else as it was sent. Seen tells the one from the other.
func (d *Deed) left(id string, r diff.Rule) (v any, seen, known bool) {
	if v, seen = d.After[id][r.Path]; seen {
		return v, true, true
	}
	v, known = d.Sent[id][r.Path]
	return v, false, known
}
