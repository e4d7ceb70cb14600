package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// A journal is JSON Lines, one transaction a line:
//
//	{"head":[{"c":"characters","i":"ID","s":7,"n":6012,…},…],"docs":[{…},…]}
//
// head says what happens, in order; each entry with a size n has its document of exactly n bytes in docs. So a journal
// of many long documents is loaded by reading the heads alone. A line is written in one piece before the answer is sent:
// a line without its line end was never answered, and is dropped.

// entry is one change to one record.
type entry struct {
	Col     string `json:"c"`
	ID      string `json:"i,omitempty"`
	Seq     int64  `json:"s,omitempty"` // position of the record in insertion order; kept over updates
	Size    int    `json:"n,omitempty"` // bytes of the document; 0 removes the record
	Created int64  `json:"t,omitempty"` // Unix nanoseconds
	Updated int64  `json:"u,omitempty"` // Unix nanoseconds
	index
}

// index is what can be asked of a record without reading its document.
type index struct {
	Owner  string `json:"o,omitempty"`
	Name   string `json:"a,omitempty"`
	Place  string `json:"p,omitempty"` // game and world, region, location
	Role   string `json:"r,omitempty"`
	Hidden bool   `json:"h,omitempty"` // archived, or not part of the shared world
}

// markSeq is the collection of the entry that keeps the last number given out, when its record is gone.
const markSeq = "."

func encodeLine(head []entry, docs [][]byte) ([]byte, error) {
	h, err := encode(head)
	if err != nil {
		return nil, err
	}
	size := len(h) + 32
	for _, d := range docs {
		size += len(d) + 1
	}
	line := make([]byte, 0, size)
	line = append(line, `{"head":`...)
	line = append(line, h...)
	line = append(line, `,"docs":[`...)
	line = append(line, bytes.Join(docs, []byte(","))...)
	return append(line, "]}\n"...), nil
}

// decodeLine gives the entries of a line (without its line end), and for each the place of its document in the line.
func decodeLine(line []byte) ([]entry, []int, error) {
	const opening, middle, closing = `{"head":`, `,"docs":[`, `]}`
	at := bytes.Index(line, []byte(middle)) // can't stand inside a JSON string: its quotes would be escaped there
	if !bytes.HasPrefix(line, []byte(opening)) || at < 0 {
		return nil, nil, errors.New("not a line of this journal")
	}
	var head []entry
	if err := json.Unmarshal(line[len(opening):at], &head); err != nil {
		return nil, nil, err
	}
	places := make([]int, len(head))
	next := at + len(middle)
	first := true
	for i, e := range head {
		if e.Size == 0 {
			continue
		}
		if !first {
			next++ // the comma
		}
		first = false
		places[i] = next
		next += e.Size
		if next > len(line) || line[places[i]] != '{' || line[next-1] != '}' {
			return nil, nil, fmt.Errorf("document %d does not have the %d bytes its head says", i, e.Size)
		}
	}
	if string(line[next:]) != closing {
		return nil, nil, errors.New("the documents do not have the sizes their heads say")
	}
	return head, places, nil
}
