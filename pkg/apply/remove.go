package apply

import (
	"context"
	"fmt"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// remove deletes, archives or hides a character, whichever its service has,
// checks that, and forgets the binding.
func (ar *accountRun) remove(ctx context.Context, it *item) {
	switch {
	case it.entry.ID != it.ID && !(it.Rebind && it.entry.ID == ""):
		ar.rebound(it)
		return
	case it.entry.Protect && !ar.engine.Options.Allow[guardProtected]:
		ar.protected(it)
		return
	}
	if !ar.dropAttempt(ctx, it) {
		return
	}
	if _, ok := ar.look(ctx, it); !ok {
		return
	}
	entry := it.entry
	entry.Pending = &Intent{Action: diff.Delete, Run: ar.id, At: ar.at()}
	if err := ar.put(entry); err != nil {
		ar.fail(it, err)
		return
	}
	err := ar.deleteLive(ctx, it, it.ID)
	if err == nil && it.Superseded != "" {
		err = ar.deleteLive(ctx, it, it.Superseded)
	}
	if err != nil && noEffect(err) {
		ar.cameToNothing(it, err)
		return
	}
	it.failure = err
	it.removed = true // checked when all is written
}

func (ar *accountRun) protected(it *item) {
	ar.skip(it, Outcome{
		Rule: guardProtected, Reason: it.Address.String() + " is protected: it is not deleted",
		Hint: "set protect: false in its manifest and apply that first, or pass --allow protected",
	})
}

// deleteLive sends the deletion of one live character. One that is not there
// any more is no failure.
func (ar *accountRun) deleteLive(ctx context.Context, it *item, id string) error {
	if err := ar.noteOf(it, RunLine{Kind: "intent", Action: diff.Delete, ID: id}); err != nil {
		return err
	}
	it.effects++
	err := ar.account.Provider.Delete(ctx, id)
	ar.tried(err)
	if err != nil && noEffect(err) {
		it.effects--
	}
	if providers.KindOf(err) == providers.NotFound {
		return nil
	}
	return err
}

// removeOld removes what a replacement leaves behind, once the new character
// is there and holds what it should. It reports success.
func (ar *accountRun) removeOld(ctx context.Context, it *item, o *Outcome) bool {
	old := it.entry.Old
	if old == "" {
		return true
	}
	effects := it.effects
	err := ar.keepOld(ctx, it, old)
	if err == nil {
		err = ar.deleteLive(ctx, it, old)
	}
	if err != nil {
		o.Err, o.Hint = err, hintFor(err)
		o.Reason = fmt.Sprintf("the new character %s is there; the old one, %s, could not be removed: %v; the next run tries again", it.id, old, err)
		return false
	}
	entry := it.entry
	entry.Old = ""
	if err := ar.put(entry); err != nil {
		o.Err, o.Reason = err, err.Error()
		return false
	}
	it.entry = entry
	if it.effects > effects && it.Action != diff.Replace {
		o.Removed = old
	}
	return true
}

// forget drops the binding of a character that is not there any more. One
// that was gone before anything was sent was deleted by somebody else.
func (ar *accountRun) forget(it *item) {
	if it.Action == diff.Delete && it.effects == 0 {
		it.Change = withAction(it.Change, diff.Record)
	}
	if err := ar.drop(it.Address); err != nil {
		ar.fail(it, err)
		return
	}
	ar.finish(it, Outcome{Status: Done})
}

// recordOnly changes the lock and nothing else.
func (ar *accountRun) recordOnly(ctx context.Context, it *item) {
	if it.Gone != "" { // it was not found, and no manifest wants it
		if it.entry.ID != "" && it.entry.ID != it.Gone {
			ar.rebound(it)
			return
		}
		ar.forget(it)
		return
	}
	if it.entry.ID != "" && it.entry.ID != it.ID && it.RenamedFrom == "" && it.Reason == "" {
		ar.rebound(it)
		return
	}
	if !ar.noteSettled(it) || !ar.dropAttempt(ctx, it) {
		return
	}
	entry := ar.entryOf(it)
	entry.Pending = nil
	if !ar.bind(it, nil, entry) {
		return
	}
	o := Outcome{Status: Done}
	if !ar.removeOld(ctx, it, &o) {
		o.Status = Failed
	}
	ar.finish(it, o)
}

// verifyRemoved checks deletions by the list: one request, or one for each
// page, however many there are. Where deleting means setting private, the
// visibility is looked at.
func (ar *accountRun) verifyRemoved(ctx context.Context) {
	ar.eachScope(ctx, func(it *item) bool { return it.removed }, ar.verifyRemovedIn)
}

func (ar *accountRun) verifyRemovedIn(ctx context.Context, scope string, items map[string]*item) {
	late := map[*item]providers.Body{}
	check := func(it *item, body providers.Body, err error) {
		if it.failure == nil && ar.remains(body, err) {
			late[it] = body
			return
		}
		ar.removedAs(it, body, err)
	}
	if ar.hides() && len(items) < pagesOf(ar.account.Driver, ar.engine.boundIn(ar.account)[scope]) {
		for _, it := range items {
			body, err := ar.account.Provider.Get(ctx, it.ID)
			check(it, body, err)
		}
		ar.removedLate(ctx, late)
		return
	}
	for remote, err := range ar.account.Provider.List(ctx, scope) {
		if err != nil {
			for _, it := range items {
				ar.removedAs(it, nil, err)
			}
			return
		}
		it, ok := items[remote.ID]
		if !ok {
			continue
		}
		delete(items, remote.ID)
		if !ar.hides() { // a list may be behind: what reading it says counts
			body, err := ar.account.Provider.Get(ctx, it.ID)
			check(it, body, err)
			continue
		}
		check(it, remote.Body, nil)
	}
	for _, it := range items {
		ar.removedAs(it, nil, nil)
	}
	ar.removedLate(ctx, late)
}

// remains reports a character that is live although it was deleted.
func (ar *accountRun) remains(body providers.Body, err error) bool {
	return err == nil && body != nil && !(ar.hides() && ar.isPrivate(body))
}

// removedLate looks again for deletions that did not show, as long as the
// driver's table says that they may take.
func (ar *accountRun) removedLate(ctx context.Context, left map[*item]providers.Body) {
	if len(left) == 0 {
		return
	}
	ar.engine.until(ctx, ar.account, time.Time{}, plural(len(left), "deletion"), func() bool {
		for it := range left {
			body, err := ar.account.Provider.Get(ctx, it.ID)
			if ar.remains(body, err) {
				left[it] = body
				continue
			}
			delete(left, it)
			ar.removedAs(it, body, err)
		}
		return len(left) == 0
	})
	for it, body := range left {
		ar.removedAs(it, body, nil)
	}
}

// hidesOnly reports a vendor where deleting leaves the character in the list.
func hidesOnly(d *providers.Driver) bool { return d.Removal.Verb == "set private" }

func (ar *accountRun) hides() bool { return hidesOnly(ar.account.Driver) }

// removedAs ends a deletion by what is live now: nil is nothing.
func (ar *accountRun) removedAs(it *item, body providers.Body, err error) {
	switch {
	case err != nil && providers.KindOf(err) != providers.NotFound:
		ar.unchecked(it, err)
	case ar.remains(body, err):
		if it.failure == nil {
			it.failure = &providers.Error{
				Kind: providers.Unexpected, Provider: it.Target, Op: "delete",
				Message: "the service answered that it did so, but the character is still there",
			}
		}
		entry := it.entry
		entry.Pending = nil
		if perr := ar.put(entry); perr != nil {
			it.failure = perr
		}
		ar.fail(it, it.failure)
	default:
		ar.forget(it)
	}
}

func (ar *accountRun) isPrivate(body providers.Body) bool {
	const path = spec.Path("visibility")
	live, known := ar.account.Driver.Fields.Live(body, body)[path]
	return !known || ar.rules[path].Equal(live, "private")
}
