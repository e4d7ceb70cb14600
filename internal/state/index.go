package state

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// Live is a live character: the driver of its service, and its id there.
type Live struct{ Provider, ID string }

// index finds entries without looking through all of them.
type index struct {
	targets map[string][]string       // by name
	holders map[Live][]diff.Address   // of bound entries
	places  map[string]map[string]int // target, then what stands before the last / of an id, to the number bound there
}

// indexed gives the index, which is made on first use. It is called with the
// lock held.
func (l *Lock) indexed() *index {
	if l.index == nil {
		l.index = &index{
			targets: make(map[string][]string, len(l.entries)), holders: make(map[Live][]diff.Address, len(l.entries)),
			places: map[string]map[string]int{},
		}
		for _, e := range l.entries {
			l.index.add(e)
		}
	}
	return l.index
}

// store puts an entry in the place of the one before, and discard removes it.
// They are the only ones that change entries, with the lock held.
func (l *Lock) store(e Entry) {
	l.discard(e.Address)
	l.entries[e.Address] = e
	if l.index != nil {
		l.index.add(e)
	}
}

func (l *Lock) discard(a diff.Address) {
	if e, ok := l.entries[a]; ok && l.index != nil {
		l.index.remove(e)
	}
	delete(l.entries, a)
}

func (x *index) add(e Entry) {
	x.targets[e.Name] = append(x.targets[e.Name], e.Target)
	if e.ID == "" {
		return
	}
	key := Live{e.Provider, e.ID}
	x.holders[key] = append(x.holders[key], e.Address)
	if x.places[e.Target] == nil {
		x.places[e.Target] = map[string]int{}
	}
	x.places[e.Target][placeOf(e.ID)]++
}

func (x *index) remove(e Entry) {
	takeFrom(x.targets, e.Name, e.Target)
	if e.ID == "" {
		return
	}
	key := Live{e.Provider, e.ID}
	takeFrom(x.holders, key, e.Address)
	x.places[e.Target][placeOf(e.ID)]--
}

// takeFrom removes one of the values that stand under a key. They are few.
func takeFrom[K, V comparable](m map[K][]V, key K, one V) {
	m[key] = slices.DeleteFunc(m[key], func(v V) bool { return v == one })
	if len(m[key]) == 0 {
		delete(m, key)
	}
}

// placeOf is what stands before the last / of an id: where a character lives
// at services that have such places.
func placeOf(id string) string { return id[:max(strings.LastIndexByte(id, '/'), 0)] }

// Holders are the pairs that the lock binds to a live character, in order.
func (l *Lock) Holders(key Live) []diff.Address {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.indexed().holders[key])
	slices.SortFunc(out, diff.Address.Compare)
	return out
}

// Bound counts the live characters of a target by place, which is what stands
// before the last / of an id.
func (l *Lock) Bound(target string) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.indexed().places[target])
}
