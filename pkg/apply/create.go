package apply

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// create makes a character: intent, request, id, late fields, read back.
func (ar *accountRun) create(ctx context.Context, it *item) {
	switch {
	case it.ID != "" && it.entry.ID == it.ID: // a run that was stopped has made it
		ar.goOn(ctx, it)
		return
	case it.entry.ID != "" && it.entry.ID != it.Gone:
		ar.rebound(it)
		return
	}
	old := it.entry.Old
	if old == "" && it.entry.Unseen != nil { // should the service show it after all, it goes
		old = it.entry.ID
	}
	if ar.bringAbout(ctx, it, old) {
		ar.readBack(ctx, it)
	}
}

// replace makes the new character first. The old one is removed only when the
// new one is there and holds what it should.
func (ar *accountRun) replace(ctx context.Context, it *item) {
	if it.entry.Old == it.ID && it.entry.ID != "" { // a run that was stopped has made the new one
		ar.goOn(ctx, it)
		return
	}
	if !ar.bindSettled(it) {
		return
	}
	if it.entry.ID != it.ID {
		ar.rebound(it)
		return
	}
	if it.entry.Protect && !ar.engine.Options.Allow[guardProtected] {
		ar.protected(it)
		return
	}
	if _, ok := ar.look(ctx, it); !ok {
		return
	}
	if o := (Outcome{}); !ar.removeOld(ctx, it, &o) { // there is room for one
		o.Status = Failed
		ar.finish(it, o)
		return
	}
	it.pre = nil // the new character begins with nothing
	if ar.bringAbout(ctx, it, it.ID) {
		ar.readBack(ctx, it)
	}
}

// bringAbout creates the character of a change, with old to be removed
// afterwards. It reports whether reading back is what comes next.
func (ar *accountRun) bringAbout(ctx context.Context, it *item, old string) bool {
	entry := Entry{Address: it.Address, Provider: it.Provider, Protect: it.Protect, Old: old}
	var verdict verdict
	if !it.settled {
		verdict = ar.doubts[it.Address]
	}
	switch {
	case verdict.err != nil:
		ar.fail(it, verdict.err)
		return false
	case verdict.id != "":
		return ar.found(ctx, it, entry, verdict.id)
	case it.made != "":
		return ar.takeOver(ctx, it, entry)
	case it.CloneOf != "":
		return ar.clone(ctx, it, entry)
	}
	want := wanted(it.Change)
	body, late := ar.account.Driver.Fields.Creating(want)
	key, settling := ar.keyFor(it), false
	if verdict.key != "" {
		key, body, settling = verdict.key, verdict.body, true
	}
	entry.Pending = &Intent{
		Action: diff.Create, Key: key, Run: ar.id, At: ar.at(), Scope: it.Scope,
		Body: bodyDigest(body), Fields: ar.digests(without(want, late)),
	}
	if settling { // the body that is sent again is that of the earlier intent
		entry.Pending = it.entry.Pending
	}
	id, ok := ar.sendCreation(it, entry, func() (string, error) {
		if settling {
			return ar.repeated(ctx, it, key, body)
		}
		return ar.account.Provider.Create(ctx, key, it.Scope, body)
	}, RunLine{Key: key, Scope: it.Scope, Body: body, Doc: without(want, late)})
	if !ok {
		return false
	}
	if settling {
		return ar.found(ctx, it, entry, id)
	}
	it.id = id
	entry.Fields = ar.account.trusted(entry.Pending)
	entry.ID, entry.Pending, entry.Unseen = id, nil, ar.unseen(key)
	it.entry = entry
	ar.remember(it, nonEmpty(it.Fields))
	for i := range it.fields {
		it.fields[i].made = !slices.Contains(late, it.fields[i].path)
	}
	if len(late) == 0 {
		return true
	}
	return ar.sendLate(ctx, it, late)
}

// sendLate sends what creation does not take.
func (ar *accountRun) sendLate(ctx context.Context, it *item, late []spec.Path) bool {
	changes := diff.Doc{}
	for _, f := range it.Fields {
		for _, p := range late {
			if f.Path == p {
				changes[p] = f.After
			}
		}
	}
	var live providers.Body
	if ar.account.Driver.Manner.SendsBack() {
		body, err := ar.account.Provider.Get(ctx, it.id)
		if err != nil {
			it.failure = err
			return true
		}
		live = body
	}
	body, err := ar.account.Driver.Fields.Updating(changes, live, ar.account.Driver.Manner)
	if err != nil {
		it.failure = err
		return true
	}
	if err := ar.noteOf(it, RunLine{Kind: "intent", Action: diff.Update, ID: it.id, Body: body, Doc: changes}); err != nil {
		it.failure = err
		return true
	}
	it.effects++
	it.failure = ar.account.Provider.Update(ctx, it.id, body)
	ar.tried(it.failure)
	return true
}

// newKey makes the key of a new attempt: made afresh for each, since a key
// that follows from the content would answer with a character that was
// deleted since.
func newKey() string { return uuid.NewString() }

// wanted is the document that a change brings about.
func wanted(c *diff.Change) diff.Doc {
	doc := diff.Doc{}
	for _, f := range c.Fields {
		if f.Class != diff.Released {
			doc[f.Path] = f.After
		}
	}
	return doc
}

func without(doc diff.Doc, paths []spec.Path) diff.Doc {
	out := diff.Doc{}
	for p, v := range doc {
		if v != nil {
			out[p] = v
		}
	}
	for _, p := range paths {
		delete(out, p)
	}
	return out
}

func nonEmpty(fields []diff.FieldChange) []diff.FieldChange {
	var out []diff.FieldChange
	for _, f := range fields {
		if f.Class != diff.Released && f.After != nil {
			out = append(out, f)
		}
	}
	return out
}
