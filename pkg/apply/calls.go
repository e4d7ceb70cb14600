package apply

import (
	"math"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// requestsOf are the writing calls that a change will make.
func requestsOf(a *Account, c *diff.Change) []diff.Request {
	switch c.Action {
	case diff.Create:
		return creationRequests(a, c)
	case diff.Update:
		return append(updateRequests(a, c), leftover(a, c)...)
	case diff.Replace:
		return append(creationRequests(a, c), request(a, "delete", c.ID, nil))
	case diff.Delete:
		return append([]diff.Request{request(a, "delete", c.ID, nil)}, leftover(a, c)...)
	case diff.Record:
		return leftover(a, c)
	}
	return nil
}

func updateRequests(a *Account, c *diff.Change) []diff.Request {
	var out []diff.Request
	if c.Restore {
		out = append(out, request(a, "restore", c.ID, nil))
	}
	if sends := c.Sends(); len(sends) > 0 {
		out = append(out, request(a, "update", c.ID, sends))
	}
	return out
}

func leftover(a *Account, c *diff.Change) []diff.Request {
	if c.Superseded == "" {
		return nil
	}
	return []diff.Request{request(a, "delete", c.Superseded, nil)}
}

func creationRequests(a *Account, c *diff.Change) []diff.Request {
	if c.CloneOf != "" {
		return []diff.Request{request(a, "clone", c.CloneOf, nil), request(a, "update", scopeID(a, c.Scope), c.Sends())}
	}
	first, late := splitCreation(a.Driver, c.Sends())
	out := []diff.Request{request(a, "create", c.Scope, first)}
	if len(late) > 0 {
		out = append(out, request(a, "update", scopeID(a, c.Scope), late))
	}
	return out
}

// scopeID is the id of a character that is not there yet, as far as it is
// known: the place alone.
func scopeID(a *Account, scope string) string { return a.Driver.JoinID(scope, "") }

// splitCreation tells what creation takes from what a second call must send.
func splitCreation(d *providers.Driver, fields []diff.FieldChange) (first, late []diff.FieldChange) {
	for _, f := range fields {
		if row, ok := d.Fields.Field(f.Path); ok && row.Late() {
			late = append(late, f)
		} else {
			first = append(first, f)
		}
	}
	return first, late
}

// describer is a provider that can say which request a call will send.
type describer interface {
	Describe(op, id string) (method, path string)
}

func request(a *Account, op, id string, fields []diff.FieldChange) diff.Request {
	r := diff.Request{Method: op}
	if known, ok := a.Provider.(describer); ok {
		r.Method, r.Path = known.Describe(op, id)
	}
	for _, f := range fields {
		r.Fields = append(r.Fields, f.Path)
	}
	return r
}

// countCalls fills in the requests of each change, and adds up what the
// account was and will be asked.
func (e *Engine) countCalls(w *accountPlan) (diff.Calls, bool) {
	if w.account == nil || w.account.Driver == nil || w.account.Err != nil {
		return diff.Calls{}, false
	}
	calls := diff.Calls{Target: w.instance, Made: w.made, Least: w.least}
	for _, c := range w.changes {
		if c == nil || len(c.Blocked) > 0 {
			continue
		}
		c.Requests = requestsOf(w.account, c)
		calls.Writes += len(c.Requests)
	}
	calls.Reads = e.expectedReads(w)
	if pace := w.account.Pace; pace.PerSecond > 0 {
		paced := max(0, calls.Writes+calls.Reads-pace.Burst)
		wait := time.Duration(math.Ceil(float64(paced)/pace.PerSecond)) * time.Second
		if wait > 0 {
			calls.Wait = wait.String()
		}
	}
	return calls, calls != diff.Calls{Target: w.instance}
}

// expectedReads is the number of reading requests that an apply will make: to
// see before each write that nothing moved, and to read back afterwards.
func (e *Engine) expectedReads(w *accountPlan) int {
	var changes []*diff.Change
	for _, c := range w.changes {
		if c != nil && len(c.Blocked) == 0 {
			changes = append(changes, c)
		}
	}
	total, n := e.boundIn(w.account), 0
	_, _, before := checkReadings(w.account.Driver, changes, total)
	for _, r := range before {
		n += r.requests()
	}
	_, after := verifyReadings(w.account.Driver, changes, total)
	for _, r := range after {
		n += r.requests()
	}
	return n + removalReads(w.account.Driver, changes, total) + restorationReads(changes)
}

// removalReads is the number of requests that check deletions.
func removalReads(d *providers.Driver, changes []*diff.Change, total map[string]int) int {
	deleted := map[string]int{}
	for _, c := range changes {
		if c.Action == diff.Delete {
			deleted[scopeOf(d, c)]++
		}
	}
	n := 0
	for scope, count := range deleted {
		pages := pagesOf(d, total[scope])
		if hidesOnly(d) {
			pages = min(pages, count)
		}
		n += pages
		if d.Manner == providers.Forgets { // archiving sends the whole character back
			n += count
		}
	}
	return n
}
