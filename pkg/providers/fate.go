package providers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Class is what a provider does with a field.
type Class string

// The classes of fields.
const (
	ClassNative     Class = "native"      // taken under its own name
	ClassMapped     Class = "mapped"      // taken under another name
	ClassFolded     Class = "folded"      // becomes a part of another field
	ClassDropped    Class = "dropped"     // does not reach the provider
	ClassCreateOnly Class = "create-only" // taken once: a change replaces the character
	ClassWriteOnly  Class = "write-only"  // taken, and never returned: drift can't be seen
	ClassReadOnly   Class = "read-only"   // the provider's own: no manifest sets it
)

// Loss is how much of a field gets lost at a provider.
type Loss string

// The degrees of loss, from the least to the greatest; see Losses.
const (
	LossNone      Loss = "none"       // arrives whole, and can be read back
	LossUnseen    Loss = "write-only" // arrives whole, but what becomes of it can't be seen
	LossFolded    Loss = "folded"     // arrives, but not as a field of its own
	LossTruncated Loss = "truncated"  // a part is past what the provider heeds
	LossDropped   Loss = "dropped"    // does not arrive
)

// Losses lists the degrees of loss, from the least to the greatest.
func Losses() []Loss { return []Loss{LossNone, LossUnseen, LossFolded, LossTruncated, LossDropped} }

// past reports a greater loss than another.
func (l Loss) past(most Loss) bool {
	return slices.Index(Losses(), l) > slices.Index(Losses(), most)
}

// Fate is what becomes of one field of a character at one target. It is the
// one account of losses and limits: validation, reports and the preview page
// all show this.
type Fate struct {
	Path  spec.Path `json:"path"` // as the manifest spells it
	Class Class     `json:"class"`
	Loss  Loss      `json:"loss"`
	// Into is the provider's field that a folded one becomes a part of.
	Into spec.Path `json:"into,omitempty"`
	// From are the common fields that this field is folded from.
	From []spec.Path `json:"from,omitempty"`
	Note string      `json:"note,omitempty"` // "to charName", "nothing of it is heeded"
	Pos  spec.Pos    `json:"pos,omitzero"`   // where the manifest says it
	// Meters say how long the value is, and how long it may be: none for
	// folded and dropped fields, one for most others that have a length.
	Meters []Meter `json:"meters,omitempty"`
}

// Fates says what becomes of each field that a manifest sets, at one target:
// the common fields in their usual order, then the provider's own in the order
// of its table. Fields that are emptied lose nothing and are left out. It
// costs no network.
func (d *Driver) Fates(c *spec.Character, t *spec.Target, in spec.Instance) []Fate {
	w := newWanting(d, c, t, in)
	var common, own []Fate
	cuts := map[spec.Path]Cut{}
	for _, f := range d.Fields {
		if f.ReadOnly() {
			continue
		}
		fate, ok := w.fateOf(f)
		if !ok {
			continue
		}
		for _, m := range fate.Meters {
			if m.Cut != nil && m.Part == "" {
				cuts[f.Path] = *m.Cut
			}
		}
		if !slices.Contains(Common(), f.Path) {
			own = append(own, fate)
		} else {
			common = append(common, fate)
		}
	}
	for _, p := range Common() {
		if fate, ok := w.fateAway(p, cuts); ok {
			common = append(common, fate)
		}
	}
	slices.SortStableFunc(common, func(a, b Fate) int { return slices.Index(Common(), a.Path) - slices.Index(Common(), b.Path) })
	return append(common, own...)
}

// fateOf is the fate of a field that the provider has.
func (w *wanting) fateOf(f Field) (Fate, bool) {
	v := w.value(f)
	if !v.Set || v.V == nil {
		return Fate{}, false
	}
	fate := Fate{Path: f.Path, Class: f.Class(), Loss: LossNone, Pos: v.Pos}
	switch fate.Class {
	case ClassWriteOnly:
		fate.Loss = LossUnseen
	case ClassMapped:
		_, fate.Note = w.d.fate(f.Path, w.compose)
	}
	if parts, composed := w.compose[f.Path]; composed && !w.overridden(f.Path) {
		for _, p := range parts {
			if part := w.c.Lookup(w.t, p); part.Set && part.V != nil {
				fate.From = append(fate.From, p)
			}
		}
	}
	quiet := *w // what is wrong with the value is said elsewhere
	quiet.out = Desired{}
	if got, ok := quiet.spell(f, v); ok && got != nil {
		fate.Meters = w.meters(f, v, got)
	}
	for _, m := range fate.Meters {
		if m.Cut != nil && LossTruncated.past(fate.Loss) {
			fate.Loss = LossTruncated
		}
	}
	return fate, true
}

