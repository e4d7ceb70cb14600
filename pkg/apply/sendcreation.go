package apply

import (
	"errors"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

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
	line.Kind, line.Action = "intent", diff.Create
	if err := ar.noteOf(it, line); err != nil {
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
		Fields: ar.account.trusted(entry.Pending), Unseen: ar.unseen(line.Key),
	}
	if err := ar.put(made); err != nil {
		it.id = id
		ar.finish(it, Outcome{
			Status: Failed, Reason: "created as " + id + ", but that could not be recorded: " + err.Error(), Err: err,
			Hint: "the next run settles it; should it not, adopt the character with id: " + id,
		})
		return "", false
	}
	if err := ar.noteOf(it, RunLine{Kind: "created", ID: id, Key: line.Key}); err != nil {
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
