package providers

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// losses says what becomes of the common fields that this vendor does not
// have under their own names. Those that don't reach it make one note, at the
// target: it is the target that lacks them.
func (w *wanting) losses() {
	var dropped []spec.Path
	var first spec.Value
	for _, p := range Common() {
		v := w.c.Lookup(w.t, p)
		if !v.Set || v.V == nil {
			continue
		}
		how, note := w.d.fate(p, w.compose)
		if into, ok := w.folded[p]; ok && w.overridden(into) {
			how, note = ClassDropped, string(into)+" stands in the target itself"
		}
		if how == "" {
			continue
		}
		w.out.Losses = append(w.out.Losses, diff.Loss{Path: p, How: string(how), Note: note, Vendor: w.d.Title})
		if how == ClassDropped && note == "" {
			if dropped = append(dropped, p); len(dropped) == 1 {
				first = v
			}
		}
	}
	if len(dropped) == 0 {
		return
	}
	if w.t != nil && w.t.Pos != (spec.Pos{}) {
		first.Pos = w.t.Pos
	}
	hint := "nothing to do, unless it matters there"
	if into := w.d.foldable(); into != "" && slices.ContainsFunc(dropped, foldableCommon) {
		hint += ": compose can fold texts into " + into
	}
	w.say(spec.Info, CodeDropped, first, dropped[0], w.d.Title+" has no "+joinPaths(dropped, ", ")+": not sent there", hint)
}

func (w *wanting) overridden(p spec.Path) bool {
	return w.t != nil && !slices.Contains(w.compose[p], p) && targetValue(w.t, p).Set
}

// fate is what a vendor does with a common field: "" it is native, else
// mapped to another name, folded into another field, or dropped.
func (d *Driver) fate(p spec.Path, composition map[spec.Path][]spec.Path) (how Class, note string) {
	if into, ok := folded(composition)[p]; ok {
		return ClassFolded, "into " + string(into)
	}
	f, ok := d.Fields.Field(p)
	switch {
	case !ok:
		return ClassDropped, ""
	case f.Class() == ClassMapped:
		return ClassMapped, "to " + strings.TrimPrefix(f.Write, "/")
	}
	return "", ""
}

// foldable is the field into which further texts fold best.
func (d *Driver) foldable() string {
	if len(d.Compose) > 0 {
		return string(slices.Sorted(maps.Keys(d.Compose))[0])
	}
	for _, p := range []spec.Path{"persona", "description"} {
		if _, ok := d.Fields.Field(p); ok {
			return string(p)
		}
	}
	return ""
}

// strangers reports keys of the target that are no field of this vendor. The
// schema says so earlier, with a better guess; this is for targets that no
// schema saw.
func (w *wanting) strangers() {
	if w.t == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(w.t.Fields)) {
		if w.known(key) {
			continue
		}
		field := w.t.Fields[key]
		accepted := w.d.Accepted()
		hint := "remove it, or use one of " + strings.Join(accepted, ", ")
		if near := spec.DidYouMean(key, accepted); near != "" {
			hint = "did you mean " + near + "?"
		}
		at := field.Value
		if field.Key != (spec.Pos{}) {
			at.Pos = field.Key
		}
		w.say(spec.Error, CodeNoField, at, spec.Path(key), w.d.Title+" has no field "+quote(key)+" that can be set", hint)
	}
}

func (w *wanting) known(key string) bool {
	for _, f := range w.d.Fields {
		if !f.ReadOnly() && f.Path.Root() == key {
			return true
		}
	}
	return foldableCommon(spec.Path(key))
}

// foldableCommon reports a common text. Every target takes those, whether or
// not the vendor has such a field: compose may fold them into one that it has.
func foldableCommon(p spec.Path) bool { return p != "visibility" && slices.Contains(Common(), p) }

// Accepted are the keys that a target of this vendor takes, beside the
// control keys, sorted: its own fields, and overrides of the common texts.
func (d *Driver) Accepted() []string {
	set := map[string]bool{}
	for _, f := range d.Fields {
		if !f.ReadOnly() {
			set[f.Path.Root()] = true
		}
	}
	for _, p := range Common() {
		if foldableCommon(p) {
			set[string(p)] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
