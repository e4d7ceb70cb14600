package apply

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/charsync/charsync/pkg/diff"
)

// keyFor is the key that a creation is sent with. It follows from the plan, so
// that a plan which is applied a second time, from a checkout whose lock does
// not know of the first, asks for the same character.
func (ar *accountRun) keyFor(it *item) string {
	if ar.plan == "" {
		return newKey()
	}
	return ar.engine.keyOf(ar.plan, it.Change)
}

// keyOf is the key of a creation in the plan of a digest. What the lock knows
// to be removed is part of it: a service answers a repeated key with the
// original, also when that was deleted since.
func (e *Engine) keyOf(plan string, c *diff.Change) string {
	parts := append([]string{plan, c.Target, c.Name, c.ID}, e.Lock.RemovedFrom(c.Address)...)
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("charsync creation\x00"+strings.Join(parts, "\x00"))).String()
}

// recognise finds what the creations of a plan that was made earlier have made
// already: a job that is run again has the same plan, and a lock without what
// the first one bound. A service that answers a repeated key with the original
// is looked through too: its answer doesn't say which it is. A plan that was
// made just now has looked.
func (ar *accountRun) recognise(ctx context.Context) {
	o := ar.engine.Options
	if earlier := o.Frozen || o.Reviewed == ar.plan; !earlier || o.Allow[guardDuplicate] {
		return
	}
	byScope := map[string][]*item{}
	for _, it := range ar.items {
		if it.Action == diff.Create && it.CloneOf == "" && (it.entry.ID == "" || it.entry.ID == it.Gone) && it.entry.Pending == nil {
			byScope[it.Scope] = append(byScope[it.Scope], it)
		}
	}
	for scope, items := range byScope {
		if err := ar.recogniseIn(ctx, scope, items); err != nil {
			for _, it := range items {
				ar.fail(it, fmt.Errorf("whether the plan was applied before can't be told: %w", err))
			}
		}
	}
}

func (ar *accountRun) recogniseIn(ctx context.Context, scope string, items []*item) error {
	known := ar.engine.knownIDs(ar.account)
	rules := ar.account.rules()
	doubts := make([]doubt, len(items))
	for i, it := range items {
		want := wanted(it.Change)
		_, late := ar.account.Driver.Fields.Creating(want)
		doubts[i] = doubt{Address: it.Address, intent: Intent{Action: diff.Create, Scope: scope, Fields: ar.digests(without(want, late))}}
	}
	for remote, err := range ar.account.Provider.List(ctx, scope) {
		if err == nil {
			err = ar.engine.stranger(ar.account, remote.Body)
		}
		if err != nil {
			return err
		}
		if known[remote.ID] {
			continue
		}
		for i, it := range items { // of twins, each gets one
			if it.made == "" && ar.engine.resembles(ctx, ar.account, rules, doubts[i], remote) == same {
				it.made = remote.ID
				break
			}
		}
	}
	return nil
}

// takeOver binds a character that an earlier application of the plan has made,
// and brings it to what the plan wants.
func (ar *accountRun) takeOver(ctx context.Context, it *item, entry Entry) bool {
	entry.ID, entry.Pending = it.made, nil
	if err := ar.put(entry); err != nil {
		ar.fail(it, err)
		return false
	}
	it.id, it.entry = it.made, entry
	return ar.bring(ctx, it)
}

// asTakenOver is the change that a creation came to which had been carried out
// before.
func asTakenOver(it *item) *diff.Change {
	c := withAction(it.Change, diff.Record)
	if it.wrote {
		c.Action = diff.Update
	}
	c.Reason = "the plan was applied before: this is what it made"
	return c
}
