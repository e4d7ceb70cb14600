package cli

import (
	"io"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// writeResolved prints manifests with their references resolved.
func writeResolved(w io.Writer, chosen []*spec.Character, format string) error {
	documents := make([]spec.Document, 0, len(chosen))
	for _, c := range chosen {
		documents = append(documents, resolved(c))
	}
	if format == formatJSON {
		return view.JSON(w, manifestsJSON(documents))
	}
	if len(documents) == 0 {
		return nil
	}
	return spec.Emit(w, documents...)
}

// resolved is a manifest as a document whose texts stand in it.
func resolved(c *spec.Character) spec.Document {
	d := spec.Document{Name: c.Name, Labels: c.Labels, Fields: values(c.Fields)}
	d.Protect, _ = c.Protect.V.(bool)
	for i := range c.Targets {
		t := &c.Targets[i]
		fields := values(t.Fields)
		for key, v := range map[spec.Path]spec.Value{"id": t.ID, "cloneFrom": t.CloneFrom, "KB": t.KB} {
			if v.Set {
				fields[key] = v.V
			}
		}
		for into, parts := range t.Compose {
			list := make([]any, len(parts))
			for j, p := range parts {
				list[j] = string(p)
			}
			fields["compose."+into] = list
		}
		d.Targets = append(d.Targets, spec.DocumentTarget{Instance: t.Instance, Fields: fields})
	}
	return d
}

func values(fields spec.Fields) map[spec.Path]any {
	out := map[spec.Path]any{}
	for key, f := range fields {
		out[spec.Path(key)] = f.V
	}
	return out
}

// manifestJSON is a resolved manifest as --format json prints it.
type manifestJSON struct {
	Name    string                       `json:"name"`
	Labels  map[string]string            `json:"labels,omitempty"`
	Protect bool                         `json:"protect,omitempty"`
	Fields  map[spec.Path]any            `json:"fields"`
	Targets map[string]map[spec.Path]any `json:"targets"`
}

func manifestsJSON(documents []spec.Document) []manifestJSON {
	out := []manifestJSON{}
	for _, d := range documents {
		m := manifestJSON{Name: d.Name, Labels: d.Labels, Protect: d.Protect, Fields: d.Fields, Targets: map[string]map[spec.Path]any{}}
		for _, t := range d.Targets {
			m.Targets[t.Instance] = t.Fields
		}
		out = append(out, m)
	}
	return out
}
