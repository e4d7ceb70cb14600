package providers

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Capability is a row of the table in words, for the matrix in the docs and
// for people who ask.
type Capability struct {
	Path   spec.Path
	Common bool // one of the common fields
	How    Class
	Note   string // the vendor's name for it, what it folds into
	Create string // "yes", "second call", "no"
	Update string // "yes", "replaces", "no"
	Read   string // "yes", "no"
	List   string // "yes", "no"
	Clear  string // "yes", "no"
	Limit  string // "25 characters", "" for none
	Source Source
}

// Capabilities lists what a vendor does with the common fields, then with its
// own, then what it only shows.
func (d *Driver) Capabilities() []Capability {
	var common, own, shown []Capability
	for _, p := range Common() {
		common = append(common, d.capability(p))
	}
	for _, f := range d.Fields {
		switch {
		case slices.Contains(Common(), f.Path):
		case f.ReadOnly():
			shown = append(shown, d.capability(f.Path))
		default:
			own = append(own, d.capability(f.Path))
		}
	}
	return append(append(common, own...), shown...)
}

func (d *Driver) capability(p spec.Path) Capability {
	c := Capability{Path: p, Common: slices.Contains(Common(), p), Create: "no", Update: "no", Read: "no", List: "no", Clear: "no"}
	how, note := d.fate(p, d.Compose)
	f, ok := d.Fields.Field(p)
	if !ok {
		c.How, c.Note = how, note
		if into, ok := d.Fields.Field(folded(d.Compose)[p]); ok {
			f = into
		} else {
			return c
		}
	} else {
		c.How = f.Class()
		if f.Write != Never { // else it has no name in updates to be mapped to
			c.Note = note
		}
	}
	c.Source, c.Limit = f.Source, f.Limits()
	switch {
	case f.creates() == Never && !f.ReadOnly():
		c.Create = "second call"
	case f.creates() != Never:
		c.Create = "yes"
	}
	switch {
	case f.Fixed():
		c.Update = "replaces"
	case f.Write != Never:
		c.Update = "yes"
	}
	c.Read, c.List, c.Clear = yes(f.reads() != Never), yes(f.lists() != Never), yes(f.Clear.Can)
	return c
}

// Limits is the row's limits in words: "3 to 20 characters"; "" for none.
func (f Field) Limits() string {
	var parts []string
	for _, l := range f.Limit {
		s := Figure(l.Max) + " " + l.Unit.Word()
		if l.Min > 1 {
			s = Figure(l.Min) + " to " + s
		}
		if l.Of != "" && l.Of != "*" {
			s = l.Of + " " + s
		}
		if l.Effective {
			s += " (advice)"
		}
		parts = append(parts, s)
	}
	if f.Min != nil || f.Max != nil {
		parts = append(parts, span(f.Min, f.Max))
	}
	return strings.Join(parts, "; ")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
