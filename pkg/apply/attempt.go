package apply

import (
	"context"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// attempted reports a change to a character whose replacement is in doubt and
// is not wanted any more.
func attempted(it *item) bool {
	p := it.entry.Pending
	return p != nil && p.Action == diff.Create && it.entry.ID != "" && it.entry.ID == it.ID && it.Action != diff.Replace
}

// dropAttempt finds out what became of a replacement that was in doubt and is
// not wanted any more, and removes what it made. It reports success; else the
// change has ended.
func (ar *accountRun) dropAttempt(ctx context.Context, it *item) bool {
	if !attempted(it) {
		return true
	}
	v := ar.doubts[it.Address]
	id, err := v.id, v.err
	if v.key != "" {
		id, err = ar.account.Provider.(providers.Settler).Settle(ctx, v.key, it.entry.Pending.Scope, v.body)
		ar.tried(err)
		if providers.KindOf(err) == providers.Rejected {
			if id, err = ar.lookedUp(ctx, it, err); providers.KindOf(err) == providers.Rejected {
				err = nil // so it was never created
			}
		}
	}
	if err == nil && id != "" && id != it.ID && id != it.entry.Old {
		err = ar.deleteLive(ctx, it, id)
		it.dropped = id
	}
	if err == nil {
		it.entry.Pending = nil
		err = ar.put(it.entry)
	}
	if err != nil {
		ar.fail(it, err)
		return false
	}
	return true
}

// repeated sends an earlier creation once more with its key, which tells what
// became of it.
func (ar *accountRun) repeated(ctx context.Context, it *item, key string, body providers.Body) (id string, err error) {
	id, err = ar.account.Provider.(providers.Settler).Settle(ctx, key, it.Scope, body)
	if providers.KindOf(err) == providers.Rejected {
		return ar.lookedUp(ctx, it, err)
	}
	return id, err
}

// lookedUp says what became of a creation whose repetition was refused. The
// service may refuse it because it knows the key: the refusal counts only when
// the list shows nothing that the creation could have made.
func (ar *accountRun) lookedUp(ctx context.Context, it *item, refusal error) (id string, err error) {
	d := doubt{Address: it.Address, intent: *it.entry.Pending}
	out := map[diff.Address]verdict{}
	ar.engine.settleByContent(ctx, ar.account, d.intent.Scope, []doubt{d}, out)
	switch v := out[it.Address]; {
	case v.err != nil:
		return "", v.err
	case v.id != "":
		return v.id, nil
	}
	return "", refusal
}

// bindSettled binds the character that the plan found an earlier attempt to
// have made, before that is replaced in turn. It reports success; else the
// change has ended.
func (ar *accountRun) bindSettled(it *item) bool {
	p := it.entry.Pending
	if it.entry.ID == it.ID || p == nil || p.Action != diff.Create || ar.doubts[it.Address].id != it.ID {
		return true
	}
	entry := ar.account.settled(it.entry)
	entry.ID, entry.Pending, entry.Provider = it.ID, nil, it.Provider
	err := ar.noteOf(it, RunLine{Kind: "settled", ID: it.ID, Key: p.Key})
	if err == nil {
		err = ar.put(entry)
	}
	if err != nil {
		ar.fail(it, err)
		return false
	}
	it.entry, it.settled = entry, true
	return true
}
