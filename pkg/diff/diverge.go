package diff

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Divergence is a pair for which two plans do not do the same.
type Divergence struct {
	Address
	Reviewed *Change            `json:"reviewed,omitempty"` // nil: the older plan leaves the pair alone
	Now      *Change            `json:"now,omitempty"`      // nil: the newer one does
	Fields   []FieldDivergence  `json:"fields,omitempty"`   // of a pair that both are about
	Blocked  map[string]Blocked `json:"blocked,omitempty"`  // rules that stop it in one of them only
}

// Blocked says which of two plans a rule stops.
type Blocked string

// The sides of two plans.
const (
	BlockedReviewed Blocked = "reviewed"
	BlockedNow      Blocked = "now"
)

// FieldDivergence is a field that two plans do not treat alike. A side that is
// nil leaves the field alone.
type FieldDivergence struct {
	Path     spec.Path    `json:"path"`
	Reviewed *FieldChange `json:"reviewed,omitempty"`
	Now      *FieldChange `json:"now,omitempty"`
}

// Diverge lists where two plans would not do the same: what their digests are
// of. Plans with equal digests have none.
func Diverge(reviewed, now *Plan) []Divergence {
	sides := map[Address]*Divergence{}
	at := func(a Address) *Divergence {
		if sides[a] == nil {
			sides[a] = &Divergence{Address: a}
		}
		return sides[a]
	}
	for i := range reviewed.Changes {
		at(reviewed.Changes[i].Address).Reviewed = &reviewed.Changes[i]
	}
	for i := range now.Changes {
		at(now.Changes[i].Address).Now = &now.Changes[i]
	}
	var out []Divergence
	for _, d := range sides {
		if d.Reviewed != nil && d.Now != nil {
			if operation(d.Reviewed) == operation(d.Now) {
				continue
			}
			d.compare()
		}
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Divergence) int { return a.Compare(b.Address) })
	return out
}

// operation is what the digest of a plan holds of a change.
func operation(c *Change) string {
	data, err := json.Marshal(c.canonical())
	if err != nil { // a value that no Doc holds
		return "\x00" + c.Address.String() + string(c.Action)
	}
	return string(data)
}

func (d *Divergence) compare() {
	before, after := byPath(d.Reviewed.Fields), byPath(d.Now.Fields)
	paths := slices.Concat(sortedPaths(before), sortedPaths(after))
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		f := FieldDivergence{Path: path, Reviewed: before[path], Now: after[path]}
		if f.Reviewed == nil || f.Now == nil || Digest(asValue(*f.Reviewed)) != Digest(asValue(*f.Now)) {
			d.Fields = append(d.Fields, f)
		}
	}
	was, is := rulesOf(d.Reviewed.Blocked), rulesOf(d.Now.Blocked)
	for _, side := range []struct {
		of, not []Block
		word    Blocked
	}{{was, is, BlockedReviewed}, {is, was, BlockedNow}} {
		for _, b := range side.of {
			if slices.Contains(side.not, b) {
				continue
			}
			if d.Blocked == nil {
				d.Blocked = map[string]Blocked{}
			}
			d.Blocked[b.Rule] = side.word
		}
	}
}

// asValue makes a value of a field change that can be digested.
func asValue(f FieldChange) any {
	return []any{string(f.Kind), string(f.Class), f.Before, f.After, f.BeforeKnown, f.Send, f.Fixed, f.Unmarked}
}

func byPath(fields []FieldChange) map[spec.Path]*FieldChange {
	out := make(map[spec.Path]*FieldChange, len(fields))
	for i := range fields {
		out[fields[i].Path] = &fields[i]
	}
	return out
}

func sortedPaths(fields map[spec.Path]*FieldChange) []spec.Path {
	out := make([]spec.Path, 0, len(fields))
	for p := range fields {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b spec.Path) int { return strings.Compare(string(a), string(b)) })
	return out
}
