package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
)

// record is one stored document. Its fields change only while the store is locked for writing.
type record struct {
	id      string
	seq     int64
	created int64 // Unix nanoseconds
	updated int64
	index
	gone bool

	raw    []byte // the document, when the store is in memory
	offset int64  // else its place in the journal
	size   int

	view atomic.Pointer[view] // a projection kept for lists
}

// view is a projection of a record, good for one generation of switches.
type view struct {
	name       string
	generation uint64
	json       []byte
}

// collection keeps records of one sort, in insertion order.
type collection struct {
	byID  map[string]*record
	order []*record // ascending by seq; records that are gone are swept out in bulk
	dead  int
}

// store holds one vendor's collections, in memory or in a journal that several processes may share.
type store struct {
	name string
	path string // "" in memory
	seed []byte
	lock *flock.Flock

	mu      sync.RWMutex
	cols    map[string]*collection
	last    int64 // the last seq given out
	file    *os.File
	info    os.FileInfo
	end     int64 // the journal is loaded up to here, always just behind a line end
	garbage int64 // bytes of documents that were replaced or removed since
	closed  bool
	late    lateReads
}

func openStore(dir, name string, seed []byte) (*store, error) {
	st := &store{name: name, seed: seed, cols: map[string]*collection{}}
	if dir == "" {
		return st, nil
	}
	st.path = filepath.Join(dir, name+".jsonl")
	st.lock = flock.New(filepath.Join(dir, name+".lock"))
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := st.acquire(ctx); err != nil {
		return nil, err
	}
	defer st.release()
	if err := st.refresh(); err != nil {
		return nil, errors.Join(err, st.closeFile())
	}
	if err := st.repair(); err != nil {
		return nil, errors.Join(err, st.closeFile())
	}
	if st.garbage > compactFrom && st.garbage > st.end/2 {
		if err := st.compact(); err != nil {
			return nil, errors.Join(err, st.closeFile())
		}
	}
	return st, nil
}

func (st *store) acquire(ctx context.Context) error {
	if ok, err := st.lock.TryLockContext(ctx, time.Millisecond); err != nil || !ok {
		return fmt.Errorf("lock %s: %w", st.lock.Path(), err)
	}
	return nil
}

func (st *store) release() { _ = st.lock.Unlock() } // the lock file itself stays

func (st *store) close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.closed = true
	return st.closeFile()
}

func (st *store) closeFile() error {
	if st.file == nil {
		return nil
	}
	err := st.file.Close()
	st.file, st.info = nil, nil
	return err
}

// read runs fn on the store as it is now, others' writes included.
func (st *store) read(now time.Time, fn func(*tx)) error {
	if st.path != "" {
		if stale, err := st.stale(); err != nil {
			return err
		} else if stale {
			st.mu.Lock()
			err := st.refresh()
			st.mu.Unlock()
			if err != nil {
				return err
			}
		}
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	if st.closed {
		return errClosed()
	}
	t := &tx{st: st, now: now}
	fn(t)
	return t.err
}

// readLate is read for a request: where late is set, it sees the characters as far as they are shown by now.
func (st *store) readLate(now time.Time, late bool, fn func(*tx)) error {
	return st.read(now, func(t *tx) {
		if shown := st.late.shown(st); late {
			t.shown = shown
		}
		fn(t)
	})
}

// write runs fn while nobody else, in this process or another, can change the store, and stores what it changed as one
// transaction before it returns. It reports whether anything was stored.
func (st *store) write(ctx context.Context, now time.Time, fn func(*tx)) (committed bool, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return false, errClosed()
	}
	if st.path != "" {
		if err := st.acquire(ctx); err != nil {
			return false, err
		}
		defer st.release()
		if err := st.refresh(); err != nil {
			return false, err
		}
		if err := st.repair(); err != nil {
			return false, err
		}
	}
	t := &tx{st: st, now: now, writable: true}
	fn(t)
	if t.err != nil || len(t.head) == 0 {
		return false, t.err
	}
	st.late.keep(st, t.head, t.late)
	return true, st.append(t)
}

func errClosed() error { return errors.New("sandbox: closed") }

// append writes a transaction to the journal and then to memory.
func (st *store) append(t *tx) error {
	if st.path == "" {
		n := 0
		for _, e := range t.head {
			if e.Size == 0 {
				st.apply(e, nil, 0)
				continue
			}
			st.apply(e, t.docs[n], 0)
			n++
		}
		return nil
	}
	line, err := encodeLine(t.head, t.docs)
	if err != nil {
		return err
	}
	if st.file == nil {
		if err := st.openFile(); err != nil {
			return err
		}
	}
	if _, err := st.file.WriteAt(line, st.end); err != nil {
		return fmt.Errorf("journal: %w", errors.Join(err, st.file.Truncate(st.end)))
	}
	return st.replay(line, st.end)
}

// apply makes memory agree with one journal entry.
func (st *store) apply(e entry, raw []byte, offset int64) {
	st.last = max(st.last, e.Seq)
	if e.Col == markSeq {
		return
	}
	col := st.cols[e.Col]
	if col == nil {
		col = &collection{byID: map[string]*record{}}
		st.cols[e.Col] = col
	}
	rec := col.byID[e.ID]
	if rec != nil {
		st.garbage += int64(rec.size)
	}
	switch {
	case e.Size == 0:
		if rec != nil {
			delete(col.byID, e.ID)
			rec.gone = true
			col.sweep()
		}
		return
	case rec == nil:
		rec = &record{id: e.ID, seq: e.Seq}
		col.byID[e.ID] = rec
		col.order = append(col.order, rec)
	}
	rec.created, rec.updated, rec.index = e.Created, e.Updated, e.index
	rec.raw, rec.offset, rec.size = raw, offset, e.Size
	rec.view.Store(nil)
}

func (c *collection) sweep() {
	c.dead++
	if c.dead < 64 || c.dead < len(c.order)/2 {
		return
	}
	kept := make([]*record, 0, len(c.order)-c.dead)
	for _, rec := range c.order {
		if !rec.gone {
			kept = append(kept, rec)
		}
	}
	c.order, c.dead = kept, 0
}
