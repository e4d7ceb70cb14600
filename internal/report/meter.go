package report

import (
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Meter is how much of a limit a value takes. A bound that is 0 is none.
type Meter struct {
	Path      string
	Unit      string // "characters", "words", …
	Used      int
	Least     int
	Effective int // beyond it the vendor ignores the rest
	Hard      int // beyond it the vendor refuses
	Source    string
	// Lost is the beginning of what is not heeded any more, and Heeded the
	// share that is, in percent.
	Lost   string
	Heeded int
}

// Level says where a value stands: "over" a hard limit, "past" an effective
// one, "near" one from nine tenths on, "short" of the least, or "ok".
func (m Meter) Level() string {
	switch {
	case m.Hard > 0 && m.Used > m.Hard:
		return "over"
	case m.Effective > 0 && m.Used > m.Effective:
		return "past"
	case m.Used < m.Least:
		return "short"
	case m.Hard > 0 && m.Used*10 >= m.Hard*9, m.Effective > 0 && m.Used*10 >= m.Effective*9:
		return "near"
	}
	return "ok"
}

// meters measures what a provider is to hold: all that the manifest says, else
// what the plan knows of it.
func (b *builder) meters(d *providers.Driver, c *diff.Change, manifest *spec.Character) []Meter {
	if c.Action == diff.Delete {
		return nil
	}
	if manifest != nil {
		for i := range manifest.Targets {
			t := &manifest.Targets[i]
			if in, _ := b.route(t.Instance); in.Name == c.Target {
				return metersOf(d.Fates(manifest, t, in))
			}
		}
	}
	doc := diff.Doc{}
	for _, f := range c.Fields {
		if f.Class != diff.Released {
			doc[f.Path] = f.After
		}
	}
	return metersOf(d.Measure(doc))
}

// metersOf keeps what has an upper bound.
func metersOf(fates []providers.Fate) []Meter {
	var out []Meter
	for _, f := range fates {
		for _, m := range f.Meters {
			if m.Hard == 0 && m.Effective == 0 {
				continue
			}
			path := string(f.Path)
			if m.Part != "" {
				path = m.Part
			}
			meter := Meter{
				Path: view.SanitizeLine(path), Unit: m.Unit.Word(), Used: m.Used, Least: m.Min, Effective: m.Effective, Hard: m.Hard,
				Source: view.SanitizeLine(m.Source),
			}
			if m.Cut != nil {
				meter.Lost, meter.Heeded = view.SanitizeLine(m.Cut.Sentence), int(100*m.Cut.Heeded)
			}
			out = append(out, meter)
		}
	}
	return out
}
