package providers

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Desired gives what a manifest wants of one target, in the vendor's
// spelling, with everything that is wrong or lost about it. Only fields that
// the manifest sets are in the document. It costs no network.
func (d *Driver) Desired(c *spec.Character, t *spec.Target, in spec.Instance) Desired {
	w := &wanting{d: d, c: c, t: t, in: in, compose: d.composition(t, in)}
	w.folded = folded(w.compose)
	w.out.Doc = diff.Doc{}
	w.out.Diagnostics = d.checkCompose(t, in)
	for _, f := range d.Fields {
		if !f.ReadOnly() {
			w.field(f)
		}
	}
	w.scope()
	w.losses()
	w.strangers()
	if d.Check != nil {
		w.out.Diagnostics = append(w.out.Diagnostics, d.Check(Checked{Character: c, Target: t, Instance: in, Doc: w.out.Doc})...)
	}
	for i := range w.out.Diagnostics {
		w.out.Diagnostics[i].Character = c.Name
		if t != nil {
			w.out.Diagnostics[i].Target = t.Instance
		}
	}
	return w.out
}

// wanting is one crossing from a manifest to a vendor's spelling.
type wanting struct {
	d       *Driver
	c       *spec.Character
	t       *spec.Target
	in      spec.Instance
	compose map[spec.Path][]spec.Path
	folded  map[spec.Path]spec.Path
	out     Desired
}

func (w *wanting) say(s spec.Severity, code string, v spec.Value, p spec.Path, message, hint string) {
	w.out.Diagnostics = append(w.out.Diagnostics, spec.Diagnostic{
		Pos: v.Pos, Severity: s, Code: code, Path: p, Message: message, Hint: hint,
	})
}

// value finds what the manifest says of a field: its own word at this target,
// the composition, or the common field.
func (w *wanting) value(f Field) spec.Value {
	parts, composed := w.compose[f.Path]
	if w.t != nil && !slices.Contains(parts, f.Path) {
		if v := targetValue(w.t, f.Path); v.Set {
			return v
		}
	}
	if composed {
		return fold(w.c, w.t, parts)
	}
	if _, elsewhere := w.folded[f.Path]; elsewhere {
		return spec.Value{}
	}
	return w.c.Lookup(w.t, f.Path)
}

// targetValue looks a path up in a target. A mapping that is emptied as a
// whole empties what is inside.
func targetValue(t *spec.Target, p spec.Path) spec.Value {
	if v := t.Fields.Lookup(p); v.Set {
		return v
	}
	if rootField, ok := t.Fields[p.Root()]; ok && p.Root() != string(p) && rootField.Empty() {
		return rootField.Value
	}
	return spec.Value{}
}

func (w *wanting) field(f Field) {
	v := w.value(f)
	if !v.Set {
		return
	}
	got, ok := w.spell(f, v)
	if !ok {
		return
	}
	if got == nil {
		if !f.Clear.Can {
			w.say(spec.Error, CodeNoClear, v, f.Path,
				w.d.Title+" can't clear "+string(f.Path)+": "+fallback(f.Clear.Why, "it has no empty value"),
				"give it a value, or remove the key to leave what is there alone")
			return
		}
		w.out.Doc[f.Path] = nil
		return
	}
	w.limits(f, v, got)
	w.out.Doc[f.Path] = got
}

// spell gives the vendor's spelling of a value, or says what is wrong.
func (w *wanting) spell(f Field, v spec.Value) (any, bool) {
	if v.V == nil {
		return nil, true
	}
	got := Plain(v.V)
	if !f.fits(got) {
		w.say(spec.Error, CodeShape, v, f.Path,
			string(f.Path)+" is "+jsonType(v.V)+"; "+w.d.Title+" takes "+kindWords(f.Kind, f.Also), "change the value's type")
		return nil, false
	}
	if !w.parts(f, v, got) {
		return nil, false
	}
	if w.d.Spell != nil {
		got = w.d.Spell(w.in, f, got)
	}
	if s, ok := got.(string); ok && len(f.Enum) > 0 {
		word, ok := f.Enum[s]
		if !ok {
			w.word(f, v, string(f.Path), s, sortedKeys(f.Enum))
			return nil, false
		}
		got = word
	}
	return f.live(got), true
}

func (w *wanting) word(f Field, v spec.Value, where, s string, accepted []string) {
	hint := "use one of " + strings.Join(accepted, ", ")
	if near := spec.DidYouMean(s, accepted); near != "" {
		hint = "did you mean " + near + "? Accepted: " + strings.Join(accepted, ", ")
	}
	w.say(spec.Error, CodeWord, v, f.Path, where+": "+w.d.Title+" does not know "+quote(s), hint)
}

