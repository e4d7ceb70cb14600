package apply

import (
	"fmt"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Result is what an apply did. Counted are pairs of character and target; a
// replacement counts as one created and one deleted, as in the plan.
type Result struct {
	Created     int          `json:"created"`
	Updated     int          `json:"updated"`
	Deleted     int          `json:"deleted"`
	Failed      int          `json:"failed"`
	Skipped     int          `json:"skipped"`
	Outcomes    []Outcome    `json:"outcomes"` // sorted by address
	Refused     []diff.Block `json:"refused,omitempty"`
	Interrupted bool         `json:"interrupted,omitempty"`
	RunID       string       `json:"run_id,omitempty"`
	// Env and Sandbox are where it was done, as the plan has them.
	Env     string `json:"env,omitempty"`
	Sandbox bool   `json:"sandbox,omitempty"`
}

// holdNumbers gives the values of a result that was decoded from JSON with
// json.Number the form in which values hold numbers; see spec.Number.
func (r *Result) holdNumbers() {
	for i := range r.Outcomes {
		r.Outcomes[i].holdNumbers()
	}
}

func (o *Outcome) holdNumbers() {
	for i := range o.Fields {
		o.Fields[i].Wanted, o.Fields[i].Got = spec.Numbers(o.Fields[i].Wanted), spec.Numbers(o.Fields[i].Got)
	}
	diff.HoldNumbers(o.Stale)
}

// Summary is the last line of an apply.
func (r *Result) Summary() string {
	return fmt.Sprintf("Applied: %d created, %d updated, %d deleted, %d failed, %d skipped.",
		r.Created, r.Updated, r.Deleted, r.Failed, r.Skipped)
}

// Wrote reports whether anything was done at a provider.
func (r *Result) Wrote() bool { return r.Created+r.Updated+r.Deleted > 0 }

// The ways in which a change can end.
const (
	Done    = "done"
	Failed  = "failed"  // its write or its check went wrong
	Skipped = "skipped" // it was not begun
)

// Outcome is how one change ended.
type Outcome struct {
	diff.Address
	Action  diff.Action        `json:"action"`
	Status  string             `json:"status"`            // done, failed, skipped
	Removal string             `json:"removal,omitempty"` // what deleting is there: delete, archive, set private
	ID      string             `json:"id,omitempty"`
	Fields  []Kept             `json:"fields,omitempty"` // what was sent, and what became of it
	Rule    string             `json:"rule,omitempty"`   // why it was skipped: stale, conflict, drift, or a guard
	Reason  string             `json:"reason,omitempty"` // why it was skipped or failed, for a reader
	Hint    string             `json:"hint,omitempty"`   // what to do next
	Err     error              `json:"-"`
	Stale   []diff.FieldChange `json:"stale,omitempty"` // what moved since the plan: live now against what was wanted
	// Removed is the live character that another one had replaced and that is
	// gone now; a replacement itself does not name it.
	Removed string `json:"removed,omitempty"`
	// For the run record: what was read back, and that certainly nothing was
	// changed at the provider.
	after     diff.Doc
	untouched bool
}

// Kept is one field that was sent, and what the provider made of it.
type Kept struct {
	Path   spec.Path `json:"path"`
	How    string    `json:"how"` // equal, normalised, truncated, dropped, appended, altered
	Wanted any       `json:"wanted,omitempty"`
	Got    any       `json:"got,omitempty"`
}

// add takes an outcome into the result.
func (r *Result) add(o Outcome) {
	r.Outcomes = append(r.Outcomes, o)
	switch o.Status {
	case Failed:
		r.Failed++
	case Skipped:
		r.Skipped++
	case Done:
		switch o.Action {
		case diff.Create:
			r.Created++
		case diff.Update:
			r.Updated++
		case diff.Delete:
			r.Deleted++
		case diff.Replace:
			r.Created++
			r.Deleted++
		}
		if o.Removed != "" {
			r.Deleted++
		}
	}
}

func (r *Result) sort() {
	slices.SortFunc(r.Outcomes, func(a, b Outcome) int { return a.Address.Compare(b.Address) })
}
