package apply

import (
	"context"
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// found takes over a character that an earlier attempt created: it is bound,
// and then brought to what the plan wants.
func (ar *accountRun) found(ctx context.Context, it *item, entry Entry, id string) bool {
	if p := it.entry.Pending; p != nil && p.Action == diff.Create {
		entry.Fields = ar.account.trusted(p)
	}
	if entry.ID != id {
		entry.Unseen = ar.unseen("")
	}
	entry.ID, entry.Pending = id, nil
	if it.Action == diff.Replace {
		entry.Old = it.ID
	}
	if err := ar.put(entry); err != nil {
		ar.fail(it, err)
		return false
	}
	key := ""
	if it.entry.Pending != nil {
		key = it.entry.Pending.Key
	}
	if err := ar.noteOf(it, RunLine{Kind: "created", ID: id, Key: key}); err != nil {
		ar.fail(it, err)
		return false
	}
	it.id, it.entry = id, entry
	it.effects++
	return ar.bring(ctx, it)
}

// goOn continues a creation that a run which was stopped had recorded.
func (ar *accountRun) goOn(ctx context.Context, it *item) {
	if ar.found(ctx, it, it.entry, it.entry.ID) {
		ar.readBack(ctx, it)
	}
}

// clone creates a character as a copy of a live one, and then brings it to
// what the plan wants.
func (ar *accountRun) clone(ctx context.Context, it *item, entry Entry) bool {
	cloner, ok := ar.account.Provider.(providers.Cloner)
	if !ok {
		ar.fail(it, &providers.Error{
			Kind: providers.Unsupported, Provider: it.Target, Op: "clone", Message: "this service can't clone characters",
			Hint: "remove cloneFrom from the target",
		})
		return false
	}
	source, err := ar.account.Provider.Get(ctx, it.CloneOf)
	ar.tried(err)
	if err != nil {
		ar.fail(it, fmt.Errorf("the character to clone, %s, can't be read: %w", it.CloneOf, err))
		return false
	}
	content := ar.account.Driver.Fields.Live(source, nil)
	delete(content, "name")
	key := ar.keyFor(it)
	entry.Pending = &Intent{
		Action: diff.Create, Key: key, Run: ar.id, At: ar.at(), Scope: it.Scope, Clone: it.CloneOf, Fields: ar.digests(content),
	}
	id, ok := ar.sendCreation(it, entry, func() (string, error) {
		return cloner.Clone(ctx, key, it.CloneOf, it.CloneKB)
	}, RunLine{Key: key, Scope: it.Scope, Clone: it.CloneOf})
	if !ok {
		return false
	}
	entry.ID, entry.Pending, entry.Old, entry.Unseen = id, nil, replaced(it, entry), ar.unseen(key)
	it.id, it.entry = id, entry
	return ar.bring(ctx, it)
}

// bring updates a character that is there already with what differs from the
// plan's wishes. Of a clone's fields that are set at creation only, those that
// nothing shows are left as they are.
func (ar *accountRun) bring(ctx context.Context, it *item) bool {
	n := need{id: it.id, paths: sentPaths(it.Change)}
	var s seen
	waits := ar.engine.awaits(ar.account, it.entry, it.id)
	_, err := ar.engine.observeLate(ctx, ar.account, "verify", []need{n}, func(int) *awaited { return waits }, func(_ int, got seen) { s = got })
	switch {
	case err != nil:
		ar.unchecked(it, err)
		return false
	case s.err != nil:
		ar.unchecked(it, s.err)
		return false
	case s.gone && it.entry.Unseen != nil:
		ar.unchecked(it, notVisible(it.Target, it.id))
		return false
	case s.gone:
		ar.fail(it, fmt.Errorf("%s is not there although an earlier attempt created it", it.id))
		return false
	}
	it.pre, it.list = s.doc, s.list
	if err := ar.noteBefore(it, it.id, s.doc, s.get); err != nil {
		ar.fail(it, err)
		return false
	}
	rules := ar.account.rules()
	fields := diff.Fields(rules, wanted(it.Change), s.doc, it.entry.Fields)
	if it.CloneOf != "" {
		assumeFixed(fields)
	}
	var sends []diff.FieldChange
	for _, f := range fields {
		if f.Send && f.Fixed {
			err := fmt.Errorf("%s can only be set at creation, and %s holds another value", f.Path, it.id)
			ar.finish(it, Outcome{
				Status: Failed, Reason: err.Error(), Err: err, Hint: "run again: it is bound now, and the next plan replaces it",
			})
			return false
		}
		if f.Send {
			sends = append(sends, f)
		}
	}
	it.Change = withFields(it.Change, fields)
	live := s.get
	if live == nil {
		live = s.list
	}
	if ar.account.Driver.Manner.SendsBack() && s.get == nil {
		if live, err = ar.account.Provider.Get(ctx, it.id); err != nil {
			ar.unchecked(it, err)
			return false
		}
	}
	if len(sends) == 0 { // everything is there already
		it.later, it.mustGet, it.got = false, false, s
		ar.remember(it, nil)
		return true
	}
	return ar.send(ctx, it, sends, live)
}

func withAction(c *diff.Change, a diff.Action) *diff.Change {
	out := *c
	out.Action = a
	return &out
}

// withFields is a change with other fields: what really had to be done.
func withFields(c *diff.Change, fields []diff.FieldChange) *diff.Change {
	out := *c
	out.Fields = fields
	return &out
}