// scope finds the place where the character lives: the target's own word,
// else the instance's.
func (w *wanting) scope() {
	if len(w.d.Scope) == 0 {
		return
	}
	parts := make([]string, 0, len(w.d.Scope))
	for _, p := range w.d.Scope {
		place, ok := w.out.Doc[p].(string)
		if !ok {
			if place = w.in.Settings[string(p)]; place == "" {
				return
			}
			w.out.Doc[p] = place
		}
		parts = append(parts, place)
	}
	w.out.Scope = strings.Join(parts, "/")
}

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
			how, note = "dropped", string(into)+" stands in the target itself"
		}
		if how == "" {
			continue
		}
		w.out.Losses = append(w.out.Losses, diff.Loss{Path: p, How: how, Note: note})
		if how == "dropped" && note == "" {
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
func (d *Driver) fate(p spec.Path, composition map[spec.Path][]spec.Path) (how, note string) {
	if into, ok := folded(composition)[p]; ok {
		return "folded", "into " + string(into)
	}
	f, ok := d.Fields.Field(p)
	switch {
	case !ok:
		return "dropped", ""
	case f.Write != "/"+string(p):
		return "mapped", "to " + strings.TrimPrefix(f.Write, "/")
	}
	return "", ""
}

// foldable is the field into which further texts fold best.
func (d *Driver) foldable() string {
	if len(d.Compose) > 0 {
		return string(sortedPaths(d.Compose)[0])
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
	for _, key := range sortedKeys(w.t.Fields) {
		if w.known(key) {
			continue
		}
		field := w.t.Fields[key]
		accepted := w.d.accepted()
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

// accepted are the keys that a target of this vendor takes.
func (d *Driver) accepted() []string {
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
	return sortedKeys(set)
}

// Creatable says what creating needs and the manifest lacks. It is for
// targets that are not bound yet and are not clones.
func (d *Driver) Creatable(c *spec.Character, t *spec.Target, want Desired) []spec.Diagnostic {
	var ds []spec.Diagnostic
	lack := func(code, message, hint string) {
		ds = append(ds, spec.Diagnostic{
			Pos: t.Pos, Severity: spec.Error, Code: code, Message: message, Hint: hint, Character: c.Name, Target: t.Instance,
		})
	}
	if len(d.Scope) > 0 && want.Scope == "" {
		lack(CodePlace, d.Title+" needs "+joinPaths(d.Scope, " and ")+" to create a character",
			"set them in this target, or as defaults of "+t.Instance+" in charsync.yaml")
	}
	for _, p := range d.Required {
		if want.Doc[p] == nil && !refused(want.Diagnostics, p) {
			lack(CodeMissing, d.Title+" needs "+string(p)+" to create a character", "set "+d.where(p)+", or adopt a live character with id")
		}
	}
	if len(d.Needs) > 0 && !slices.ContainsFunc(d.Needs, func(group []spec.Path) bool { return complete(want.Doc, group) }) {
		groups := make([]string, len(d.Needs))
		for i, g := range d.Needs {
			groups[i] = joinPaths(g, " with ")
		}
		lack(CodeMissing, d.Title+" needs "+strings.Join(groups, ", or ")+" to create a character",
			"set one of them, or adopt a live character with id")
	}
	return ds
}

// refused reports whether the field is missing only because its value is
// wrong, which has been said already.
func refused(ds []spec.Diagnostic, p spec.Path) bool {
	return slices.ContainsFunc(ds, func(d spec.Diagnostic) bool { return d.Path == p && d.Severity == spec.Error })
}

func complete(doc diff.Doc, group []spec.Path) bool {
	for _, p := range group {
		if v := doc[p]; v == nil || v == false {
			return false
		}
	}
	return true
}

// where says where in a manifest a field is set.
func (d *Driver) where(p spec.Path) string {
	if parts, ok := d.Compose[p]; ok {
		return joinPaths(parts, " or ") + ", or " + string(p) + " in this target"
	}
	if slices.Contains(Common(), p) {
		return "spec." + string(p)
	}
	return string(p) + " in this target"
}

func joinPaths(paths []spec.Path, sep string) string {
	words := make([]string, len(paths))
	for i, p := range paths {
		words[i] = string(p)
	}
	return strings.Join(words, sep)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
