package providers

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Common are the fields that stand under spec in a manifest, in the order in
// which they are shown.
func Common() []spec.Path {
	return []spec.Path{"name", "title", "description", "greeting", "persona", "scene", "lore", "examples", "visibility"}
}

// composition says which common fields fold into which field of the vendor:
// the driver's defaults, then the instance's, then the target's.
func (d *Driver) composition(t *spec.Target, in spec.Instance) map[spec.Path][]spec.Path {
	out := make(map[spec.Path][]spec.Path, len(d.Compose))
	maps.Copy(out, d.Compose)
	maps.Copy(out, in.Compose)
	if t != nil {
		maps.Copy(out, t.Compose)
	}
	return out
}

// folded are the common fields that are part of some other field.
func folded(composition map[spec.Path][]spec.Path) map[spec.Path]spec.Path {
	into := map[spec.Path]spec.Path{}
	for p, parts := range composition {
		for _, part := range parts {
			if part != p {
				into[part] = p
			}
		}
	}
	return into
}

// fold joins the parts into one value. Each part loses its trailing line
// ends, empty ones are left out, and one blank line stands between the rest.
// The position is that of the longest part, where shortening helps most.
func fold(c *spec.Character, t *spec.Target, parts []spec.Path) spec.Value {
	var out spec.Value
	var texts []string
	longest := -1
	for _, p := range parts {
		v := c.Lookup(t, p)
		if !v.Set {
			continue
		}
		text := strings.TrimRight(v.Text(), "\r\n")
		if !out.Set || len(text) > longest {
			out.Pos, out.Ref, out.Refs, longest = v.Pos, v.Ref, v.Refs, len(text)
		}
		out.Set = true
		if text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) > 0 {
		out.V = strings.Join(texts, "\n\n")
	}
	return out
}

// checkCompose reports compositions that name what can't be folded.
func (d *Driver) checkCompose(t *spec.Target, in spec.Instance) []spec.Diagnostic {
	ds := d.checkComposition(in.Compose, in.Pos)
	if t != nil {
		ds = append(ds, d.checkComposition(t.Compose, t.ComposePos)...)
	}
	return ds
}

func (d *Driver) checkComposition(composition map[spec.Path][]spec.Path, pos spec.Pos) []spec.Diagnostic {
	var ds []spec.Diagnostic
	refuse := func(p spec.Path, message, hint string) {
		ds = append(ds, spec.Diagnostic{Pos: pos, Severity: spec.Error, Code: CodeCompose, Path: p, Message: message, Hint: hint})
	}
	for _, p := range slices.Sorted(maps.Keys(composition)) {
		f, ok := d.Fields.Field(p)
		if !ok || f.ReadOnly() || f.Kind != diff.Text {
			refuse(p, "compose: "+d.Title+" has no text field "+string(p), "use one of "+d.textFields())
			continue
		}
		for _, part := range composition[p] {
			if !foldableCommon(part) {
				refuse(p, "compose: "+string(part)+" is not a common text field", "use some of "+commonTexts())
			}
		}
	}
	return ds
}

func (d *Driver) textFields() string {
	var names []string
	for _, f := range d.Fields {
		if f.Kind == diff.Text && !f.ReadOnly() {
			names = append(names, string(f.Path))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func commonTexts() string {
	var names []string
	for _, p := range Common() {
		if foldableCommon(p) {
			names = append(names, string(p))
		}
	}
	return strings.Join(names, ", ")
}
