package diff

import (
	"github.com/charsync/charsync/pkg/diff/prose"
	"github.com/charsync/charsync/pkg/spec"
)

// Effect says what a change does to a value.
type Effect string

// The effects.
const (
	Same    Effect = "same"    // equal, as compared: nothing to show
	Sets    Effect = "sets"    // empty before
	Clears  Effect = "clears"  // empty after
	Edits   Effect = "edits"   // another value
	Keeps   Effect = "keeps"   // live is left as it is
	Unknown Effect = "unknown" // the value before can't be read
)

// FieldDiff is how one field changes: the one model that every renderer
// shows. What the effect is decides what is filled in.
type FieldDiff struct {
	Path   spec.Path `json:"path"`
	Kind   Kind      `json:"kind"`
	Class  Class     `json:"class"`
	Effect Effect    `json:"effect"`
	ValueDiff
}

// ValueDiff is how a value changes. For two texts, Prose is set; for lists and
// mappings, Parts; for everything else, Before and After say it all.
type ValueDiff struct {
	Before any         `json:"before,omitempty"`
	After  any         `json:"after,omitempty"`
	Prose  *prose.Diff `json:"prose,omitempty"`
	Parts  []Part      `json:"parts,omitempty"`
}

// Part is what became of an element of a list or an entry of a mapping.
type Part struct {
	Kind prose.ChangeKind `json:"kind"`          // unchanged, changed, added, removed, moved
	Key  string           `json:"key,omitempty"` // of an entry
	From int              `json:"from"`          // place in the list before, from 0; -1: not there
	To   int              `json:"to"`            // place in the list after, from 0; -1: not there
	ValueDiff
}

// Explain shows a field change by what differs. A change whose two sides are
// the same has the effect Same and nothing else.
func Explain(f FieldChange) FieldDiff {
	d := FieldDiff{Path: f.Path, Kind: f.Kind, Class: f.Class}
	rule := Rule{Path: f.Path, Kind: f.Kind}
	before, after := rule.Canonical(f.Before), rule.Canonical(f.After)
	switch {
	case f.Class == Released:
		d.Effect = Keeps
		d.Before = f.Before
		return d
	case !f.BeforeKnown:
		d.Effect = Unknown
		d.After = f.After
		return d
	case Digest(f.Before) == Digest(f.After):
		d.Effect = Same
		return d
	case before == nil && after == nil:
		d.Effect = Edits // two kinds of empty: shown as they are
	case before == nil:
		d.Effect = Sets
	case after == nil:
		d.Effect = Clears
	default:
		d.Effect = Edits
	}
	d.ValueDiff = explainValue(f.Kind, f.Before, f.After)
	return d
}

func explainValue(kind Kind, before, after any) ValueDiff {
	d := ValueDiff{Before: before, After: after}
	switch b := before.(type) {
	case string:
		if a, ok := after.(string); ok && kind != Enum {
			p := prose.Compare(b, a)
			d.Prose = &p
		}
	case []any:
		if a, ok := after.([]any); ok && kind == Set {
			d.Parts = SetDiff(b, a)
		} else if ok {
			d.Parts = ListDiff(b, a)
		}
	case map[string]any:
		if a, ok := after.(map[string]any); ok {
			d.Parts = mappingDiff(b, a)
		}
	}
	return d
}
