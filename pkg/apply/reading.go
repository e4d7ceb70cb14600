package apply

import (
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// need is a character that is to be read, and the fields that must be seen.
// Fields that the vendor never shows ask for nothing.
type need struct {
	id    string
	paths []spec.Path
}

// reading says which requests show the needs of one place with the fewest
// calls. It follows from the field table and the number of characters alone.
type reading struct {
	scope    string
	list     bool  // read the list
	mustList bool  // because some field is shown nowhere else
	gets     []int // needs that one get each is for
	pages    int   // list requests expected
}

// requests is the number of calls that the reading takes.
func (r reading) requests() int {
	n := len(r.gets)
	if r.list {
		n += r.pages
	}
	return n
}

// pagesOf is the number of list requests that show total characters.
func pagesOf(d *providers.Driver, total int) int {
	if d.ListPage <= 0 || total <= d.ListPage {
		return 1
	}
	return (total + d.ListPage - 1) / d.ListPage
}

// planReading finds the cheapest reading of the needs, which all live in one
// place that holds about total characters. Where list and gets cost the same,
// gets are taken: they read nothing but what is asked for.
func planReading(d *providers.Driver, scope string, needs []need, of []int, total int) reading {
	r := reading{scope: scope, pages: pagesOf(d, max(total, len(of)))}
	var either []int
	for _, i := range of {
		listed, gotten := d.Fields.Listed(needs[i].paths), d.Fields.Gotten(needs[i].paths)
		if !gotten {
			r.mustList = true
		}
		if !listed {
			r.gets = append(r.gets, i)
		} else if gotten {
			either = append(either, i)
		}
	}
	r.list = r.mustList || r.pages < len(either)
	if !r.list {
		r.gets = append(r.gets, either...)
	}
	return r
}

// byScope sorts needs by the place where their characters live.
func byScope(d *providers.Driver, needs []need) (scopes []string, of map[string][]int) {
	of = map[string][]int{}
	for i, n := range needs {
		scope, _ := d.SplitID(n.id)
		if _, known := of[scope]; !known {
			scopes = append(scopes, scope)
		}
		of[scope] = append(of[scope], i)
	}
	return scopes, of
}

// boundIn counts the characters of an instance in each place, by the lock: an
// estimate of what a list will show.
func (e *Engine) boundIn(a *Account) map[string]int {
	count := map[string]int{}
	for place, n := range e.Lock.Bound(a.Instance.Name) {
		scope, _ := a.Driver.SplitID(place + "/")
		count[scope] += n
	}
	return count
}
