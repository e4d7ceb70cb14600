package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// inFlight bounds how long a change that has begun may take to finish and to
// be checked after the run was interrupted.
const inFlight = 2 * time.Minute

// accountRun executes the changes of one account.
type accountRun struct {
	*run
	account *Account
	rules   map[spec.Path]diff.Rule
	items   []*item
	doubts  map[diff.Address]verdict
	slots   chan struct{} // one for each change that may ask the service; nil while none is written

	stopMu  sync.Mutex
	stopped error // why nothing new is begun at this account
	streak  int
}

// item is one change on its way.
type item struct {
	*diff.Change
	was     Entry // the lock's, when the change was begun
	entry   Entry // the same as it is to be
	id      string
	getOne  bool           // read singly right before writing
	shown   *listing       // the list that shows it before writing; nil when none does
	alone   bool           // a single read shows all of it that must be seen
	list    providers.Body // what the list showed before writing
	listed  bool
	pre     diff.Doc // live before writing; nil when nothing was there
	fields  []sent   // what was sent, to be looked for
	mustGet bool     // read back singly, right after writing
	begun   bool     // it was its turn
	settled bool     // what an earlier attempt made is known and bound
	made    string   // what an earlier application of the plan has made of it
	dropped string   // a character of an earlier attempt that was removed
	later   bool     // read back by the list, when all is written
	late    bool     // did not show when it was read back, and is looked for again
	tired   bool     // was looked for as long as the table says
	got     seen     // the single read-back, for what needs both
	failure error    // the write went wrong, in a way that may have had an effect
	wrote   bool     // a writing request was sent
	cleared bool     // what creation leaves by itself was cleared once
	removed bool     // deleted; to be checked when all is written
	over    bool     // its outcome is told
	after   diff.Doc // as it was read back
	effects int      // writing requests that may have had one
}

// sent is one field that went out.
type sent struct {
	path   spec.Path
	wanted any
	before any
	made   bool // taken by a creation that was answered
}

// accountFor is the account that changes are for. An error is one that no
// request was sent for: the account can't be opened, or is not the plan's.
func (e *Engine) accountFor(target string, changes []*diff.Change) (*Account, error) {
	a, err := e.account(target)
	if err == nil && a.Driver.Name != changes[0].Provider {
		err = fmt.Errorf("the plan was made for %s at %s, which is %s here", changes[0].Provider, target, a.Driver.Name)
	}
	if err == nil {
		err = e.plannedElsewhere(a, changes)
	}
	return a, err
}

// unreached is the outcome of a change whose account can't be used.
func unreached(c *diff.Change, err error) Outcome {
	return Outcome{Address: c.Address, Action: c.Action, ID: c.ID, Status: Failed, Reason: err.Error(), Hint: hintFor(err), Err: err}
}

func (r *run) runAccount(ctx context.Context, target string, changes []*diff.Change) {
	a, err := r.engine.accountFor(target, changes)
	if err != nil {
		for _, c := range changes {
			r.close(unreached(c, err))
		}
		return
	}
	ar := &accountRun{run: r, account: a, rules: a.rulesByPath()}
	for _, c := range changes {
		entry, _ := r.engine.Lock.Entry(c.Address)
		ar.items = append(ar.items, &item{Change: c, was: entry, entry: entry, id: c.ID})
	}
	for _, part := range []struct {
		phase string
		do    func(context.Context)
	}{
		{"settle", func(ctx context.Context) { ar.settleDoubts(ctx); ar.recognise(ctx); ar.awaitEarlier(ctx) }},
		{"look", func(ctx context.Context) { ar.readAhead(ctx); ar.chooseReadBack() }},
		{"write", ar.writeAll},
		{"verify", func(ctx context.Context) { ar.verifyLater(ctx); ar.verifyRemoved(ctx); ar.verifyLate(ctx) }},
	} {
		end := r.engine.span(part.phase + " " + target)
		part.do(ctx)
		end()
	}
	for _, it := range ar.items {
		if !it.over {
			ar.notBegun(it)
		}
	}
}

// changes are those of the items, in their order.
func (ar *accountRun) changes() []*diff.Change {
	out := make([]*diff.Change, len(ar.items))
	for i, it := range ar.items {
		out[i] = it.Change
	}
	return out
}

// writeAll does the changes, as many at a time as the account bears.
func (ar *accountRun) writeAll(ctx context.Context) {
	var g errgroup.Group
	ar.slots = make(chan struct{}, ar.engine.parallelism(ar.account))
	g.SetLimit(ar.width())
	for _, it := range ar.items {
		if it.over || ctx.Err() != nil || ar.halted() != nil {
			continue
		}
		g.Go(func() error {
			ar.slots <- struct{}{}
			defer func() { <-ar.slots }()
			if ctx.Err() == nil && ar.halted() == nil {
				ar.do(ctx, it)
			}
			return nil
		})
	}
	_ = g.Wait() // what failed is in the outcomes
	ar.slots = nil
}

// recordingAhead is how many changes are under way for each that may ask the
// service, where the state is far away: the others wait for it. The number
// bounds what is in doubt after a kill.
const recordingAhead = 8

