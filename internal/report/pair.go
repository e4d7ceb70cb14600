package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// pair makes what is shown of one change.
func (b *builder) pair(c *diff.Change, manifest *spec.Character) Pair {
	p := Pair{
		Target: view.SanitizeLine(c.Target), Provider: view.SanitizeLine(c.Provider), Vendor: b.title(c.Provider),
		ID: view.SanitizeLine(c.ID), Verdict: verdict(c), Deed: view.Deed(b.plan, c), Reason: view.SanitizeLine(c.Reason),
		Removal: view.SanitizeLine(c.Removal), Protect: c.Protect, Blocked: stops(c.Blocked), Losses: losses(c.Losses),
		Applied: view.LastApplied(c.Applied),
	}
	for _, f := range c.Fields {
		if c.Action == diff.Delete && f.Class == diff.Released {
			continue
		}
		p.Fields = append(p.Fields, b.field(c, f))
	}
	if d := b.driver(c.Provider); d != nil {
		p.Meters = b.meters(d, c, manifest)
	}
	return p
}

func (b *builder) field(c *diff.Change, f diff.FieldChange) Field {
	out := fieldOf(f, c.Action == diff.Create && c.CloneOf == "")
	if !out.Whole {
		out.Why = view.Why(b.plan, c.Target, f)
	}
	if f.Class == diff.Conflict && b.src.Base != nil && b.asked < mostBases {
		b.asked++
		if base, ok := b.src.Base(c.Address, f.Path); ok {
			out.base = &base
		}
	}
	return out
}

// mostBases bounds how often records of earlier runs are searched.
const mostBases = 100

func stops(blocks []diff.Block) []Stop {
	var out []Stop
	for _, b := range blocks {
		out = append(out, Stop{view.SanitizeLine(view.StoppedBy(b)), view.SanitizeLine(b.Message), view.SanitizeLine(b.Hint)})
	}
	return out
}

// fieldOf is a field without its reason; whole fields are those of a character
// that is new.
func fieldOf(f diff.FieldChange, whole bool) Field {
	before, _ := f.Before.(string)
	after, _ := f.After.(string)
	return Field{
		Path: view.SanitizeLine(string(f.Path)), Class: f.Class, Send: f.Send, Fixed: f.Fixed,
		Talk: f.Kind == diff.Text && Dialogue(cmp.Or(after, before)), Whole: whole, change: f,
	}
}

func verdict(c *diff.Change) Verdict {
	if c.Stopped() {
		if c.Has(diff.Conflict) {
			return Conflicts
		}
		return Drifted
	}
	v := verdictOf(c.Action)
	if v == Updates && c.OnlyDrift() {
		return Drifted
	}
	return v
}

// verdictOf is what an action that went as it should comes to.
func verdictOf(a diff.Action) Verdict {
	switch a {
	case diff.Create:
		return Creates
	case diff.Delete:
		return Deletes
	case diff.Replace:
		return Replaces
	case diff.Report:
		return Reported
	case diff.Record:
		return Recorded
	}
	return Updates
}

// Line sums up a pair for a list: what happens, and to which fields.
func (p *Pair) Line() string {
	var names []string
	for _, f := range p.Fields {
		if p.tells(f.Class) {
			names = append(names, f.Path)
		}
	}
	words := p.Deed
	if p.Verdict == Drifted || p.Verdict == Conflicts || p.Verdict == Reported {
		words = string(p.Verdict)
		if p.Verdict == Reported {
			words = string(Drifted)
		}
	}
	if len(names) > 4 {
		names = append(names[:3], "…")
	}
	if len(names) > 0 {
		words += " " + strings.Join(names, ", ")
	}
	return words
}

// tells reports a class of fields that the line of a pair names.
func (p *Pair) tells(c diff.Class) bool {
	switch p.Verdict {
	case Creates, Deletes, Recorded:
		return false
	case Conflicts:
		return c == diff.Conflict
	case Drifted, Reported:
		return c == diff.Drift || c == diff.Conflict
	}
	return c != diff.Adopted && c != diff.Converged && c != diff.Released
}

// losses groups what is lost in the same way. A field that only has another
// name at the provider is no loss to a reader.
func losses(in []diff.Loss) []Loss {
	var out []Loss
	for _, l := range in {
		if l.How == "mapped" {
			continue
		}
		path := view.SanitizeLine(string(l.Path))
		i := slices.IndexFunc(out, func(o Loss) bool { return o.How == view.SanitizeLine(l.How) && o.Note == view.SanitizeLine(l.Note) })
		if i >= 0 {
			out[i].Paths = append(out[i].Paths, path)
			continue
		}
		out = append(out, Loss{How: view.SanitizeLine(l.How), Note: view.SanitizeLine(l.Note), Paths: []string{path}})
	}
	slices.SortStableFunc(out, func(a, b Loss) int { return cmp.Or(cmp.Compare(a.How, b.How), cmp.Compare(a.Note, b.Note)) })
	return out
}

// Named reports a target that is called something else than its vendor.
func (p Pair) Named() bool {
	letters := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}
	return strings.Map(letters, p.Vendor) != strings.Map(letters, p.Target)
}
