package diff

import (
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// Class says why a field differs; the words are those of plans and reports.
type Class string

// The classes of the three-way comparison: base is the lock, file the
// manifest, live the provider.
const (
	Unchanged    Class = "unchanged"
	Yours        Class = "yours"        // the manifest changed, or is new
	Drift        Class = "drift"        // live changed, the manifest did not
	Converged    Class = "converged"    // both changed, to the same value
	Conflict     Class = "conflict"     // both changed, differently
	Adopted      Class = "adopted"      // never applied, and live is equal already
	Unverifiable Class = "unverifiable" // can't be read back; the manifest changed
	Released     Class = "released"     // left the manifest; left alone from now on
)

// Mark is what the lock remembers of one field after a verified write or an
// adoption: digests of canonical values.
type Mark struct {
	File string // of what the manifest said
	Live string // of what the provider made of it, when it differs; else ""
}

// Reading is the digest that live had when the mark was made.
func (m Mark) Reading() string {
	if m.Live != "" {
		return m.Live
	}
	return m.File
}

// FieldChange is one field that differs, or whose mark must be written.
type FieldChange struct {
	Path   spec.Path `json:"path"`
	Kind   Kind      `json:"kind"`
	Class  Class     `json:"class"`
	Before any       `json:"before,omitempty"` // live now; see BeforeKnown
	After  any       `json:"after,omitempty"`  // the manifest's value, in the vendor's spelling
	// BeforeKnown tells an empty live value from one that can't be read.
	BeforeKnown bool `json:"before_known"`
	// Send is the decision: this field goes into the request. Comparing sets
	// it for what is the manifest's change; policies move it for the rest.
	Send bool `json:"send"`
	// Fixed fields can't be updated: sending one replaces the character.
	Fixed bool `json:"fixed,omitempty"`
	// Unmarked fields are not managed: the lock keeps no mark of them.
	Unmarked bool `json:"unmarked,omitempty"`
}

// Fields compares, field by field and in the order of the rules, what the
// manifest wants with what is live and what was last applied. It is the only
// comparison in the program. Fields that are unchanged are left out. Released
// fields, those with a mark that the manifest no longer sets, come last, and
// last of all those whose rule is gone from the table.
//
// The rules are the whole table: a mark without a rule is taken for released.
//
// A field in want that has no rule is a programming error and is ignored here;
// the tables' tests refuse it.
func Fields(rules []Rule, want, live Doc, prior map[spec.Path]Mark) []FieldChange {
	var changes, released []FieldChange
	ruled := make(map[spec.Path]bool, len(rules))
	for _, r := range rules {
		ruled[r.Path] = true
		after, managed := want[r.Path]
		mark, marked := prior[r.Path]
		if !managed {
			if marked {
				before, known := live[r.Path]
				released = append(released, FieldChange{
					Path: r.Path, Kind: r.Kind, Class: Released, Before: before, BeforeKnown: known,
				})
			}
			continue
		}
		before, known := live[r.Path]
		class := classify(r, after, before, known, mark, marked)
		if class == Unchanged {
			continue
		}
		changes = append(changes, FieldChange{
			Path: r.Path, Kind: r.Kind, Class: class,
			Before: before, BeforeKnown: known, After: after,
			Send:  class == Yours || class == Unverifiable,
			Fixed: r.Fixed,
		})
	}
	for _, path := range slices.Sorted(maps.Keys(prior)) {
		if !ruled[path] {
			before, known := live[path]
			released = append(released, FieldChange{Path: path, Class: Released, Before: before, BeforeKnown: known})
		}
	}
	return append(changes, released...)
}

func classify(r Rule, file, live any, known bool, mark Mark, marked bool) Class {
	fileDigest := r.Digest(file)
	fileMoved := !marked || fileDigest != mark.File
	if !known {
		if fileMoved {
			return Unverifiable
		}
		return Unchanged
	}
	liveDigest := r.Digest(live)
	equal := fileDigest == liveDigest
	switch {
	case !marked && equal:
		return Adopted
	case !marked:
		return Yours
	}
	moved := liveMoved(r, live, mark)
	switch {
	case !fileMoved && !moved:
		return Unchanged
	case fileMoved && !moved && equal:
		// The provider had rewritten the old value into what the manifest
		// says now: nothing to send, but the mark must follow.
		return Converged
	case fileMoved && !moved:
		return Yours
	case !fileMoved && moved && equal:
		// Live moved from the provider's normal form to the very text of the
		// manifest: nothing is out of step any more.
		return Converged
	case !fileMoved && moved:
		return Drift
	case equal:
		return Converged
	}
	return Conflict
}

// liveMoved reports whether a live value is another one than when the mark was
// made.
func liveMoved(r Rule, live any, mark Mark) bool { return r.Digest(live) != mark.Reading() }
