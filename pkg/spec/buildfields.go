package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// character reads a document that satisfies the schema.
func (b *builder) character(root *item) *Character {
	metadata, spec := root.child("metadata"), root.child("spec")
	c := &Character{Labels: map[string]string{}}
	c.Name, _ = metadata.child("name").value.(string)
	if labels := metadata.child("labels"); labels != nil {
		for i, k := range labels.keys {
			value, _ := labels.children[i].value.(string)
			c.Labels[b.keep(k.Value)] = b.keep(value)
		}
	}
	if file := metadata.child("card").child("file"); file != nil {
		c.Card = b.card(file)
	}
	b.say(c, spec)
	return c
}

// say reads the fields and targets of a document or an overlay.
func (b *builder) say(c *Character, spec *item) {
	c.Fields = b.fields(spec, directs)
	if protect := spec.child("protect"); protect != nil {
		c.Protect = b.field(protect).Value
	}
	spec.child("targets").each(func(key *yaml.Node, target *item) {
		c.Targets = append(c.Targets, b.readTarget(key, target))
	})
	slices.SortFunc(c.Targets, func(a, b Target) int { return strings.Compare(a.Instance, b.Instance) })
}

// directs reports the keys under spec that are no fields of the character.
func directs(key string) bool {
	return key == "protect" || key == "targets" || key == "extends" || key == "environments"
}

// card is the file that a card's reference names. Only exporting opens it.
func (b *builder) card(file *item) string {
	reference, _ := file.value.(string)
	at, d := locate(b.src.file, reference)
	if d != nil {
		b.fail(d.Code, file.node, d.Message, d.Hint)
	}
	return at
}

// fields reads the entries of a mapping, without those that skip names.
func (b *builder) fields(it *item, skip func(key string) bool) Fields {
	out := make(Fields, len(it.keys))
	for i, k := range it.keys {
		if skip != nil && skip(k.Value) {
			continue
		}
		f := b.field(it.children[i])
		f.Key = b.pos(k)
		out[b.keep(k.Value)] = f
	}
	return out
}

// field reads one value with everything inside. References to files are
// replaced by the texts they name, also where they stand deep inside.
func (b *builder) field(it *item) Field {
	f := Field{Value: Value{Set: true, Pos: b.pos(it.node)}}
	switch v := it.value.(type) {
	case string:
		b.unresolved(it.node, v)
		if v != "" {
			f.V = v
		}
	case []any:
		f.Items = make([]Field, len(v))
		for i, child := range it.children {
			f.Items[i] = b.field(child)
			v[i] = resolved(f.Items[i], v[i])
		}
		if len(v) > 0 {
			f.V = v
		}
	case map[string]any:
		if file := it.child("file"); file != nil && len(v) == 1 {
			if f.V, f.Ref = b.reference(file); file.children != nil {
				f.V, f.Refs = b.together(file)
			}
			return f
		}
		if len(v) == 0 {
			return f
		}
		f.Inner, f.V = b.fields(it, nil), v
		for key, inner := range f.Inner {
			v[key] = resolved(inner, v[key])
		}
	default:
		f.V = v
	}
	return f
}

// resolved is what an element of a list or mapping holds: as it is written,
// but for references.
func resolved(f Field, written any) any {
	if f.Ref == "" && f.Refs == nil {
		return written
	}
	if f.V == nil {
		return ""
	}
	return f.V
}

// keep returns one shared copy of a key.
func (b *builder) keep(s string) string {
	if kept, ok := b.names[s]; ok {
		return kept
	}
	if len(b.names) < 4096 {
		b.names[s] = s
	}
	return s
}
