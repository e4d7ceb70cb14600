package apply

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// noEffect reports a failed write that certainly changed nothing.
func noEffect(err error) bool {
	switch providers.KindOf(err) {
	case providers.Unauthorized, providers.Forbidden, providers.NotFound, providers.RateLimited,
		providers.Quota, providers.Unsupported, providers.ReadOnly:
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
	if err := ar.note(RunLine{Kind: "intent", Address: it.Address, Provider: it.Provider, Action: diff.Update, ID: it.id, Body: body, Doc: changes}); err != nil {
		ar.fail(it, err)
		return false
	}
	it.wrote = true
	it.effects++
	err = ar.account.Provider.Update(ctx, it.id, body)
	ar.tried(err)
	if err != nil && noEffect(err) {
		it.effects--
		if perr := ar.putBack(it); perr != nil {
			err = perr
		}
		ar.fail(it, err)
		return false
	}
	it.failure = err
	return true
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
	if it.entry.Protect && !ar.engine.Options.Allow["protected"] {
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
	case it.CloneOf != "":
		return ar.clone(ctx, it, entry)
	}
	want := wanted(it.Change)
	body, late := ar.account.Driver.Fields.Creating(want)
	key, settling := newKey(), false
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
	entry.ID, entry.Pending = id, nil
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

// sendCreation records the intent, sends, and records the id, in that order.
func (ar *accountRun) sendCreation(it *item, entry Entry, call func() (string, error), line RunLine) (string, bool) {
	before := it.entry
	if it.Action == diff.Replace {
		entry.ID, entry.Old, entry.Fields = it.ID, "", before.Fields
	}
	if err := ar.put(entry); err != nil {
		ar.fail(it, err)
		return "", false
	}
	line.Kind, line.Address, line.Provider, line.Action = "intent", it.Address, it.Provider, diff.Create
	if err := ar.note(line); err != nil {
		ar.fail(it, err)
		return "", false
	}
	it.effects++
	id, err := call()
	ar.tried(err)
	if err != nil || id == "" {
		ar.creationFailed(it, before, err)
		return "", false
	}
	made := Entry{
		Address: it.Address, Provider: it.Provider, Protect: it.Protect, ID: id, Old: replaced(it, entry),
		Fields: ar.account.trusted(entry.Pending),
	}
	if err := ar.put(made); err != nil {
		it.id = id
		ar.finish(it, Outcome{
			Status: Failed, Reason: "created as " + id + ", but that could not be recorded: " + err.Error(), Err: err,
			Hint: "the next run settles it; should it not, adopt the character with id: " + id,
		})
		return "", false
	}
	if err := ar.note(RunLine{Kind: "created", Address: it.Address, Provider: it.Provider, ID: id, Key: line.Key}); err != nil {
		it.id = id
		ar.fail(it, err)
		return "", false
	}
	return id, true
}

func replaced(it *item, entry Entry) string {
	if it.Action == diff.Replace {
		return it.ID
	}
	return entry.Old
}

// nothingCreated reports a failed creation that certainly made nothing. When
// an earlier attempt is repeated in order to find out about it, a key that has
// expired or a limit that is reached says nothing of that attempt.
func nothingCreated(before Entry, err error) bool {
	if providers.KindOf(err) == providers.Rejected {
		return true
	}
	repeated := before.Pending != nil && before.Pending.Action == diff.Create
	return noEffect(err) && !repeated
}

// refused reports a creation that the service refused in words that it also
// has for troubles of its own.
func refused(err error) bool {
	var e *providers.Error
	return errors.As(err, &e) && e.Kind == providers.Lost && e.Status != 0 && e.Status < 500 && e.Err == nil
}

// creationFailed leaves the intent in the lock unless it is certain that
// nothing was created.
func (ar *accountRun) creationFailed(it *item, before Entry, err error) {
	if err == nil {
		err = &providers.Error{Kind: providers.Unexpected, Provider: it.Target, Op: "create", Message: "the answer holds no id"}
	}
	if !nothingCreated(before, err) {
		o := Outcome{
			Status: Failed, Err: err, Reason: err.Error() + "; whether it was created is not known",
			Hint: "run again: the next run settles it first, and does not create it twice",
		}
		if refused(err) {
			o.Hint = "change the manifest if these words ask for it, and " + o.Hint
		}
		ar.finish(it, o)
		return
	}
	it.effects--
	var perr error
	if before.ID == "" {
		perr = ar.drop(it.Address)
	} else {
		before.Pending = nil
		perr = ar.put(before)
	}
	if perr != nil {
		err = perr
	}
	ar.fail(it, err)
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
	if ar.account.Driver.Manner == providers.Forgets {
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
	if err := ar.note(RunLine{Kind: "intent", Address: it.Address, Provider: it.Provider, Action: diff.Update, ID: it.id, Body: body, Doc: changes}); err != nil {
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
