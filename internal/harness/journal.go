package harness

import (
	"fmt"
	"strings"
	"sync"

	"github.com/charsync/charsync/internal/sandbox"
)

// deed is one write as the store saw it.
type deed struct {
	run    int    // the run of charsync it came in; 0 is out of band
	by     string // the request, or who did it
	vendor string
	id     string // the character it made, changed or removed
	kind   string // create, update, remove, nothing
	keys   []string
	before map[string]any
	after  map[string]any
	body   map[string]any
	source bool // the request was to make a character of another one
	lets   bool // charsync was letting the character go, by its lock
}

func (d deed) String() string {
	return fmt.Sprintf("run %d: %s %s %s [%s] by %s", d.run, d.kind, d.vendor, d.id, strings.Join(d.keys, " "), d.by)
}

// journal is every write, in the order in which they were carried out.
type journal struct {
	mu    sync.Mutex
	run   int
	deeds []deed
}

func (j *journal) begin() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.run++
	return j.run
}

func (j *journal) add(d deed) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if d.run < 0 {
		d.run = j.run
	}
	j.deeds = append(j.deeds, d)
}

func (j *journal) all() []deed {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]deed(nil), j.deeds...)
}

// of gives the deeds of one run of charsync.
func (j *journal) of(run int) []deed {
	var out []deed
	for _, d := range j.all() {
		if d.run == run {
			out = append(out, d)
		}
	}
	return out
}

// note finds out what a write did. It is called with carry held.
func (g *gate) note(x *exchange, before map[string]sandbox.Stored) {
	after := g.stored(x.vendor)
	d := deed{run: -1, by: x.String(), vendor: x.vendor, id: x.id, kind: "nothing", body: object(x.body), lets: x.lets, source: x.source}
	changes := 0
	for id, now := range after {
		was, there := before[id]
		switch {
		case !there:
			d.kind, d.id, d.after = "create", id, now.Doc
			changes++
		case !now.Updated.Equal(was.Updated) || len(changedKeys(was.Doc, now.Doc)) > 0:
			d.kind, d.id, d.before, d.after = "update", id, was.Doc, now.Doc
			d.keys = changedKeys(was.Doc, now.Doc)
			changes++
		}
	}
	for id, was := range before {
		if _, there := after[id]; !there {
			d.kind, d.id, d.before = "remove", id, was.Doc
			changes++
		}
	}
	if changes > 1 {
		g.complain(fmt.Sprintf("%s changed %d characters at once", x, changes))
	}
	g.journal.add(d)
}
