package apply

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// findRenamed matches names that went with names that came: first those that
// say exactly the same, then those that stand at the same place and say much
// the same. A match must be the only one on both sides.
func (c *comparison) findRenamed() {
	c.from, c.gone = map[string]string{}, map[string]bool{}
	var came, went []*spec.Character
	for _, now := range c.engine.Set.Characters {
		if c.base.Set.Find(now.Name) == nil && !c.base.Set.Unclear(now.Name, now.Pos.File) {
			came = append(came, now)
		}
	}
	for _, was := range c.base.Set.Characters {
		if !c.engine.Set.Unclear(was.Name, was.Pos.File) && c.engine.Set.Find(was.Name) == nil {
			went = append(went, was)
		}
	}
	c.match(came, went, content)
	place := func(x *spec.Character) string { return diff.Digest([]any{x.Pos.File, float64(x.Doc)}) }
	c.match(came, went, place)
}

// match pairs what has equal keys, of those that are not matched yet.
func (c *comparison) match(came, went []*spec.Character, key func(*spec.Character) string) {
	sides := map[string]*[2][]*spec.Character{}
	add := func(side int, list []*spec.Character, taken func(string) bool) {
		for _, x := range list {
			if taken(x.Name) {
				continue
			}
			k := key(x)
			if sides[k] == nil {
				sides[k] = &[2][]*spec.Character{}
			}
			sides[k][side] = append(sides[k][side], x)
		}
	}
	add(0, came, func(name string) bool { return c.from[name] != "" })
	add(1, went, func(name string) bool { return c.gone[name] })
	for _, s := range sides {
		if len(s[0]) == 1 && len(s[1]) == 1 && kindred(s[0][0], s[1][0]) {
			c.from[s[0][0].Name] = s[1][0].Name
			c.gone[s[1][0].Name] = true
		}
	}
}

// content is everything that a manifest says of a character beside its name,
// its labels and its protection.
func content(x *spec.Character) string {
	targets := map[string]any{}
	for i := range x.Targets {
		t := &x.Targets[i]
		targets[t.Instance] = []any{plainFields(t.Fields), t.ID.V, t.CloneFrom.V, t.KB.V, composed(t.Compose)}
	}
	return diff.Digest([]any{plainFields(x.Fields), targets})
}

func plainFields(fields spec.Fields) map[string]any {
	out := make(map[string]any, len(fields))
	for key, f := range fields {
		out[key] = f.V
	}
	return out
}

func composed(compose map[spec.Path][]spec.Path) any {
	data, err := json.Marshal(compose) // keys of maps are sorted
	if err != nil {                    // strings always encode
		return nil
	}
	return string(data)
}

// kindred reports whether two characters have at least half of their fields in
// common: then the one was made of the other.
func kindred(a, b *spec.Character) bool {
	same, all := 0, 0
	count := func(x, y spec.Fields) {
		for _, key := range slices.Sorted(maps.Keys(x)) {
			all++
			if other, ok := y[key]; ok && diff.Digest(x[key].V) == diff.Digest(other.V) {
				same++
			}
		}
		for key := range y {
			if _, ok := x[key]; !ok {
				all++
			}
		}
	}
	count(a.Fields, b.Fields)
	for i := range a.Targets {
		if t := b.Target(a.Targets[i].Instance); t != nil {
			count(a.Targets[i].Fields, t.Fields)
		}
	}
	return same*2 >= all
}

// isSame reports whether a plan takes one pair for the other under a new name:
// everything that is managed is equal, or most of it.
func isSame(q, was *pair) bool {
	if q.account.Driver.Name != was.account.Driver.Name {
		return false
	}
	rules := q.account.rules()
	return len(fieldsAgainst(q, was)) == 0 || alikeIn(rules, digestsOf(rules, was.whole.Doc), digestsOf(rules, q.whole.Doc))
}
