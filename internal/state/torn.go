package state

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// boundLine is the beginning of a line as far as its id.
var boundLine = regexp.MustCompile(`^\{"name":("(?:[^"\\]|\\.)+"),"target":("(?:[^"\\]|\\.)+"),"provider":("(?:[^"\\]|\\.)+"),"id":("(?:[^"\\]|\\.)+")`)

// salvage keeps the binding of a last line that was cut short behind its id,
// where no line before it has one: without it the next apply would create the
// character a second time. What was cut off is taken for what protects more.
func (l *Lock) salvage(line []byte, pos spec.Pos) spec.Diagnostic {
	d := tornLine(pos)
	m := boundLine.FindSubmatch(line)
	if m == nil {
		return d
	}
	var e Entry
	for i, into := range []*string{&e.Name, &e.Target, &e.Provider, &e.ID} {
		if json.Unmarshal(m[i+1], into) != nil {
			return d
		}
	}
	known, has := l.entries[diff.Address{Name: e.Name, Target: e.Target}]
	if known.ID != "" {
		return d
	}
	e.Protect, e.Revision = known.Protect || !has, known.Revision
	l.graves.open(e)
	l.store(e)
	d.Character, d.Target = e.Name, e.Target
	d.Message = fmt.Sprintf("the last line of the lock is incomplete: of %s only the binding to %s could be read", e.Address, e.ID)
	d.Hint = "nothing needs to be done; the next apply compares what is live and completes the line"
	return d
}
