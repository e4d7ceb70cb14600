package providers

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Measure says how long values in the vendor's spelling are, and how long they
// may be, in the order of the table: for a plan that is read without its
// manifests. With them, Fates knows more. Values without a limit are left out.
func (d *Driver) Measure(doc diff.Doc) []Fate {
	w := &wanting{d: d, c: &spec.Character{}}
	var out []Fate
	for _, f := range d.Fields {
		v, ok := doc[f.Path]
		if !ok || v == nil || len(f.Limit) == 0 {
			continue
		}
		out = append(out, Fate{Path: f.Path, Class: f.Class(), Loss: LossNone, Meters: w.meters(f, spec.Value{V: v, Set: true}, v)})
	}
	return out
}