// fateAway is the fate of a common field that the provider does not have under
// that name.
func (w *wanting) fateAway(p spec.Path, cuts map[spec.Path]Cut) (Fate, bool) {
	v := w.c.Lookup(w.t, p)
	into, isFolded := w.folded[p]
	if f, has := w.d.Fields.Field(p); !v.Set || v.V == nil || has && !f.ReadOnly() && !isFolded {
		return Fate{}, false
	}
	fate := Fate{Path: p, Class: ClassDropped, Loss: LossDropped, Pos: v.Pos}
	switch {
	case !isFolded:
		return fate, true
	case w.overridden(into):
		fate.Note = string(into) + " stands in the target itself"
		return fate, true
	}
	fate.Class, fate.Loss, fate.Into = ClassFolded, LossFolded, into
	cut, isCut := cuts[into]
	if !isCut {
		return fate, true
	}
	parts := w.compose[into]
	switch here, there := slices.Index(parts, p), slices.Index(parts, cut.Path); {
	case here == there:
		fate.Loss, fate.Note = LossTruncated, "only its beginning is heeded"
	case here > there:
		fate.Loss, fate.Note = LossTruncated, "nothing of it is heeded"
	}
	return fate, true
}

// Class says what the provider does with the field of this row.
func (f Field) Class() Class {
	switch {
	case f.ReadOnly():
		return ClassReadOnly
	case f.Fixed():
		return ClassCreateOnly
	case !f.Readable():
		return ClassWriteOnly
	case f.Write != "/"+strings.ReplaceAll(string(f.Path), ".", "/"):
		return ClassMapped
	}
	return ClassNative
}

// CheckLoss reports every field of a target that loses more than is allowed.
// The findings point at the line that sets the field.
func (d *Driver) CheckLoss(c *spec.Character, t *spec.Target, in spec.Instance, most Loss) []spec.Diagnostic {
	var ds []spec.Diagnostic
	for _, f := range d.Fates(c, t, in) {
		if !f.Loss.past(most) {
			continue
		}
		ds = append(ds, spec.Diagnostic{
			Pos: f.Pos, Severity: spec.Error, Code: CodeLoss, Path: f.Path, Character: c.Name, Target: t.Instance,
			Message: fmt.Sprintf("%s %s at %s; the most that is allowed to get lost is %q", f.Path, f.sentence(), d.Title, string(most)),
			Hint:    f.remedy(t, d),
		})
	}
	return ds
}

// sentence says what is lost, after the field's name.
func (f Fate) sentence() string {
	switch f.Loss {
	case LossDropped:
		if f.Note != "" {
			return "does not arrive (" + f.Note + ")"
		}
		return "does not arrive"
	case LossFolded:
		return "becomes a part of " + string(f.Into)
	case LossTruncated:
		return "is past what is heeded"
	case LossUnseen:
		return "is never returned, so nobody sees what becomes of it"
	}
	return "arrives"
}

func (f Fate) remedy(t *spec.Target, d *Driver) string {
	switch {
	case f.Loss == LossTruncated:
		return "shorten it, or put what matters most first"
	case f.Loss == LossUnseen:
		return "allow the loss " + string(LossUnseen) + ", or leave the field out"
	case f.Loss == LossDropped && f.Note == "" && d.foldable() != "" && foldableCommon(f.Path):
		return fmt.Sprintf("fold it into %s with compose, or say %s: null in the target %s if it is meant to be missing there", d.foldable(), f.Path, t.Instance)
	case f.Path == "visibility":
		return "say visibility in the targets that have it, not under spec"
	}
	return fmt.Sprintf("say %s: null in the target %s if it is meant to be missing there, or allow the loss %s", f.Path, t.Instance, f.Loss)
}

// newWanting begins a crossing from a manifest to a vendor's spelling.
func newWanting(d *Driver, c *spec.Character, t *spec.Target, in spec.Instance) *wanting {
	w := &wanting{d: d, c: c, t: t, in: in, compose: d.composition(t, in)}
	w.folded = folded(w.compose)
	w.out.Doc = diff.Doc{}
	return w
}