// width is how many changes are under way at a time.
func (ar *accountRun) width() int {
	n := ar.engine.parallelism(ar.account)
	if ar.engine.Lock.Shared() && n > 1 {
		n *= recordingAhead
	}
	return n
}

// put stores an entry as run's does, and lets another change go on meanwhile.
func (ar *accountRun) put(e Entry) error { return ar.aside(func() error { return ar.run.put(e) }) }

func (ar *accountRun) drop(a diff.Address) error {
	return ar.aside(func() error { return ar.run.drop(a) })
}

// aside gives the change's slot up while it waits for a state that is far
// away.
func (ar *accountRun) aside(wait func() error) error {
	if ar.slots == nil || !ar.engine.Lock.Shared() {
		return wait()
	}
	<-ar.slots
	defer func() { ar.slots <- struct{}{} }()
	return wait()
}

// do carries one change out. Once begun it is finished, even when the run is
// interrupted meanwhile.
func (ar *accountRun) do(ctx context.Context, it *item) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer done()
	it.begun = true
	if it.Action != diff.Record {
		ar.engine.event(Event{Kind: "write", Address: it.Address, Instance: it.Target, Text: string(it.Action)})
	}
	switch it.Action {
	case diff.Create:
		ar.create(ctx, it)
	case diff.Update:
		ar.update(ctx, it)
	case diff.Replace:
		ar.replace(ctx, it)
	case diff.Delete:
		ar.remove(ctx, it)
	case diff.Record:
		ar.recordOnly(ctx, it)
	default:
		ar.fail(it, fmt.Errorf("the plan's action %q is not known", it.Action))
	}
}

// halted says why nothing new may be begun.
func (ar *accountRun) halted() error {
	if err := ar.brokenDown(); err != nil {
		return err
	}
	ar.stopMu.Lock()
	defer ar.stopMu.Unlock()
	return ar.stopped
}

// tried notes how a call went. Errors that will meet every further call stop
// the account.
func (ar *accountRun) tried(err error) {
	ar.stopMu.Lock()
	defer ar.stopMu.Unlock()
	switch kind := providers.KindOf(err); {
	case slices.Contains([]providers.ErrorKind{providers.Unauthorized, providers.Quota, providers.Redirected, providers.ReadOnly}, kind):
		ar.streak = accountFailures
	case slices.Contains([]providers.ErrorKind{providers.Unavailable, providers.NotJSON, providers.RateLimited}, kind), troubled(err):
		ar.streak++
	default:
		if err == nil {
			ar.streak = 0
		}
		return
	}
	if ar.streak >= accountFailures && ar.stopped == nil {
		ar.stopped = err
	}
}

// troubled reports a write that the service answered with an error of its own:
// what became of it is not known, and the next one will fare no better.
func troubled(err error) bool {
	var e *providers.Error
	return errors.As(err, &e) && e.Kind == providers.Lost && e.Status > 500
}

// notBegun ends a change that was never begun. What an error kept from being
// done has failed; what was interrupted is skipped.
func (ar *accountRun) notBegun(it *item) {
	if err := ar.brokenDown(); err != nil {
		ar.finish(it, Outcome{Status: Failed, Reason: "not begun: the run could not be recorded", Hint: "make room, and run again", Err: err})
		return
	}
	if err := ar.halted(); err != nil {
		ar.finish(it, Outcome{
			Status: Failed, Reason: fmt.Sprintf("not begun, after an error at %s: %v", it.Target, err), Hint: hintFor(err), Err: err,
		})
		return
	}
	ar.skip(it, Outcome{Rule: "interrupted", Reason: "not begun: interrupted", Hint: "run again"})
}

// noteOf writes a line about a change into the run record.
func (ar *accountRun) noteOf(it *item, line RunLine) error {
	line.Address, line.Provider = it.Address, it.Provider
	d := ar.account.Driver
	line.Get, line.List = d.Recorded(line.Get), d.Recorded(line.List)
	if line.Action != diff.Create { // what creates is the manifest's own, and is sent again as it is
		line.Body = d.Recorded(line.Body)
	}
	return ar.note(line)
}

func (ar *accountRun) skip(it *item, o Outcome) {
	o.Status = Skipped
	ar.finish(it, o)
}

// fail ends a change with an error and without checking anything.
func (ar *accountRun) fail(it *item, err error) {
	ar.finish(it, Outcome{Status: Failed, Reason: err.Error(), Hint: hintFor(err), Err: err})
}

func (ar *accountRun) finish(it *item, o Outcome) {
	it.over = true
	o.Address, o.Action, o.after, o.untouched = it.Address, it.Action, it.after, it.effects == 0
	if it.Action == diff.Delete {
		o.Removal = ar.account.Driver.Removal.Verb
	}
	if o.ID == "" {
		o.ID = it.id
	}
	if o.Removed == "" {
		o.Removed = it.dropped
	}
	ar.close(o)
	it.shown.leave(it)
	it.got, it.list, it.pre, it.after, it.fields = seen{}, nil, nil, nil, nil // the run record has them
}
