package apply

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/providers"
)

// readLists reads the lists that the readings ask for, each to its end or
// until nothing more is looked for.
func (o *observation) readLists(ctx context.Context, readings []*reading, of map[string][]int) {
	var g errgroup.Group
	g.SetLimit(o.engine.parallelism(o.account))
	for _, r := range readings {
		if !r.list {
			continue
		}
		g.Go(func() error {
			o.readList(ctx, r, of[r.scope])
			return nil
		})
	}
	_ = g.Wait() // failures are kept in the observation
}

func (o *observation) readList(ctx context.Context, r *reading, of []int) {
	wanted := make(map[string]int, len(of))
	for _, i := range of {
		wanted[o.needs[i].id] = i
	}
	single := make(map[int]bool, len(r.gets))
	for _, i := range r.gets {
		single[i] = true
	}
	page, shown := o.account.Driver.ListPage, 0
	var telling errgroup.Group // comparing one while the next page is on its way
	telling.SetLimit(runtime.GOMAXPROCS(0))
	defer func() { _ = telling.Wait() }()
	for remote, err := range o.list(ctx, r.scope) {
		if err != nil {
			o.breakOff(fmt.Errorf("the list could not be read: %w", err))
			return
		}
		if err := o.engine.stranger(o.account, remote.Body); err != nil {
			o.breakOff(err)
			return
		}
		shown++
		if i, ok := wanted[remote.ID]; ok {
			delete(wanted, remote.ID)
			if single[i] {
				o.lists[i] = remote.Body
			} else {
				telling.Go(func() error { o.tell(i, seen{list: remote.Body}); return nil })
			}
		}
		if len(wanted) == 0 {
			break
		}
		// The account holds more than the lock knows of: beyond this point
		// single reads are cheaper than going on.
		if page > 0 && !r.mustList && shown%page == 0 && shown/page > max(r.pages, len(wanted)) {
			o.switchToGets(r, wanted, single)
			return
		}
	}
	_ = telling.Wait()
	if ctx.Err() != nil {
		return
	}
	r.pages = pagesOf(o.account.Driver, shown)
	o.unlisted(ctx, wanted) // only a list that was read to its end leaves any
	r.gets = slices.DeleteFunc(r.gets, func(i int) bool { return o.answered[i] })
}

// mostUnlisted is how many characters that a list lacks are read by id. When
// none of so many is there, the list is right about the others too.
const mostUnlisted = 20

// unlisted reads what a list did not show by its id: a list may be behind, or
// have lost its place between two pages, and believing it would create a second
// character. What can't be seen whole like that is unknown, and not gone.
func (o *observation) unlisted(ctx context.Context, wanted map[string]int) {
	asked, there := 0, false
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		i := wanted[id]
		if asked >= mostUnlisted && !there {
			o.tell(i, seen{gone: true})
			continue
		}
		asked++
		body, err := o.account.Provider.Get(ctx, id)
		switch kind := providers.KindOf(err); {
		case ctx.Err() != nil:
			return // told at the end
		case kind == providers.NotFound, kind == providers.Unsupported:
			o.tell(i, seen{gone: true})
		case err != nil:
			o.tell(i, seen{err: err})
		case o.account.Driver.Fields.Gotten(o.needs[i].paths):
			there = true
			o.tell(i, seen{get: body})
		default:
			there = true
			o.tell(i, seen{err: &providers.Error{
				Kind: providers.Unexpected, Provider: o.account.Instance.Name, Op: "list",
				Message: "the list does not show the character, but reading it by its id does",
				Hint:    "run again in a minute: nothing is created or deleted meanwhile",
			}})
		}
	}
}

// switchToGets leaves a list that turned out to be longer than expected.
func (o *observation) switchToGets(r *reading, wanted map[string]int, single map[int]bool) {
	for _, i := range wanted {
		if !single[i] {
			r.gets = append(r.gets, i)
		}
	}
	slices.Sort(r.gets)
}

// confirmMissing asks the list about characters that a get did not find:
// vendors answer "not found" for other reasons too, and believing it would
// create a second character.
func (o *observation) confirmMissing(ctx context.Context, scopes []string, of map[string][]int) {
	for _, scope := range scopes {
		missing := map[string]int{}
		for _, i := range of[scope] {
			if o.missing[i] && !o.answered[i] {
				missing[o.needs[i].id] = i
			}
		}
		if len(missing) == 0 || o.isBroken() || ctx.Err() != nil {
			continue
		}
		o.confirm(ctx, scope, missing)
	}
}

func (o *observation) confirm(ctx context.Context, scope string, missing map[string]int) {
	shown := 0
	for remote, err := range o.account.Provider.List(ctx, scope) {
		if err != nil {
			o.breakOff(fmt.Errorf("a character was not found, and the list that would confirm it could not be read: %w", err))
			return
		}
		if err := o.engine.stranger(o.account, remote.Body); err != nil {
			o.breakOff(err)
			return
		}
		shown++
		i, ok := missing[remote.ID]
		if !ok {
			continue
		}
		delete(missing, remote.ID)
		if o.account.Driver.Fields.Listed(o.needs[i].paths) {
			o.tell(i, seen{list: remote.Body}) // the vendor has no single read, or not for this one
			continue
		}
		o.tell(i, seen{split: true, err: &providers.Error{
			Kind: providers.Unexpected, Provider: o.account.Instance.Name, Op: "read",
			Message: "the list shows the character, but reading it answers that it is not there",
			Hint:    "try again; nothing is created or deleted meanwhile",
		}})
	}
	if ctx.Err() != nil {
		return
	}
	o.least += pagesOf(o.account.Driver, shown)
	for _, i := range missing {
		o.tell(i, seen{gone: true})
	}
}
