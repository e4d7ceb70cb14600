package providers

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Manifest spells live values the manifest's way, for import. Left out are
// what is empty, what the vendor's documents say it holds when nobody said
// anything, and words that no manifest may use.
func (t Table) Manifest(live diff.Doc) map[spec.Path]any {
	out := map[spec.Path]any{}
	for _, f := range t {
		v, known := live[f.Path]
		rule := f.Rule()
		if !known || f.ReadOnly() || f.Unasked || rule.Canonical(v) == nil {
			continue
		}
		if f.documentedDefault() && rule.Equal(v, f.Default) {
			continue
		}
		if s, ok := v.(string); ok && len(f.Enum) > 0 {
			word, ok := f.word(s)
			if !ok {
				continue
			}
			v = word
		}
		out[f.Path] = v
	}
	return out
}

// documentedDefault reports a default that a document states. One that is only
// assumed may be wrong, or change: then what somebody chose would be lost when
// the character is made again.
func (f Field) documentedDefault() bool {
	return f.Default != nil && (f.DefaultSource.Sure == Documented || f.DefaultSource.Sure == Published)
}

// word is the manifest's word for a vendor's.
func (f Field) word(vendor string) (string, bool) {
	for _, w := range slices.Sorted(maps.Keys(f.Enum)) {
		if strings.EqualFold(f.Enum[w], vendor) {
			return w, true
		}
	}
	return "", false
}

// Manifest is Table.Manifest without the place, where that is the instance's
// default anyway, and with composed fields under the names that they are
// imported by.
func (d *Driver) Manifest(live diff.Doc, in spec.Instance) map[spec.Path]any {
	out := d.Fields.Manifest(live)
	for _, p := range d.Scope {
		if v, ok := out[p].(string); ok && v == in.Settings[string(p)] {
			delete(out, p)
		}
	}
	for p := range d.Imports {
		as := d.imports(p, in)
		v, said := out[p]
		if _, taken := out[as]; said && !taken && as != p {
			out[as] = v
			delete(out, p)
		}
	}
	return out
}

// imports is the manifest's name for an imported field. One that is not
// composed of it at this instance keeps its own.
func (d *Driver) imports(p spec.Path, in spec.Instance) spec.Path {
	if as, ok := d.Imports[p]; ok && slices.Contains(d.composition(nil, in)[p], as) {
		return as
	}
	return p
}

// Imported reports whether a manifest that Manifest made says something of a
// field.
func (d *Driver) Imported(values map[spec.Path]any, p spec.Path, in spec.Instance) bool {
	_, said := values[p]
	_, folded := values[d.imports(p, in)]
	return said || folded
}

// Word is the manifest's word for a vendor's; a field without words has them
// as they are.
func (f Field) Word(vendor string) (string, bool) {
	if len(f.Enum) == 0 {
		return vendor, true
	}
	return f.word(vendor)
}
