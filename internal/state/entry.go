package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Entry is what the lock remembers of one character at one target.
type Entry struct {
	diff.Address
	Provider string // the driver
	ID       string // the live character; "" while a creation is in doubt
	Fields   map[spec.Path]diff.Mark
	Protect  bool
	Run      string // the last run that changed this entry
	// Old is a live character that a replacement has yet to remove.
	Old string
	// Pending is a write that was about to be sent and whose outcome was not
	// recorded.
	Pending *Intent
	// Unseen is the creation that was answered with ID and that no read has
	// shown yet; nil when one has.
	Unseen *Answered
	// At and Owner are marks of the place and of the account that the
	// character is bound at, so that a lock is not used at another one; "" is
	// not known. Owner is learnt where the vendor tells.
	At    string
	Owner string
	// Revision grows with each run that changes the entry. When a merge of
	// two branches leaves two lines for one key, the higher one is newer.
	Revision int
}

// Intent is a write that is about to be sent. Of prose it holds digests only.
type Intent struct {
	Action diff.Action          `json:"action"`
	Key    string               `json:"key,omitempty"` // of a creation: what it is sent with
	Run    string               `json:"run,omitempty"`
	At     string               `json:"at,omitempty"`    // RFC 3339
	Scope  string               `json:"scope,omitempty"` // of a creation: where
	Clone  string               `json:"clone,omitempty"` // of a creation: the character that is cloned
	Body   string               `json:"body,omitempty"`  // of a creation: digest of the request's body
	Fields map[spec.Path]string `json:"fields,omitempty"`
}

// Answered is a creation whose answer was recorded.
type Answered struct {
	Key string `json:"key,omitempty"` // what it was sent with
	At  string `json:"at"`            // RFC 3339
}

// Clone copies an entry with what it points to.
func (e Entry) Clone() Entry {
	e.Fields = maps.Clone(e.Fields)
	if e.Pending != nil {
		p := *e.Pending
		p.Fields = maps.Clone(p.Fields)
		e.Pending = &p
	}
	if e.Unseen != nil {
		u := *e.Unseen
		e.Unseen = &u
	}
	return e
}

// Same reports whether two entries say the same, apart from when it was said.
func (e Entry) Same(o Entry) bool {
	e.Revision, e.Run = 0, ""
	o.Revision, o.Run = 0, ""
	return bytes.Equal(EncodeEntry(e, false), EncodeEntry(o, false))
}

// record is an entry as it is written.
type record struct {
	Name     string               `json:"name"`
	Target   string               `json:"target"`
	Provider string               `json:"provider,omitempty"`
	ID       string               `json:"id,omitempty"`
	Fields   map[spec.Path]string `json:"fields,omitempty"` // "digest", or "digest/live digest"
	Protect  bool                 `json:"protect,omitempty"`
	Old      string               `json:"old,omitempty"`
	Pending  *Intent              `json:"pending,omitempty"`
	Unseen   *Answered            `json:"unseen,omitempty"`
	Gone     bool                 `json:"gone,omitempty"` // the entry was removed; only in lines appended by a run
	At       string               `json:"at,omitempty"`
	Owner    string               `json:"owner,omitempty"`
	Revision int                  `json:"rev,omitempty"`
	Run      string               `json:"run,omitempty"`
}

// EncodeEntry returns the entry's line, with its line feed; gone is set for the
// line that removes it. Keys of maps are sorted by the encoder, so equal
// entries have equal lines.
func EncodeEntry(e Entry, gone bool) []byte {
	line := record{
		Name: e.Name, Target: e.Target, Provider: e.Provider, ID: e.ID, Protect: e.Protect,
		Old: e.Old, Pending: e.Pending, Unseen: e.Unseen, Gone: gone, At: e.At, Owner: e.Owner, Revision: e.Revision, Run: e.Run,
	}
	if len(e.Fields) > 0 {
		line.Fields = make(map[spec.Path]string, len(e.Fields))
		for path, m := range e.Fields {
			line.Fields[path] = EncodeMark(m)
		}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil { // strings, booleans and numbers always encode
		panic(err)
	}
	return buf.Bytes()
}

// EncodeMark is how a line and a plan spell a mark: the digest of what the
// manifest said and, where the vendor made something else of it, a slash and
// the digest of that.
func EncodeMark(m diff.Mark) string {
	if m.Live == "" {
		return m.File
	}
	return m.File + "/" + m.Live
}

// DecodeMark reads what EncodeMark writes.
func DecodeMark(s string) (diff.Mark, error) {
	file, live, both := strings.Cut(s, "/")
	if file == "" || (both && live == "") || strings.Contains(live, "/") {
		return diff.Mark{}, fmt.Errorf("%.40q is not a digest", s)
	}
	return diff.Mark{File: file, Live: live}, nil
}

// DecodeEntry reads one line strictly; gone reports a line that says that the
// entry was removed.
func DecodeEntry(data []byte) (e Entry, gone bool, err error) {
	var line record
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&line); err != nil {
		return Entry{}, false, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Entry{}, false, errors.New("more than one value on the line")
	}
	if err := line.check(); err != nil {
		return Entry{}, false, err
	}
	e = Entry{
		Address:  diff.Address{Name: line.Name, Target: line.Target},
		Provider: line.Provider, ID: line.ID, Protect: line.Protect, Run: line.Run,
		Old: line.Old, Pending: line.Pending, Unseen: line.Unseen, At: line.At, Owner: line.Owner, Revision: line.Revision,
	}
	if len(line.Fields) > 0 {
		e.Fields = make(map[spec.Path]diff.Mark, len(line.Fields))
		for path, s := range line.Fields {
			mark, err := DecodeMark(s)
			if err != nil {
				return Entry{}, false, fmt.Errorf("field %q: %w", path, err)
			}
			e.Fields[path] = mark
		}
	}
	return e, line.Gone, nil
}

func (l record) check() error {
	switch {
	case l.Name == "":
		return errors.New(`"name" is missing`)
	case l.Target == "":
		return errors.New(`"target" is missing`)
	case l.Revision < 0:
		return errors.New(`"rev" is negative`)
	case l.Gone:
		return nil
	case l.Provider == "":
		return errors.New(`"provider" is missing`)
	case l.ID == "" && l.Pending == nil:
		return errors.New(`neither "id" nor "pending" is there`)
	case l.Pending != nil && !slices.Contains([]diff.Action{diff.Create, diff.Update, diff.Delete}, l.Pending.Action):
		return fmt.Errorf("pending action %.40q is not known", l.Pending.Action)
	}
	return nil
}
