package providers

import (
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// Origin lists the manifest's values that a field of the vendor is made of,
// each with its path: one for most fields, the parts for a folded one, and
// none when the manifest leaves the field alone or the instance supplies it.
func (d *Driver) Origin(c *spec.Character, t *spec.Target, in spec.Instance, p spec.Path) map[spec.Path]spec.Value {
	parts, composed := d.composition(t, in)[p]
	if t != nil && !slices.Contains(parts, p) {
		if v := targetValue(t, p); v.Set {
			return map[spec.Path]spec.Value{p: v}
		}
	}
	if !composed {
		parts = []spec.Path{p}
	}
	out := map[spec.Path]spec.Value{}
	for _, part := range parts {
		if v := c.Lookup(t, part); v.Set {
			out[part] = v
		}
	}
	return out
}
