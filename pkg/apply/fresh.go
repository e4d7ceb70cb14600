package apply

import (
	"context"
	"sync"
	"time"
)

// lookLasts is how old the look may be that a write is based on. One list can
// serve as the look for many writes; in a run that takes longer than this, what
// it showed is read again.
const lookLasts = 15 * time.Second

// listing is what a list of one place showed to the changes that it serves.
type listing struct {
	mu     sync.Mutex // held while reading, and over the items' list and listed
	scope  string
	pages  int
	at     time.Time     // when reading it began
	took   time.Duration // how long that took
	unread map[string]*item
}

// readAhead reads the lists that are cheaper than reading each character
// before its write. Single reads are left to the moment of writing.
func (ar *accountRun) readAhead(ctx context.Context) {
	needs, of, readings := checkReadings(ar.account.Driver, ar.changes(), ar.engine.boundIn(ar.account))
	for _, r := range readings {
		for _, i := range r.gets {
			ar.items[of[i]].getOne = true
		}
		if !r.list || ctx.Err() != nil {
			continue
		}
		l := &listing{scope: r.scope, pages: r.pages, unread: map[string]*item{}}
		for i, n := range needs {
			if scope, _ := ar.account.Driver.SplitID(n.id); scope == r.scope {
				it := ar.items[of[i]]
				it.shown, it.alone = l, ar.account.Driver.Fields.Gotten(n.paths)
				l.unread[n.id] = it
			}
		}
		if err := ar.list(ctx, l); err != nil && ctx.Err() == nil {
			ar.stop(err)
		}
	}
}

// list gives each item that was not written yet what the list shows of it.
func (ar *accountRun) list(ctx context.Context, l *listing) error {
	for _, it := range l.unread {
		it.list, it.listed = nil, false
	}
	l.at = ar.engine.now()
	left := len(l.unread)
	for remote, err := range ar.account.Provider.List(ctx, l.scope) {
		if err != nil {
			return err
		}
		if it, ok := l.unread[remote.ID]; ok && !it.listed {
			it.list, it.listed = remote.Body, true
			left--
		}
		if left == 0 {
			break
		}
	}
	l.took = ar.engine.now().Sub(l.at)
	return nil
}

// freshen makes sure that what the list showed of a character is not older
// than lookLasts when it is about to be written to. The list is read again, for
// all that are still to come, or only this one is read, whichever costs less.
func (ar *accountRun) freshen(ctx context.Context, it *item) error {
	l := it.shown
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	defer delete(l.unread, it.ID)
	switch {
	case ar.engine.now().Sub(l.at) <= lookLasts:
		return nil
	case it.alone && (l.pages >= len(l.unread) || l.took > lookLasts/2):
		it.getOne, it.list, it.listed = true, nil, false
		return nil
	}
	err := ar.list(ctx, l)
	ar.tried(err)
	return err
}

// leave takes a change that ends out of those that the list is read for: it
// may have ended before it was looked at.
func (l *listing) leave(it *item) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.unread, it.ID)
}

func (ar *accountRun) stop(err error) {
	ar.stopMu.Lock()
	defer ar.stopMu.Unlock()
	if ar.stopped == nil {
		ar.stopped = err
	}
}
