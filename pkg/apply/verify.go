package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/charsync/charsync/pkg/providers"
)

// readBack reads one character after its write. What the list shows, or shows
// more cheaply, waits until all is written.
func (ar *accountRun) readBack(ctx context.Context, it *item) {
	if it.mustGet {
		body, err := ar.account.Provider.Get(ctx, it.id)
		ar.tried(err)
		if kind := providers.KindOf(err); kind == providers.Unsupported || kind == providers.NotFound && ar.listedAll(it) {
			it.later = true
			return
		}
		if err != nil {
			ar.unchecked(it, err)
			return
		}
		it.got.get = body
	}
	if !it.later {
		ar.conclude(ctx, it)
	}
}

// listedAll reports that the list can stand in for the single read.
func (ar *accountRun) listedAll(it *item) bool {
	return ar.account.Driver.Fields.Listed(sentPaths(it.Change))
}

// verifyLater reads the list for everything that waits for it. Where fewer
// are left than a list costs, they are read singly after all.
func (ar *accountRun) verifyLater(ctx context.Context) {
	waiting := map[string]map[string]*item{}
	var scopes []string
	for _, it := range ar.items {
		if !it.begun || it.over || !it.later || it.id == "" {
			continue
		}
		scope, _ := ar.account.Driver.SplitID(it.id)
		if waiting[scope] == nil {
			waiting[scope] = map[string]*item{}
			scopes = append(scopes, scope)
		}
		waiting[scope][it.id] = it
	}
	if len(scopes) == 0 {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer done()
	for _, scope := range scopes {
		ar.verifyScope(ctx, scope, waiting[scope])
	}
}

func (ar *accountRun) verifyScope(ctx context.Context, scope string, waiting map[string]*item) {
	total := len(waiting)
	for remote, err := range ar.account.Provider.List(ctx, scope) {
		if err != nil {
			for _, it := range waiting {
				ar.unchecked(it, err)
			}
			return
		}
		it, ok := waiting[remote.ID]
		if !ok {
			continue
		}
		delete(waiting, remote.ID)
		it.got.list = remote.Body
		ar.conclude(ctx, it)
		ar.engine.event(Event{Kind: "verify", Address: it.Address, Instance: it.Target, Done: total - len(waiting), Total: total})
		if len(waiting) == 0 {
			return
		}
	}
	for _, it := range waiting {
		ar.unchecked(it, &providers.Error{
			Kind: providers.NotFound, Provider: it.Target, Op: "list", Message: "the list does not show the character that was just written",
			Hint: "run again: it is bound, and what it holds will be compared",
		})
	}
}

// unchecked ends a change whose write went through, or may have, and which
// could not be read back.
func (ar *accountRun) unchecked(it *item, err error) {
	reason := fmt.Sprintf("written, but it could not be read back: %v", err)
	if it.failure != nil {
		reason = fmt.Sprintf("%v; and it could not be read back: %v", it.failure, err)
	}
	ar.finish(it, Outcome{
		Status: Failed, Reason: reason, Err: errors.Join(it.failure, err),
		Hint: "run again: what is live will be compared and what is missing sent",
	})
}
