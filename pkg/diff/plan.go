package diff

import (
	"fmt"
	"iter"

	"github.com/charsync/charsync/pkg/spec"
)

// FormatVersion is the version of the plan document. A minor step adds keys;
// a major step changes their meaning, and older programs refuse it.
const FormatVersion = "1.0"

// Calls counts requests per target.
type Calls struct {
	Target string `json:"target"`
	Made   int    `json:"made"`           // by this plan
	Least  int    `json:"least"`          // the fewest that the provider's table allows for this plan
	Writes int    `json:"writes"`         // that applying will make
	Reads  int    `json:"reads"`          // that applying will make, to check before and after
	Wait   string `json:"wait,omitempty"` // how long the pace alone will take, e.g. "12s"
}

// Plan is the document between comparing and applying.
type Plan struct {
	FormatVersion string            `json:"format_version"`
	Digest        string            `json:"digest"` // see Seal
	Complete      bool              `json:"complete"`
	Env           string            `json:"env,omitempty"`
	Undo          string            `json:"undo,omitempty"`    // the run that this takes back
	About         About             `json:"about,omitempty"`   // "": what an apply would do; else it can't be applied
	Against       *Revision         `json:"against,omitempty"` // the revision that chose the characters
	Changes       []Change          `json:"changes"`
	Orphans       []Orphan          `json:"orphans,omitempty"`     // bound, but the manifest is gone
	Guards        []Block           `json:"guards,omitempty"`      // what would refuse the whole run
	Unplanned     []Unplanned       `json:"unplanned,omitempty"`   // pairs that could not be read: they fail in an apply
	Calls         []Calls           `json:"calls,omitempty"`       //
	Bindings      []Edit            `json:"bindings,omitempty"`    // of a review: edits of the lock
	Settings      []Edit            `json:"settings,omitempty"`    // of a review: edits of charsync.yaml
	Unchanged     int               `json:"unchanged"`             // pairs that need nothing
	Diagnostics   []spec.Diagnostic `json:"diagnostics,omitempty"` // warnings, and why it is incomplete
	// Meta is for people and is not part of the digest.
	Meta Meta `json:"meta,omitzero"`
}

// Meta says where a plan comes from.
type Meta struct {
	CreatedAt string `json:"created_at,omitempty"` // RFC 3339
	Version   string `json:"version,omitempty"`
	Project   string `json:"project,omitempty"`
	Sandbox   bool   `json:"sandbox,omitempty"` // made against the built-in sandbox: for no real account
}

// Unplanned is a pair that nothing could be planned for.
type Unplanned struct {
	Address
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Orphan is a binding in the lock that no manifest mentions.
type Orphan struct {
	Address
	ID      string `json:"id"`
	Protect bool   `json:"protect,omitempty"`
}

// Counts are the figures of the last line, in pairs of character and target.
type Counts struct {
	Create   int `json:"create"`
	Update   int `json:"update"`
	Delete   int `json:"delete"`
	Drifted  int `json:"drifted"`
	Conflict int `json:"conflict"`
}

// Counts adds the plan up. A replacement counts as one to create and one to
// delete. A drifted pair that is written back counts under update too; a pair
// that a conflict stops does not, for nothing is written. What a guard would
// refuse counts: it is what the guard's figures are about.
func (p *Plan) Counts() Counts {
	var n Counts
	for i := range p.Changes {
		c := &p.Changes[i]
		switch c.Action {
		case Create:
			n.Create++
		case Update:
			if !c.Stopped() {
				n.Update++
			}
		case Replace:
			n.Create++
			n.Delete++
		case Delete:
			if !c.Stopped() {
				n.Delete++
			}
		}
		if c.Supersedes() && !c.Stopped() {
			n.Delete++
		}
		if c.Has(Drift) || p.About == AboutDrift && c.Gone != "" {
			n.Drifted++
		}
		if c.Has(Conflict) {
			n.Conflict++
		}
	}
	return n
}

// Empty reports that applying would neither write to a provider nor leave
// drift or a conflict unmentioned. Lock-only records do not count.
func (p *Plan) Empty() bool { return p.Counts() == Counts{} }

// ByCharacter goes through the changes, those of one character at a time.
func (p *Plan) ByCharacter() iter.Seq[[]Change] {
	return func(yield func([]Change) bool) {
		for rest := p.Changes; len(rest) > 0; {
			n := 1
			for n < len(rest) && rest[n].Name == rest[0].Name {
				n++
			}
			if !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// Summary is the last line of a plan.
func (n Counts) Summary() string {
	return fmt.Sprintf("Plan: %d to create, %d to update, %d to delete, %d drifted, %d in conflict.",
		n.Create, n.Update, n.Delete, n.Drifted, n.Conflict)
}

// EditKind is what an edit beside the manifests does.
type EditKind string

// The kinds of edits.
const (
	EditAdded   EditKind = "added"
	EditRemoved EditKind = "removed"
	EditChanged EditKind = "changed"
	EditLooser  EditKind = "looser" // it lets something pass that was refused
)

// Edit is a change of charsync.lock or charsync.yaml, as a review shows it.
type Edit struct {
	Kind   EditKind `json:"kind"`
	Where  string   `json:"where"` // a pair of character and target, or the path of a setting
	Before string   `json:"before,omitempty"`
	After  string   `json:"after,omitempty"`
	Effect string   `json:"effect,omitempty"` // what it comes to
}

// String is the edit in one line.
func (e Edit) String() string {
	s := e.Where
	switch {
	case e.Before != "" && e.After != "":
		s += ": " + e.Before + " → " + e.After
	case e.Before != "":
		s += ": was " + e.Before
	case e.After != "":
		s += ": " + e.After
	}
	if e.Kind == EditLooser {
		s += " (looser)"
	}
	if e.Effect != "" {
		s += "; " + e.Effect
	}
	return s
}
