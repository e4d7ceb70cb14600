package providers

import (
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// Said is a value of a manifest that a field of the vendor is made of.
type Said struct {
	Path  spec.Path // where the manifest says it
	Value spec.Value
}

// Origin lists the values that a field of the vendor is made of, in order: one
// for most fields, the parts for a folded one, and none when the manifest
// leaves the field alone or the instance supplies it.
func (d *Driver) Origin(c *spec.Character, t *spec.Target, in spec.Instance, p spec.Path) []Said {
	parts, composed := d.composition(t, in)[p]
	if t != nil && !slices.Contains(parts, p) {
		if v := targetValue(t, p); v.Set {
			return []Said{{p, v}}
		}
	}
	if !composed {
		parts = []spec.Path{p}
	}
	var out []Said
	for _, part := range parts {
		if v := c.Lookup(t, part); v.Set {
			out = append(out, Said{part, v})
		}
	}
	return out
}
