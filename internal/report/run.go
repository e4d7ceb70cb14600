package report

import (
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// OfRun makes the report of what a run did: the words before it, and what it
// wrote.
func OfRun(run *apply.Run, src Sources) *Report {
	b := builder{plan: &diff.Plan{}, src: src, known: map[string]*providers.Driver{}}
	r := &Report{Kind: "run", Title: view.SanitizeLine(run.Head.ID), Env: view.SanitizeLine(run.Head.Env), Complete: true}
	r.Before, r.After = view.RunSides()
	for _, f := range [][2]string{
		{"Command", run.Head.Command},
		{"When", run.Head.At},
		{"Who", run.Head.Who},
		{"State", run.State},
		{"Takes back", run.Head.Undoes},
		{"Resumes", run.Head.Resumes},
		{"charsync", run.Head.Version},
	} {
		r.fact(f[0], f[1])
	}
	if n := run.Result; n != nil {
		r.Summary = n.Summary()
		r.Tallies = []Tally{
			{n.Created, "created", Creates},
			{n.Updated, "updated", Updates},
			{n.Deleted, "deleted", Deletes},
			{n.Failed, "failed", Failed},
			{n.Skipped, "skipped", Skipped},
		}
	}
	for _, d := range run.Deeds {
		if view.ToldOf(d) {
			b.deed(r, d)
		}
	}
	if len(r.Characters) == 0 {
		r.Nothing = "The run changed nothing."
	}
	return r
}

// deed adds what was done to one pair. A run's deeds are in the order of their
// characters.
func (b *builder) deed(r *Report, d *apply.Deed) {
	name := view.SanitizeLine(d.Name)
	if last := len(r.Characters) - 1; last < 0 || r.Characters[last].Name != name {
		r.Characters = append(r.Characters, Character{Name: name, Display: name})
	}
	c := &r.Characters[len(r.Characters)-1]
	e := view.End(d)
	p := Pair{
		Target: view.SanitizeLine(d.Target), Provider: view.SanitizeLine(d.Provider), Vendor: b.title(d.Provider),
		ID: e.ID, Deed: e.Deed, Verdict: outcome(d),
	}
	if p.Verdict == Failed || p.Verdict == Skipped {
		p.Blocked = append(p.Blocked, Stop{e.Deed, e.Reason, e.Hint})
	} else {
		p.Reason = e.Reason
	}
	whole := d.Created != ""
	for _, f := range e.Fields {
		field := fieldOf(f, whole)
		if !whole {
			field.Why = view.RunWhy(d.Target, f)
		}
		p.Fields = append(p.Fields, field)
	}
	for _, f := range e.Held {
		field := fieldOf(f, true)
		field.Why = "held before it was removed"
		p.Fields = append(p.Fields, field)
	}
	c.Pairs = append(c.Pairs, p)
	if c.Greeting == "" {
		c.card(e.Fields)
	}
}

// card takes the texts that a run wrote.
func (c *Character) card(fields []diff.FieldChange) {
	var texts Character
	(&builder{}).texts(&texts, nil, []diff.Change{{Fields: fields}})
	if texts.Display != "" {
		c.Display = texts.Display
	}
	c.Title, c.Description, c.Greeting, c.Persona = texts.Title, texts.Description, texts.Greeting, texts.Persona
}

func outcome(d *apply.Deed) Verdict {
	o := d.Outcome
	switch {
	case o == nil, o.Status == apply.Failed:
		return Failed
	case o.Status == apply.Skipped:
		return Skipped
	}
	return verdictOf(o.Action)
}
