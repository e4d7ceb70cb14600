package apply

import (
	"context"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// checked reports a change that must see what is live before it writes.
func checked(c *diff.Change) bool {
	switch c.Action {
	case diff.Update:
		return !c.Restore // what is removed is read in a way of its own
	case diff.Replace, diff.Delete:
		return true
	}
	return false
}

// checkedPaths are the fields that tell whether a change is stale. What is
// about to be removed is read whole: the run record keeps it.
func checkedPaths(d *providers.Driver, c *diff.Change) []spec.Path {
	if c.Action != diff.Update {
		return allPaths(d.Fields)
	}
	paths := make([]spec.Path, 0, len(c.Base))
	for p := range c.Base {
		paths = append(paths, p)
	}
	return paths
}

// checkReadings says how the changes are read before they are written. A
// vendor whose updates send back what was read must be read singly, right
// before: what a colleague did meanwhile would be undone.
func checkReadings(d *providers.Driver, changes []*diff.Change, total map[string]int) (needs []need, of []int, readings []reading) {
	for i, c := range changes {
		if checked(c) {
			needs = append(needs, need{id: c.ID, paths: checkedPaths(d, c)})
			of = append(of, i)
		}
	}
	scopes, within := byScope(d, needs)
	for _, scope := range scopes {
		var back, others []int
		for _, i := range within[scope] {
			if sendsBack(d, changes[of[i]]) {
				back = append(back, i)
			} else {
				others = append(others, i)
			}
		}
		r := planReading(d, scope, needs, others, total[scope])
		if planReading(d, scope, needs, back, total[scope]).mustList {
			r.list, r.mustList = true, true
		}
		r.gets = append(r.gets, back...)
		slices.Sort(r.gets)
		readings = append(readings, r)
	}
	return needs, of, readings
}

// sendsBack reports a change whose write holds what was read. Where removing is
// a call of its own, that holds nothing.
func sendsBack(d *providers.Driver, c *diff.Change) bool {
	return d.Manner.SendsBack() && (d.Manner == providers.Forgets || c.Action == diff.Update)
}

// look reads what is live right before a write. It ends the change and
// returns false when that can't be read, is gone, or has moved since the plan.
func (ar *accountRun) look(ctx context.Context, it *item) (live providers.Body, ok bool) {
	if err := ar.freshen(ctx, it); err != nil {
		ar.fail(it, err)
		return nil, false
	}
	var get providers.Body
	if it.getOne {
		body, err := ar.account.Provider.Get(ctx, it.ID)
		ar.tried(err)
		if kind := providers.KindOf(err); kind == providers.Unsupported || kind == providers.NotFound {
			body, err = ar.lookInList(ctx, it)
			if err == nil && body == nil && !it.listed {
				ar.gone(it)
				return nil, false
			}
		}
		if err != nil {
			ar.fail(it, err)
			return nil, false
		}
		get = body
	} else if !it.listed {
		ar.gone(it)
		return nil, false
	}
	table := ar.account.Driver.Fields
	if err := table.Shape(get, it.list); err != nil {
		ar.fail(it, &providers.Error{Kind: providers.Unexpected, Provider: it.Target, Op: "read", Message: err.Error()})
		return nil, false
	}
	it.pre = table.Live(get, it.list)
	if moved := ar.moved(it); len(moved) > 0 {
		ar.stale(it, moved)
		return nil, false
	}
	entry, err := ar.preImage(it, get)
	if err != nil {
		ar.fail(it, err)
		return nil, false
	}
	it.entry = entry
	if get != nil {
		return get, true
	}
	return it.list, true
}

// lookInList asks the list about a character that could not be got. The
// second result of a nil body and a nil error is in it.listed.
func (ar *accountRun) lookInList(ctx context.Context, it *item) (providers.Body, error) {
	if it.listed {
		return nil, nil
	}
	scope, _ := ar.account.Driver.SplitID(it.ID)
	for remote, err := range ar.account.Provider.List(ctx, scope) {
		if err != nil {
			return nil, err
		}
		if remote.ID == it.ID {
			it.list, it.listed = remote.Body, true
			break
		}
	}
	return nil, nil
}

// preImage keeps what was live in the run record, and returns the lock's
// entry for the character as it is now.
func (ar *accountRun) preImage(it *item, get providers.Body) (Entry, error) {
	entry := ar.entryOf(it)
	return entry, ar.noteBefore(it, it.ID, it.pre, get)
}

// entryOf is the lock's entry that a change continues: its own, or that of
// the name it had before.
func (ar *accountRun) entryOf(it *item) Entry {
	entry := it.entry
	if it.RenamedFrom != "" && entry.ID == "" {
		if old, ok := ar.engine.Lock.Entry(diff.Address{Name: it.RenamedFrom, Target: it.Target}); ok && old.ID == it.ID {
			entry = old
		}
	}
	entry.Unseen = nil // it was read by now
	made := false
	if entry.ID != it.ID { // bound to this character only now: what was known of another does not count
		entry.Fields, entry.Old = nil, it.Superseded
		if p := entry.Pending; p != nil && p.Action == diff.Create {
			made = true
			entry.Fields, entry.Pending = ar.account.trusted(p), nil // that attempt made it: nothing is in doubt any more
		}
	}
	entry.Address, entry.ID, entry.Provider, entry.Protect = it.Address, it.ID, it.Provider, it.Protect
	if it.Rebind {
		entry.Old = it.Superseded
		if len(it.Marks) > 0 || !made { // of what a lost creation made, that attempt is remembered
			entry.Fields = rememberedMarks(it.Change)
		}
	}
	return entry
}

// moved lists the fields whose live value is no longer what the plan was made
// on, unless they hold by now what the plan wants.
func (ar *accountRun) moved(it *item) []diff.FieldChange {
	var out []diff.FieldChange
	planned := map[spec.Path]diff.FieldChange{}
	for _, f := range it.Fields {
		planned[f.Path] = f
	}
	for _, rule := range ar.account.rules() {
		was, based := it.Base[rule.Path]
		now, known := it.pre[rule.Path]
		if !based || !known || rule.Digest(now) == was {
			continue
		}
		f, changes := planned[rule.Path]
		if changes && f.Send && it.Action == diff.Update && rule.Equal(f.After, now) {
			continue
		}
		if it.Action == diff.Delete && ar.hides() && rule.Path == "visibility" && rule.Equal(now, "private") {
			continue
		}
		class := diff.Drift
		if changes && f.Send {
			class = diff.Conflict
		}
		out = append(out, diff.FieldChange{
			Path: rule.Path, Kind: rule.Kind, Class: class, Before: now, BeforeKnown: true, After: f.After, Fixed: rule.Fixed,
		})
	}
	return out
}

func (ar *accountRun) stale(it *item, moved []diff.FieldChange) {
	ar.skip(it, Outcome{
		Rule: "stale", Stale: moved,
		Reason: plural(len(moved), "field") + " changed on " + it.Target + " since the plan was made",
		Hint:   "plan again to see what would happen to the new values",
	})
}

func (ar *accountRun) gone(it *item) {
	if it.Action == diff.Delete {
		ar.forget(it)
		return
	}
	ar.skip(it, Outcome{
		Rule: "stale", Reason: "not found on " + it.Target + " any more",
		Hint: "plan again: it would be created anew",
	})
}
