package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// verdicts are what validation found about each character, kept so that one
// change is validated alone. Two manifests that name one live character are
// judged together: the finding about one may go away with the other.
type verdicts struct {
	found  map[string][]spec.Diagnostic // by character
	wrong  map[string]bool              // those with an error
	claims map[string]map[string]bool   // the last part of a live character's id to the manifests that name it
	ids    map[string][]string          // by character: what it claims
}

func newVerdicts() *verdicts {
	return &verdicts{found: map[string][]spec.Diagnostic{}, wrong: map[string]bool{}, claims: map[string]map[string]bool{}, ids: map[string][]string{}}
}

// together gives names and all that must be judged with them: characters
// that claim what one of them claims now, or claimed before, or is bound to.
func (v *verdicts) together(w *world, names []string) []string {
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
		v.meet(all, v.ids[name])
		now := idsOf(w.follower.Find(name))
		v.claim(name, now)
		for _, e := range w.bindings(name) {
			now = append(now, lastPart(e.ID))
		}
		v.meet(all, now)
	}
	return slices.Sorted(maps.Keys(all))
}

func (v *verdicts) meet(all map[string]bool, ids []string) {
	for _, id := range ids {
		maps.Copy(all, v.claims[id])
	}
}

func (v *verdicts) claim(name string, ids []string) {
	for _, id := range v.ids[name] {
		delete(v.claims[id], name)
		if len(v.claims[id]) == 0 {
			delete(v.claims, id)
		}
	}
	delete(v.ids, name)
	if len(ids) == 0 {
		return
	}
	v.ids[name] = ids
	for _, id := range ids {
		if v.claims[id] == nil {
			v.claims[id] = map[string]bool{}
		}
		v.claims[id][name] = true
	}
}

// idsOf are the live characters that a manifest names, without their places:
// how these are written may differ.
func idsOf(c *spec.Character) []string {
	var ids []string
	if c != nil {
		for i := range c.Targets {
			if id := c.Targets[i].ID.Text(); id != "" {
				ids = append(ids, lastPart(id))
			}
		}
	}
	return ids
}

func lastPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// put takes in what was found about some characters, in place of what was
// found about them before. It returns those that had an error and have none.
func (v *verdicts) put(set *spec.Set, names []string, found []spec.Diagnostic) (sound []string) {
	before := map[string]bool{}
	for _, name := range names {
		before[name] = v.wrong[name]
		delete(v.found, name)
		delete(v.wrong, name)
	}
	for _, d := range found {
		name := d.Character
		if name == "" {
			name = standsIn(set, d.Pos)
		}
		v.found[name] = append(v.found[name], d)
		if d.Severity == spec.Error {
			v.wrong[name] = true
		}
	}
	for _, name := range names {
		if before[name] && !v.wrong[name] {
			sound = append(sound, name)
		}
	}
	return sound
}

// standsIn is the character in whose document a place is; "" for none.
func standsIn(set *spec.Set, at spec.Pos) string {
	name, line := "", 0
	for _, c := range set.Characters {
		if c.Pos.File == at.File && c.Pos.Line <= at.Line && c.Pos.Line > line {
			name, line = c.Name, c.Pos.Line
		}
	}
	return name
}

// standing are the errors about all characters, and whatever was found about
// some.
func (v *verdicts) standing(names []string) []spec.Diagnostic {
	some := map[string]bool{}
	for _, name := range names {
		some[name] = true
	}
	var out []spec.Diagnostic
	for _, name := range names {
		out = append(out, v.found[name]...)
	}
	for name := range v.wrong {
		if !some[name] {
			out = append(out, only(v.found[name], spec.Error)...)
		}
	}
	return out
}
