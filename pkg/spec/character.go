package spec

import "strings"

// Character is one manifest document. Fields holds the common fields under
// spec; each target holds the provider's own fields beside the overrides of
// common ones.
type Character struct {
	Name    string // metadata.name: identity inside the project
	Labels  map[string]string
	Pos     Pos // of metadata.name
	Doc     int // index of the document in its file, from 0
	Fields  Fields
	Protect Value
	Card    string   // the card it came from, relative to the project; "" is none
	Targets []Target // in the order of their names
	// Overlays are what it and what it extends say of environments. That of
	// the environment it was read for is in the values above already.
	Overlays []Overlay `json:",omitempty"`
}

// Target is one place where a character lives.
type Target struct {
	Instance   string // key under targets: a provider instance of the project
	Pos        Pos    // of that key
	Fields     Fields // the provider's own fields and overrides; no control keys
	ID         Value  // adopt this live character
	CloneFrom  Value  // create as a clone of this live character
	KB         Value  // with CloneFrom: take the knowledge bank along
	Compose    map[Path][]Path
	ComposePos Pos
}

// Target returns the target with the given instance name, or nil.
func (c *Character) Target(instance string) *Target {
	for i := range c.Targets {
		if c.Targets[i].Instance == instance {
			return &c.Targets[i]
		}
	}
	return nil
}

// Lookup resolves a field for a target: what the target says itself, else the
// common field of that name, else a value that is not set. A nil target asks
// for the common field alone.
func (c *Character) Lookup(t *Target, p Path) Value {
	if t != nil {
		if v := t.Fields.Lookup(p); v.Set {
			return v
		}
	}
	return c.Fields.Lookup(p)
}

// Fields is a mapping of a manifest with the position of each value. Nested
// mappings are kept as values; Lookup walks into them by a dotted path.
type Fields map[string]Field

// Field is one entry: its value, where its key stands, and, when the value is
// a mapping or a list, the entries inside. Elements of a list have no key.
type Field struct {
	Value
	Key   Pos
	Inner Fields
	Items []Field
}

// Lookup finds a value by its dotted path. Elements of lists are reached by
// their index: "items.0.itemName".
func (f Fields) Lookup(p Path) Value {
	field := Field{Inner: f}
	for segment := range strings.SplitSeq(string(p), ".") {
		if inner, ok := field.Inner[segment]; ok {
			field = inner
			continue
		}
		i, ok := index(segment)
		if !ok || i >= len(field.Items) {
			return Value{}
		}
		field = field.Items[i]
	}
	return field.Value
}
