package sandbox

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"iter"
	"sort"
	"time"
)

// charactersCol is the collection every vendor keeps its characters in.
const charactersCol = "characters"

// tx is one request's sight of a store. Changes are kept in it until the request is done; reading does not show them.
type tx struct {
	st       *store
	now      time.Time
	writable bool
	late     int         // reading requests until reads show what is written here
	shown    *collection // the characters as a reading request sees them; nil: as they are stored
	head     []entry
	docs     [][]byte
	fresh    int64 // records made in this transaction
	draws    uint64
	err      error // the first failure of the store itself
}

// col is a collection as this transaction sees it; nil when there is none.
func (t *tx) col(name string) *collection {
	if name == charactersCol && t.shown != nil {
		return t.shown
	}
	return t.st.cols[name]
}

func (t *tx) find(col, id string) *record {
	if c := t.col(col); c != nil {
		return c.byID[id]
	}
	return nil
}

// doc reads a record's document; nil when the store failed, which the transaction remembers.
func (t *tx) doc(rec *record) doc {
	raw, err := t.st.document(rec)
	if err == nil {
		var d doc
		if d, err = decodeDoc(raw); err == nil {
			return d
		}
	}
	t.fail(err)
	return doc{}
}

func (t *tx) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

// get finds a record and reads it.
func (t *tx) get(col, id string) (*record, doc, bool) {
	rec := t.find(col, id)
	if rec == nil {
		return nil, nil, false
	}
	return rec, t.doc(rec), true
}

// put stores d under id, at the end of the order when it is new.
func (t *tx) put(col, id string, d doc, ix index) {
	if !t.writable {
		t.fail(errors.New("sandbox: a reading route tried to write"))
		return
	}
	raw, err := encode(d)
	if err != nil {
		t.fail(err)
		return
	}
	e := entry{Col: col, ID: id, Size: len(raw), Created: t.now.UnixNano(), Updated: t.now.UnixNano(), index: ix}
	if rec := t.find(col, id); rec != nil {
		e.Seq, e.Created = rec.seq, rec.created
	} else {
		t.fresh++
		e.Seq = t.st.last + t.fresh
	}
	t.head = append(t.head, e)
	t.docs = append(t.docs, raw)
}

func (t *tx) remove(col, id string) {
	if !t.writable {
		t.fail(errors.New("sandbox: a reading route tried to write"))
		return
	}
	t.head = append(t.head, entry{Col: col, ID: id})
}

// all gives the records of a collection, oldest first.
func (t *tx) all(col string) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		c := t.col(col)
		if c == nil {
			return
		}
		for _, rec := range c.order {
			if !rec.gone && !yield(rec) {
				return
			}
		}
	}
}

// from gives the records behind the one numbered seq, in either direction, without walking those before it. Newest first
// starts at the end when seq is 0.
func (t *tx) from(col string, seq int64, newestFirst bool) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		c := t.col(col)
		if c == nil {
			return
		}
		if newestFirst {
			at := len(c.order)
			if seq > 0 {
				at = sort.Search(len(c.order), func(i int) bool { return c.order[i].seq >= seq })
			}
			for i := at - 1; i >= 0; i-- {
				if !c.order[i].gone && !yield(c.order[i]) {
					return
				}
			}
			return
		}
		at := sort.Search(len(c.order), func(i int) bool { return c.order[i].seq > seq })
		for _, rec := range c.order[at:] {
			if !rec.gone && !yield(rec) {
				return
			}
		}
	}
}

// random gives n bytes that differ from any the store gave before: they hang on the seed and on the number that the next
// record gets, which a reopened store goes on counting.
func (t *tx) random(n int) []byte {
	var out []byte
	for len(out) < n {
		t.draws++
		b := append([]byte(t.st.name), t.st.seed...)
		b = binary.BigEndian.AppendUint64(b, uint64(t.st.last+t.fresh))
		b = binary.BigEndian.AppendUint64(b, t.draws)
		sum := sha256.Sum256(b)
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// next is the number that the next new record gets.
func (t *tx) next() int64 { return t.st.last + t.fresh + 1 }

// pending is a record as it will be once the transaction is stored, for the answer to a create.
func (t *tx) pending(id, owner string) *record {
	return &record{id: id, seq: t.st.last + t.fresh, created: t.now.UnixNano(), updated: t.now.UnixNano(), index: index{Owner: owner}}
}
