package apply

import (
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// lossKey is a loss as a reader learns it: of a provider, whatever character
// it is met at.
type lossKey struct {
	provider  string
	path      spec.Path
	how, note string
}

type lossSet map[lossKey]bool

func (s lossSet) add(provider string, losses []diff.Loss) {
	for _, l := range losses {
		s[lossKey{provider, l.Path, l.How, l.Note}] = true
	}
}

// mark sets Known on what the set holds, in a copy: pairs share the list.
func (s lossSet) mark(c *diff.Change) {
	if len(s) == 0 || len(c.Losses) == 0 {
		return
	}
	c.Losses = slices.Clone(c.Losses)
	for i := range c.Losses {
		l := &c.Losses[i]
		l.Known = s[lossKey{c.Provider, l.Path, l.How, l.Note}]
	}
}

// keepLosses notes what is lost of a pair of which nothing else is held.
func (e *early) keepLosses(q *pair) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lost == nil {
		e.lost = lossSet{}
	}
	e.lost.add(q.account.Driver.Name, q.whole.Losses)
}

// markKnown marks the losses that the lock shows to have been told: a bound
// character has them already. A field that the lock knows of no target of that
// character is new in its manifest, and so is its loss.
func (e *Engine) markKnown(plan *diff.Plan) {
	if !slices.ContainsFunc(plan.Changes, func(c diff.Change) bool { return len(c.Losses) > 0 }) {
		return
	}
	known := lossSet{}
	for key := range e.early.lost {
		known[key] = true
	}
	list := e.resolve().list // sorted by name
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Name == list[0].Name {
			n++
		}
		e.knownOf(list[:n], known)
		list = list[n:]
	}
	e.knownElsewhere(plan, known)
	for i := range plan.Changes {
		known.mark(&plan.Changes[i])
	}
}

// knownOf adds what the bound pairs of one character lose already.
func (e *Engine) knownOf(pairs []*pair, known lossSet) {
	held, wants := map[spec.Path]bool{}, map[spec.Path]bool{} // by the lock, and by the manifest now
	bound := make([]*pair, 0, len(pairs))
	for _, q := range pairs {
		entry, _ := e.Lock.Peek(q.Address)
		if q.account == nil || entry.ID == "" || len(entry.Fields) == 0 {
			continue
		}
		bound = append(bound, q)
		for path := range entry.Fields {
			held[path] = true
		}
		for path := range q.whole.Doc {
			wants[path] = true
		}
	}
	for _, q := range bound {
		for _, l := range q.whole.Losses {
			if held[l.Path] || !wants[l.Path] {
				known.add(q.account.Driver.Name, []diff.Loss{l})
			}
		}
	}
}

// knownElsewhere adds what characters lose that are bound and not selected:
// a field that the lock knows of one of their targets, and of another not.
func (e *Engine) knownElsewhere(plan *diff.Plan, known lossSet) {
	selected := map[string]bool{}
	for _, q := range e.resolve().list {
		selected[q.Name] = true
	}
	held, at := map[string]map[spec.Path]bool{}, map[string]map[string]map[spec.Path]bool{}
	for _, entry := range e.Lock.PeekAll() {
		if selected[entry.Name] || entry.ID == "" || len(entry.Fields) == 0 {
			continue
		}
		if held[entry.Name] == nil {
			held[entry.Name], at[entry.Name] = map[spec.Path]bool{}, map[string]map[spec.Path]bool{}
		}
		if at[entry.Name][entry.Provider] == nil {
			at[entry.Name][entry.Provider] = map[spec.Path]bool{}
		}
		for path := range entry.Fields {
			held[entry.Name][path], at[entry.Name][entry.Provider][path] = true, true
		}
	}
	if len(held) == 0 {
		return
	}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		for _, l := range c.Losses {
			if known[lossKey{c.Provider, l.Path, l.How, l.Note}] {
				continue
			}
			for name, paths := range held {
				if there := at[name][c.Provider]; there != nil && paths[l.Path] && !there[l.Path] {
					known.add(c.Provider, []diff.Loss{l})
					break
				}
			}
		}
	}
}
