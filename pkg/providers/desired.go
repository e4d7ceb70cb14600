package providers

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Desired gives what a manifest wants of one target, in the vendor's
// spelling, with everything that is wrong or lost about it. Only fields that
// the manifest sets are in the document. It costs no network.
func (d *Driver) Desired(c *spec.Character, t *spec.Target, in spec.Instance) Desired {
	w := newWanting(d, c, t, in)
	w.out.Diagnostics = d.checkCompose(t, in)
	for _, f := range d.Fields {
		if !f.ReadOnly() {
			w.field(f)
		}
	}
	w.scope()
	for _, s := range d.Settings {
		if s.NoCreate != "" && in.Settings[s.Name] != "" {
			w.out.NoCreate = s.NoCreate + ", and " + s.Name + " of the instance is " + quote(in.Settings[s.Name])
		}
	}
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
	got := spec.Numbers(v.V)
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
			w.word(f, v, string(f.Path), s, slices.Sorted(maps.Keys(f.Enum)))
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
