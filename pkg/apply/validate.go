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
		out = append(out, q.findings...)
	}
	out = lint.Settle(e.Project, out)
	e.Project.Locate(out)
	spec.SortDiagnostics(out)
	return out
}

// Lint says what a careful reader would say of the selected characters' prose.
// The findings are in the order of their places. A plan does not ask for them.
func (e *Engine) Lint() []spec.Diagnostic {
	var out []spec.Diagnostic
	if e.early.read != nil {
		out = lint.Settle(e.Project, e.readEarly())
	} else {
		out = lint.Check(e.Project, e.subjects(), e.known())
	}
	e.Project.Locate(out)
	spec.SortDiagnostics(out)
	return out
}

// LintUnseen is Lint with the rules about what a reader of a plan does not see:
// hidden text, and names and macros in look-alike letters. Planning and
// applying ask for it, of characters that do not change too.
func (e *Engine) LintUnseen() []spec.Diagnostic {
	var out []spec.Diagnostic
	if e.early.read != nil {
		out = lint.Settle(e.Project, e.readEarly())
	} else {
		out = lint.CheckUnseen(e.Project, e.subjects(), e.known())
	}
	out = slices.DeleteFunc(out, func(d spec.Diagnostic) bool { return d.Code == lint.CodeComment })
	e.Project.Locate(out)
	spec.SortDiagnostics(out)
	return out
}

// known are the characters of the project; nil: who else there is, is not known.
func (e *Engine) known() []*spec.Character {
	if e.Set.Partial {
		return nil
	}
	return e.Set.Characters
}

// subjects are the selected characters with their selected targets.
func (e *Engine) subjects() []lint.Subject {
	var subjects []lint.Subject
	targets := map[string][]*pair{}
	for _, q := range e.resolve().list {
		targets[q.Name] = append(targets[q.Name], q)
	}
	for _, c := range e.Set.Characters {
		if e.selected(c) {
			subjects = append(subjects, pageOf(c, targets[c.Name]))
		}
	}
	return subjects
}

// pageOf is what is read of a character.
func pageOf(c *spec.Character, list []*pair) lint.Subject {
	s := lint.Subject{Character: c}
	for _, q := range list {
		if q.account != nil && q.account.Driver != nil {
			s.Targets = append(s.Targets, lint.Target{Target: q.target, Driver: q.account.Driver, Instance: q.account.Instance})
		}
	}
	return s
}

// readEarly is what reading the selected characters found while they were
// loaded.
func (e *Engine) readEarly() []spec.Diagnostic {
	var read []lint.Reading
	for _, c := range e.Set.Characters {
		if e.selected(c) {
			read = append(read, e.early.read[c])
		}
	}
	if e.Set.Partial {
		return lint.Findings(read, nil)
	}
	return lint.Findings(read, e.early.names)
}

// lossesOf is what a provider refuses or loses of a character. Under a policy
// the losses past it are errors, which say more than the note of what is not
// sent.
func (e *Engine) lossesOf(q *pair) []spec.Diagnostic {
	most := e.Options.Policy.MaxLoss
	if most == "" {
		return slices.Clone(q.whole.Diagnostics)
	}
	var out []spec.Diagnostic
	past := q.account.Driver.CheckLoss(q.character, q.target, q.account.Instance, providers.Loss(most))
	for _, d := range q.whole.Diagnostics {
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
		if q.account != nil && q.account.Driver != nil && e.recall(q) == nil {
			out = append(out, Fates{Address: q.Address, Fields: q.account.Driver.Fates(q.character, q.target, q.account.Instance)})
		}
	}
	return out
}
