package apply

import (
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Validate says what is wrong with the selected pairs, offline: what their
// providers would refuse or lose, what creation lacks, and characters that
// two pairs share. The findings are in the order of their places.
func (e *Engine) Validate() []spec.Diagnostic {
	chosen := e.resolve()
	out := slices.Clone(chosen.diagnostics)
	for _, q := range chosen.list {
		if q.err != nil {
			out = append(out, diagnosticOf(q.err))
			continue
		}
		out = append(out, e.lossesOf(q)...)
		if e.boundTo(q) == "" && !q.target.CloneFrom.Set {
			out = append(out, q.account.Driver.Creatable(q.character, q.target, q.desired)...)
		}
	}
	out = lint.Settle(e.Project, out)
	e.Project.Locate(out)
	spec.SortDiagnostics(out)
	return out
}

// Lint says what a careful reader would say of the selected characters' prose.
// The findings are in the order of their places. A plan does not ask for them.
func (e *Engine) Lint() []spec.Diagnostic {
	var subjects []lint.Subject
	for _, c := range e.Set.Characters {
		if e.selected(c) {
			subjects = append(subjects, lint.Subject{Character: c})
		}
	}
	targets := map[string][]lint.Target{}
	for _, q := range e.resolve().list {
		if q.account != nil && q.account.Driver != nil {
			targets[q.Name] = append(targets[q.Name], lint.Target{Target: q.target, Driver: q.account.Driver, Instance: q.instance})
		}
	}
	for i := range subjects {
		subjects[i].Targets = targets[subjects[i].Character.Name]
	}
	all := e.Set.Characters
	if e.Set.Partial {
		all = nil // who else there is, is not known
	}
	out := e.Project.Locate(lint.Check(e.Project, subjects, all))
	spec.SortDiagnostics(out)
	return out
}

// lossesOf is what a provider refuses or loses of a character. Under a policy
// the losses past it are errors, which say more than the note of what is not
// sent.
func (e *Engine) lossesOf(q *pair) []spec.Diagnostic {
	most := e.Options.Policy.MaxLoss
	if most == "" {
		return slices.Clone(q.desired.Diagnostics)
	}
	var out []spec.Diagnostic
	past := q.account.Driver.CheckLoss(q.character, q.target, q.instance, providers.Loss(most))
	for _, d := range q.desired.Diagnostics {
		if d.Code != providers.CodeDropped || len(past) == 0 {
			out = append(out, d)
		}
	}
	return append(out, past...)
}

// Fates is what becomes of a character at one target, field by field.
type Fates struct {
	diff.Address
	Fields []providers.Fate `json:"fields"`
}

// Fates says, of the selected pairs in the order of their addresses, what
// their providers do with each field: losses, lengths and limits. Pairs whose
// provider is not known are left out. It costs no network.
func (e *Engine) Fates() []Fates {
	var out []Fates
	for _, q := range e.resolve().list {
		if q.account != nil && q.account.Driver != nil {
			out = append(out, Fates{Address: q.Address, Fields: q.account.Driver.Fates(q.character, q.target, q.instance)})
		}
	}
	return out
}
