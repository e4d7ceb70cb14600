package providers

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Rules are what the comparison must know of the table: a rule for every
// field that a manifest can set, in the order of the rows.
func (t Table) Rules() []diff.Rule {
	rules := make([]diff.Rule, 0, len(t))
	for _, f := range t {
		if !f.ReadOnly() {
			rules = append(rules, f.Rule())
		}
	}
	return rules
}

// Rule is the comparison of one field. Words of an enum are compared without
// regard to case, since vendors answer them in either.
func (f Field) Rule() diff.Rule {
	canon := f.Canon
	if len(f.Enum) > 0 {
		canon = func(v any) any {
			if f.Canon != nil {
				v = f.Canon(v)
			}
			s, ok := v.(string)
			if !ok {
				return v
			}
			for _, vendor := range f.Enum {
				if strings.EqualFold(vendor, s) {
					return vendor
				}
			}
			return s
		}
	}
	return diff.Rule{Path: f.Path, Kind: f.Kind, Fixed: f.Fixed(), Rewrites: f.Rewrites, Canon: canon}
}

// Listed reports whether a page of the list shows all of these fields that
// can be read at all, so that no read per character is needed.
func (t Table) Listed(paths []spec.Path) bool {
	for _, p := range paths {
		if f, ok := t.Field(p); ok && f.Readable() && f.lists() == Never {
			return false
		}
	}
	return true
}

// Gotten reports whether one read shows all of these fields that can be read
// at all, so that the list is not needed.
func (t Table) Gotten(paths []spec.Path) bool {
	for _, p := range paths {
		if f, ok := t.Field(p); ok && f.Readable() && f.reads() == Never {
			return false
		}
	}
	return true
}
