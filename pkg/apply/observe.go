package apply

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// seen is what reading one character found. Exactly one of doc, gone and err
// says how it went.
type seen struct {
	get  providers.Body // the owner's view, when it was asked for
	list providers.Body // what the list shows, when it was read
	doc  diff.Doc
	gone bool // the list confirms that it is not there any more
	err  error
	// split says of an error that a list and a single read disagree about
	// whether it is there: one of them is behind.
	split bool
}

// observation is one reading of an account.
type observation struct {
	engine  *Engine
	account *Account
	needs   []need
	each    func(i int, s seen) // called once for every need, concurrently
	what    string              // the kind of its events

	ahead    *ahead // nil when nothing was read ahead
	least    int
	done     atomic.Int64
	lists    []providers.Body // per need
	answered []bool
	missing  []bool      // a get said not found
	noGet    atomic.Bool // the vendor has no single read
	mu       sync.Mutex
	streak   int   // failures in a row that look like the account's
	broken   error // why the rest of the account is not read
}

// observe reads characters of one account with the fewest requests. It calls
// each for every need, from several goroutines. A character that can't be
// read gets its own error; the returned error is the account's, and then the
// characters that were not read have it too. It returns the least number of
// requests that the vendor's table allows for this.
func (e *Engine) observe(ctx context.Context, a *Account, kind string, needs []need, each func(i int, s seen)) (least int, err error) {
	defer e.span(kind + " " + a.Instance.Name)()
	o := e.newObservation(a, kind, needs, each)
	o.ahead = a.ahead.Swap(nil)
	defer o.ahead.leave()
	scopes, of := byScope(a.Driver, needs)
	bound := e.boundIn(a)
	readings := make([]*reading, 0, len(scopes))
	for _, scope := range scopes {
		r := planReading(a.Driver, scope, needs, of[scope], bound[scope])
		readings = append(readings, &r)
	}
	o.readLists(ctx, readings, of)
	for _, r := range readings {
		o.least += r.requests()
	}
	o.readSingly(ctx, readings)
	o.confirmMissing(ctx, scopes, of)
	return o.least, o.finish(ctx)
}

// observeListed is observe for characters that a list has just shown.
func (e *Engine) observeListed(ctx context.Context, a *Account, kind string, needs []need, lists []providers.Body, each func(i int, s seen)) error {
	o := e.newObservation(a, kind, needs, each)
	o.lists = lists
	scopes, of := byScope(a.Driver, needs)
	var r reading
	for i, n := range needs {
		if a.Driver.Fields.Listed(n.paths) {
			o.tell(i, seen{list: lists[i]})
		} else {
			r.gets = append(r.gets, i)
		}
	}
	o.readSingly(ctx, []*reading{&r})
	o.confirmMissing(ctx, scopes, of)
	return o.finish(ctx)
}

func (e *Engine) newObservation(a *Account, kind string, needs []need, each func(i int, s seen)) *observation {
	return &observation{
		engine: e, account: a, needs: needs, each: each, what: kind,
		lists: make([]providers.Body, len(needs)), answered: make([]bool, len(needs)), missing: make([]bool, len(needs)),
	}
}

// finish tells those that were not read why.
func (o *observation) finish(ctx context.Context) error {
	for i := range o.needs {
		if !o.answered[i] {
			o.tell(i, seen{err: o.failure(ctx)})
		}
	}
	return o.broken
}

func (o *observation) failure(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.broken != nil {
		return o.broken
	}
	return errors.New("it was not read")
}

func (o *observation) tell(i int, s seen) {
	o.answered[i] = true
	if s.err == nil && !s.gone {
		if err := o.account.Driver.Fields.Shape(s.get, s.list); err != nil {
			s.err = &providers.Error{
				Kind: providers.Unexpected, Provider: o.account.Instance.Name, Op: "read", Message: err.Error(),
				Hint: "the service answered in another shape than it documents; nothing is written to this character",
			}
		} else {
			s.doc = o.account.Driver.Fields.Live(s.get, s.list)
		}
	}
	o.each(i, s)
	o.engine.event(Event{Kind: o.what, Instance: o.account.Instance.Name, Done: int(o.done.Add(1)), Total: len(o.needs)})
}

// readSingly sends the gets of all readings, as many at a time as the account
// bears.
func (o *observation) readSingly(ctx context.Context, readings []*reading) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	g.SetLimit(o.engine.parallelism(o.account))
	for _, r := range readings {
		for _, i := range r.gets {
			if ctx.Err() != nil || o.answered[i] || o.isBroken() {
				continue
			}
			g.Go(func() error {
				switch {
				case ctx.Err() != nil:
				case o.noGet.Load():
					o.missing[i] = true
				default:
					o.readSingle(ctx, i)
				}
				if o.isBroken() {
					stop()
				}
				return nil
			})
		}
	}
	_ = g.Wait() // failures are kept in the observation
}

func (o *observation) readSingle(ctx context.Context, i int) {
	body, err := o.account.Provider.Get(ctx, o.needs[i].id)
	switch {
	case err == nil:
		o.succeeded()
		o.tell(i, seen{get: body, list: o.lists[i]})
	case ctx.Err() != nil: // cancelled: told at the end
	case providers.KindOf(err) == providers.Unsupported:
		o.noGet.Store(true)
		o.missing[i] = true
	case providers.KindOf(err) == providers.NotFound:
		o.missing[i] = true
	default:
		if o.failed(err) {
			return
		}
		o.tell(i, seen{err: err})
	}
}
