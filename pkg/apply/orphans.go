package apply

import (
	"context"
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// addOrphans finds bindings that no manifest mentions any more. They are
// listed, and deleted only where the run prunes and may.
func (e *Engine) addOrphans(chosen *pairs, byName map[string]*accountPlan, plan *diff.Plan) {
	off := e.pruneOff(chosen)
	if e.Options.Prune && off != "" {
		plan.Diagnostics = append(plan.Diagnostics, pruneOffDiagnostic(off))
	}
	if !e.Set.Complete || e.Set.Partial {
		return // which manifests are gone can't be told
	}
	absent, asked := "", e.Options.Absent == nil
	for _, entry := range e.Lock.Entries() {
		if e.wanted(entry.Address) || !chosen.inPlay[entry.Target] {
			continue
		}
		if e.addStale(chosen, byName, entry) {
			continue
		}
		if !asked {
			absent, asked = e.Options.Absent(), true
			if absent != "" {
				plan.Diagnostics = append(plan.Diagnostics, pruneOffDiagnostic(absent))
			}
		}
		if absent != "" { // its manifest may be one of them
			continue
		}
		if w, known := byName[entry.Target]; known {
			w.orphans = append(w.orphans, entry)
		}
		if !e.orphanSelected(entry) {
			continue
		}
		if a := e.Accounts[entry.Target]; entry.ID == "" && a != nil && a.Driver != nil {
			w := e.workAt(byName, entry.Target)
			w.lost = append(w.lost, entry)
			continue
		}
		plan.Orphans = append(plan.Orphans, diff.Orphan{Address: entry.Address, ID: entry.ID, Protect: entry.Protect})
	}
	if !e.Options.Prune || off != "" {
		return
	}
	e.prune(byName, plan)
}

// prune moves orphans from the list of what is left alone to what is deleted.
func (e *Engine) prune(byName map[string]*accountPlan, plan *diff.Plan) {
	plan.Orphans = slices.DeleteFunc(plan.Orphans, func(o diff.Orphan) bool {
		entry, ok := e.Lock.Entry(o.Address)
		if a := e.Accounts[o.Target]; !ok || a == nil || a.Driver == nil || entry.ID == "" {
			return false
		}
		w := e.workAt(byName, o.Target)
		w.prune = append(w.prune, entry)
		return true
	})
}

// pruneOff says why nothing may be deleted in this run, or "".
func (e *Engine) pruneOff(chosen *pairs) string {
	switch {
	case e.Set.Partial:
		return "only some of the manifests were loaded"
	case !e.Set.Complete:
		return "not all manifests could be loaded"
	case hasErrors(chosen.diagnostics):
		return "the selection has errors"
	case len(e.Options.Selection.Selectors) > 0:
		return "the labels of a manifest that is gone are not known, so --select can't tell which are meant"
	case len(chosen.list) == 0 && !e.namesOrphans():
		return "the selection is empty"
	}
	return e.Set.Doubt()
}

// namesOrphans reports whether the selection names bindings without manifests.
func (e *Engine) namesOrphans() bool {
	names := slices.AppendSeq(slices.Clone(e.Options.Selection.Names), maps.Keys(e.Options.Selection.Changed))
	return slices.ContainsFunc(names, func(name string) bool {
		return len(e.Lock.Show(name)) > 0 && e.Set.Find(name) == nil
	})
}

func (e *Engine) orphanSelected(entry Entry) bool {
	return e.named(entry.Name) && len(e.Options.Selection.Selectors) == 0 && e.targetSelected(entry.Target, entry.Target)
}

// settleOrphans finds out about creations that were in doubt when their
// manifest went away. What was created is bound, so that it can be pruned;
// the attempt is forgotten otherwise.
func (e *Engine) settleOrphans(ctx context.Context, w *accountPlan) {
	doubts := make([]doubt, len(w.lost))
	for i, entry := range w.lost {
		doubts[i] = doubt{Address: entry.Address, intent: *entry.Pending, unwanted: true}
	}
	verdicts, least := e.settle(ctx, w.account, doubts)
	w.least += least
	for _, entry := range w.lost {
		v := verdicts[entry.Address]
		if v.err != nil {
			d := diagnosticOf(v.err)
			d.Severity = spec.Warning
			w.diagnostics = append(w.diagnostics, d)
			continue
		}
		c := &diff.Change{Address: entry.Address, Provider: w.account.Driver.Name, Action: diff.Record, ID: v.id, Protect: entry.Protect, Reason: v.reason}
		if v.id == "" {
			c.ID, c.Gone = entry.Pending.Key, entry.Pending.Key
			c.Reason = "an earlier attempt to create it came to nothing, and no manifest wants it any more"
		}
		w.changes = append(w.changes, c)
	}
}

// markedPaths are the fields that the lock has marks for, in the order of the
// rules.
func markedPaths(rules []diff.Rule, entry Entry) []spec.Path {
	var paths []spec.Path
	for _, r := range rules {
		if _, ok := entry.Fields[r.Path]; ok {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// planRemoval is the change that removes a bound character.
func (e *Engine) planRemoval(a *Account, entry Entry, s seen) (*diff.Change, error) {
	c := &diff.Change{
		Address: entry.Address, Provider: a.Driver.Name, Action: diff.Delete, ID: entry.ID,
		Protect: entry.Protect, Removal: removal(a), Superseded: entry.Old,
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.gone {
		c.Action, c.Removal, c.Gone, c.Reason = diff.Record, "", entry.ID, "not found on "+entry.Target+": the binding is forgotten"
		return c, nil
	}
	rules := a.rules()
	c.Base = base(rules, docOf(markedPaths(rules, entry)), s.doc)
	return c, nil
}

func docOf(paths []spec.Path) diff.Doc {
	doc := make(diff.Doc, len(paths))
	for _, p := range paths {
		doc[p] = nil
	}
	return doc
}

// spareAfterFailure takes deletions out of a plan when something could not be
// read: what is seen of the world is not whole. Orphans that could not be
// read stay orphans.
func spareAfterFailure(work []*accountPlan, plan *diff.Plan) {
	keep := func(a diff.Address, id string, protect bool) {
		plan.Orphans = append(plan.Orphans, diff.Orphan{Address: a, ID: id, Protect: protect})
	}
	off := ""
	for _, w := range work {
		unplanned := map[diff.Address]bool{}
		for _, u := range w.unplanned {
			unplanned[u.Address] = true
		}
		switch {
		case off != "":
		case w.broken != nil:
			off = w.instance + " could not be read"
		case len(w.unplanned) > 0:
			off = w.unplanned[0].Address.String() + " could not be read"
		}
		for _, entry := range w.prune {
			if unplanned[entry.Address] {
				keep(entry.Address, entry.ID, entry.Protect)
			}
		}
	}
	if off == "" {
		return
	}
	before := len(plan.Changes)
	plan.Changes = slices.DeleteFunc(plan.Changes, func(c diff.Change) bool {
		if c.Action == diff.Delete {
			keep(c.Address, c.ID, c.Protect)
		}
		return c.Action == diff.Delete
	})
	if len(plan.Changes) < before {
		plan.Diagnostics = append(plan.Diagnostics, pruneOffDiagnostic(off))
	}
}

func pruneOffDiagnostic(why string) spec.Diagnostic {
	return spec.Diagnostic{
		Severity: spec.Warning, Code: codePruneOff, Message: "nothing is deleted in this run: " + why,
		Hint: "mend that, or select what is meant, and run again",
	}
}
