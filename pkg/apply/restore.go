package apply

import (
	"context"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// restore brings a removed character back under the id that it had, and then
// to what the plan wants.
func (ar *accountRun) restore(ctx context.Context, it *item) {
	restorer, ok := ar.account.Provider.(providers.Restorer)
	if !ok {
		ar.fail(it, &providers.Error{
			Kind: providers.Unsupported, Provider: it.Target, Op: "restore", Message: "this service can't bring a character back",
		})
		return
	}
	body, err := restorer.Removed(ctx, it.ID)
	ar.tried(err)
	switch {
	case providers.KindOf(err) == providers.NotFound:
		ar.gone(it)
		return
	case err != nil:
		ar.fail(it, err)
		return
	}
	it.pre = ar.account.Driver.Fields.Live(body, nil)
	if moved := ar.moved(it); len(moved) > 0 {
		ar.stale(it, moved)
		return
	}
	entry, err := ar.preImage(it, body)
	if err != nil {
		ar.fail(it, err)
		return
	}
	it.entry = entry
	if ar.bringBack(ctx, it, restorer) {
		ar.afterRestoring(ctx, it)
	}
}

// bringBack records the intent and sends. It reports whether the character
// may be there again.
func (ar *accountRun) bringBack(ctx context.Context, it *item, restorer providers.Restorer) bool {
	entry := it.entry
	entry.Pending = &Intent{Action: diff.Update, Run: ar.id, At: ar.at()}
	if err := ar.put(entry); err != nil {
		ar.fail(it, err)
		return false
	}
	if err := ar.noteOf(it, RunLine{Kind: "intent", Action: actionRestore, ID: it.ID}); err != nil {
		ar.fail(it, err)
		return false
	}
	it.effects++
	err := restorer.Restore(ctx, it.ID)
	ar.tried(err)
	if err != nil && noEffect(err) {
		it.effects--
		ar.cameToNothing(it, err)
		return false
	}
	it.wrote, it.mustGet, it.failure = true, true, err
	return true
}

// putBack gives the lock the entry back that it had before a write that came
// to nothing.
func (ar *accountRun) putBack(it *item) error {
	switch {
	case !it.Rebind:
		return ar.put(it.entry)
	case it.was.ID == "" && it.was.Pending == nil:
		return ar.drop(it.Address)
	}
	return ar.put(it.was)
}

// cameToNothing ends a change whose write certainly had no effect.
func (ar *accountRun) cameToNothing(it *item, err error) {
	if perr := ar.putBack(it); perr != nil {
		err = perr
	}
	ar.fail(it, err)
}

// actionRestore is the action of an intent that takes a removal back.
const actionRestore diff.Action = "restore"

// afterRestoring sends what else the change says, and reads back.
func (ar *accountRun) afterRestoring(ctx context.Context, it *item) {
	if sends := it.Sends(); len(sends) > 0 && it.failure == nil {
		live, err := ar.account.Provider.Get(ctx, it.ID)
		ar.tried(err)
		if err != nil {
			ar.unchecked(it, err)
			return
		}
		if !ar.send(ctx, it, sends, live) {
			return
		}
	}
	ar.readBack(ctx, it)
}

// restorationReads is the number of requests that see to restorations beside
// their writes: one before, one that the whole is sent back with, one after.
func restorationReads(changes []*diff.Change) int {
	n := 0
	for _, c := range changes {
		if !c.Restore {
			continue
		}
		n += 2
		if sends := len(c.Sends()); sends == 0 {
			n++ // with something sent, reading that back is counted already
		} else {
			n++
		}
	}
	return n
}

// keepOld notes what a character holds that an undo is about to remove in
// favour of an older one.
func (ar *accountRun) keepOld(ctx context.Context, it *item, old string) error {
	if !it.Rebind {
		return nil
	}
	var s seen
	needs := []need{{id: old, paths: allPaths(ar.account.Driver.Fields)}}
	_, err := ar.engine.observe(ctx, ar.account, "verify", needs, func(_ int, got seen) { s = got })
	switch {
	case err != nil:
		return err
	case s.err != nil:
		return s.err
	case s.gone:
		return nil
	}
	return ar.noteOf(it, RunLine{Kind: "before", Action: diff.Delete, ID: old, Doc: s.doc, Get: s.get, List: s.list})
}

// noteBefore keeps what a character holds before it is written to, with what
// the lock said of the pair.
func (ar *accountRun) noteBefore(it *item, id string, doc diff.Doc, get providers.Body) error {
	was := it.was
	if it.RenamedFrom != "" && was.ID == "" {
		was, _ = ar.engine.Lock.Entry(diff.Address{Name: it.RenamedFrom, Target: it.Target})
	}
	line := RunLine{Kind: "before", Action: it.Action, ID: id, Doc: doc, Get: get, List: it.list}
	if was.ID != "" || was.Pending != nil {
		line.Entry = string(state.EncodeEntry(was, false))
	}
	return ar.noteOf(it, line)
}

// noteSettled keeps which character an earlier creation made whose answer was
// lost. It reports success.
func (ar *accountRun) noteSettled(it *item) bool {
	p := it.entry.Pending
	if it.entry.ID != "" || p == nil || p.Action != diff.Create || it.Gone != "" {
		return true
	}
	err := ar.noteOf(it, RunLine{Kind: "settled", ID: it.ID, Key: p.Key})
	if err != nil {
		ar.fail(it, err)
	}
	return err == nil
}

// recordMarks sets what the lock remembered before the run that is undone,
// where live holds that again, and forgets what was not managed. A nil live
// is taken for what the plan saw.
func (ar *accountRun) recordMarks(it *item, live diff.Doc, entry *Entry) {
	for path, mark := range rememberedMarks(it.Change) {
		v, known := live[path]
		if live == nil || known && ar.rules[path].Digest(v) == mark.Reading() {
			entry.Fields[path] = mark
		}
	}
	for _, f := range it.Fields {
		if f.Unmarked {
			delete(entry.Fields, f.Path)
		}
	}
}

// rememberedMarks are the marks of a change. One that can't be read is left
// out: it then counts as never applied.
func rememberedMarks(c *diff.Change) map[spec.Path]diff.Mark {
	out := make(map[spec.Path]diff.Mark, len(c.Marks))
	for path, text := range c.Marks {
		if mark, err := state.DecodeMark(text); err == nil {
			out[path] = mark
		}
	}
	return out
}
