package spec

import (
	"maps"
	"slices"
	"strings"
)

// inherit puts what another document says under what this one says: a field
// that both say is this one's, and mappings are put together key by key. The
// other document is left as it is; values keep their positions.
func (c *Character) inherit(base *Character) {
	c.Fields = base.Fields.under(c.Fields)
	labels := maps.Clone(base.Labels)
	maps.Copy(labels, c.Labels)
	c.Labels = labels
	c.Overlays = slices.Concat(c.Overlays, base.Overlays)
	if !c.Protect.Set {
		c.Protect = base.Protect
	}
	for i := range base.Targets {
		other := &base.Targets[i]
		if t := c.Target(other.Instance); t != nil {
			t.inherit(other)
			continue
		}
		c.Targets = append(c.Targets, *other)
	}
	slices.SortFunc(c.Targets, func(a, b Target) int { return strings.Compare(a.Instance, b.Instance) })
}

func (t *Target) inherit(base *Target) {
	t.Fields = base.Fields.under(t.Fields)
	if !t.ID.Set && t.CloneFrom.V == nil { // who clones does not adopt
		t.ID = base.ID
	}
	if !t.CloneFrom.Set && !t.ID.Set { // who adopts does not clone
		t.CloneFrom = base.CloneFrom
		if !t.KB.Set {
			t.KB = base.KB
		}
	}
	if t.Compose == nil {
		t.Compose, t.ComposePos = base.Compose, base.ComposePos
	}
}

// under puts these fields under others, in a mapping of its own.
func (f Fields) under(over Fields) Fields {
	out := make(Fields, len(f)+len(over))
	maps.Copy(out, f)
	for key, field := range over {
		if below, both := f[key]; both && below.Inner != nil && field.Inner != nil {
			field = below.under(field)
		}
		out[key] = field
	}
	return out
}

// under puts one mapping under another. It stands where the upper one does.
func (f Field) under(over Field) Field {
	over.Inner = f.Inner.under(over.Inner)
	value := make(map[string]any, len(over.Inner))
	below, _ := f.V.(map[string]any)
	maps.Copy(value, below)
	upper, _ := over.V.(map[string]any)
	for key := range upper {
		value[key] = upper[key]
		if inner := over.Inner[key]; inner.Inner != nil {
			value[key] = inner.V
		}
	}
	over.V = value
	return over
}
