package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

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
		if kind := providers.KindOf(err); kind == providers.NotFound && it.failure == nil {
			it.late = true
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
	ar.eachScope(ctx, func(it *item) bool { return it.begun && it.later && it.id != "" }, ar.verifyScope)
}

// eachScope hands out the items that wait to be checked, by their ids, a
// place at a time. It is bounded, and goes on when the run is interrupted.
func (ar *accountRun) eachScope(ctx context.Context, waits func(*item) bool, check func(context.Context, string, map[string]*item)) {
	waiting := map[string]map[string]*item{}
	for _, it := range ar.items {
		if it.over || !waits(it) {
			continue
		}
		scope, _ := ar.account.Driver.SplitID(it.id)
		if waiting[scope] == nil {
			waiting[scope] = map[string]*item{}
		}
		waiting[scope][it.id] = it
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer done()
	for _, scope := range slices.Sorted(maps.Keys(waiting)) {
		check(ctx, scope, waiting[scope])
	}
}

func (ar *accountRun) verifyScope(ctx context.Context, scope string, waiting map[string]*item) {
	total, done := len(waiting), atomic.Int64{}
	var concluding errgroup.Group // they share what it costs to have them on disk
	concluding.SetLimit(ar.width())
	defer func() { _ = concluding.Wait() }()
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
		concluding.Go(func() error {
			ar.conclude(ctx, it)
			ar.engine.event(Event{Kind: "verify", Address: it.Address, Instance: it.Target, Done: int(done.Add(1)), Total: total})
			return nil
		})
		if len(waiting) == 0 {
			return
		}
	}
	for _, it := range waiting {
		it.late = true
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
