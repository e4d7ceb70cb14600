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
			id, err = "", nil // so it was never created
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

// bindSettled binds the character that the plan found an earlier attempt to
// have made, before that is replaced in turn. It reports success; else the
// change has ended.
func (ar *accountRun) bindSettled(it *item) bool {
	p := it.entry.Pending
	if it.entry.ID == it.ID || p == nil || p.Action != diff.Create || ar.doubts[it.Address].id != it.ID {
		return true
	}
	note := RunLine{Kind: "settled", Address: it.Address, Provider: it.Provider, ID: it.ID, Key: p.Key}
	entry := ar.account.settled(it.entry)
	entry.ID, entry.Pending, entry.Provider = it.ID, nil, it.Provider
	err := ar.note(note)
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
