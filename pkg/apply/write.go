package apply

import (
	"context"
	"slices"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// noEffect reports a failed write that certainly changed nothing. One whose
// service was not reached is Unavailable; where it may have been, it is Lost.
func noEffect(err error) bool {
	switch providers.KindOf(err) {
	case providers.Unauthorized, providers.Forbidden, providers.NotFound, providers.RateLimited,
		providers.Quota, providers.Unsupported, providers.ReadOnly, providers.Unavailable:
		return true
	}
	return false
}

// update sends the changed fields, and only those, to a live character.
func (ar *accountRun) update(ctx context.Context, it *item) {
	if it.entry.ID != "" && it.entry.ID != it.ID && it.Reason == "" {
		ar.rebound(it)
		return
	}
	if !ar.noteSettled(it) || !ar.dropAttempt(ctx, it) {
		return
	}
	if it.Restore {
		ar.restore(ctx, it)
		return
	}
	live, ok := ar.look(ctx, it)
	if !ok {
		return
	}
	if ar.send(ctx, it, it.Sends(), live) {
		ar.readBack(ctx, it)
	}
}

func (ar *accountRun) rebound(it *item) {
	ar.skip(it, Outcome{
		Rule: "stale", Reason: "the lock binds it to " + it.entry.ID + " since the plan was made",
		Hint: "plan again",
	})
}

// send updates a live character with some fields of the change. It reports
// whether reading back is what comes next; else the change has ended.
func (ar *accountRun) send(ctx context.Context, it *item, fields []diff.FieldChange, live providers.Body) bool {
	changes := diff.Doc{}
	for _, f := range fields {
		if now, known := it.pre[f.Path]; known && ar.rules[f.Path].Equal(now, f.After) {
			continue // somebody else has done it meanwhile
		}
		changes[f.Path] = f.After
	}
	ar.remember(it, fields)
	if len(changes) == 0 {
		return true
	}
	changes = ar.account.Driver.Fields.Beside(changes, it.pre, it.keeps)
	body, err := ar.account.Driver.Fields.Updating(changes, live, ar.account.Driver.Manner)
	if err != nil {
		ar.fail(it, err)
		return false
	}
	entry := it.entry
	entry.Pending = &Intent{Action: diff.Update, Run: ar.id, At: ar.at(), Fields: ar.digests(changes)}
	if err := ar.put(entry); err != nil {
		ar.fail(it, err)
		return false
	}
	if err := ar.noteOf(it, RunLine{Kind: "intent", Action: diff.Update, ID: it.id, Body: body, Doc: changes}); err != nil {
		ar.fail(it, err)
		return false
	}
	it.wrote = true
	it.effects++
	err = ar.account.Provider.Update(ctx, it.id, body)
	ar.tried(err)
	if err != nil && noEffect(err) {
		it.effects--
		ar.cameToNothing(it, err)
		return false
	}
	it.failure = err
	return true
}

// keeps reports a field that was managed and still is.
func (it *item) keeps(p spec.Path) bool {
	_, marked := it.entry.Fields[p]
	return marked && !slices.ContainsFunc(it.Fields, func(f diff.FieldChange) bool { return f.Path == p && f.Class == diff.Released })
}

// remember notes what is to be looked for when reading back.
func (ar *accountRun) remember(it *item, fields []diff.FieldChange) {
	for _, f := range fields {
		it.fields = append(it.fields, sent{path: f.Path, wanted: f.After, before: it.pre[f.Path]})
	}
}

func (ar *accountRun) at() string { return ar.engine.now().UTC().Format(time.RFC3339) }

func (ar *accountRun) digests(doc diff.Doc) map[spec.Path]string {
	out := make(map[spec.Path]string, len(doc))
	for path, v := range doc {
		out[path] = ar.rules[path].Digest(v)
	}
	return out
}
