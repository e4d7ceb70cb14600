package apply

import (
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// writes reports a change after which values are read back.
func writes(c *diff.Change) bool {
	switch c.Action {
	case diff.Create, diff.Update, diff.Replace:
		return true
	}
	return false
}

// sentPaths are the fields that are looked for after the write.
func sentPaths(c *diff.Change) []spec.Path {
	var paths []spec.Path
	for _, f := range c.Fields {
		if f.Send || c.Action == diff.Create && f.Class != diff.Released {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// scopeOf is the place where a change happens.
func scopeOf(d *providers.Driver, c *diff.Change) string {
	if c.Action == diff.Update || c.Action == diff.Delete {
		scope, _ := d.SplitID(c.ID)
		return scope
	}
	return c.Scope
}

// verifyReadings says how the written characters are read back.
func verifyReadings(d *providers.Driver, changes []*diff.Change, total map[string]int) (of []int, readings []reading) {
	var needs []need
	within := map[string][]int{}
	var scopes []string
	for i, c := range changes {
		if !writes(c) || !readableAmong(d.Fields, sentPaths(c)) {
			continue
		}
		scope := scopeOf(d, c)
		if _, known := within[scope]; !known {
			scopes = append(scopes, scope)
		}
		within[scope] = append(within[scope], len(needs))
		needs = append(needs, need{id: c.ID, paths: sentPaths(c)})
		of = append(of, i)
	}
	for _, scope := range scopes {
		created := 0
		for _, n := range within[scope] {
			if changes[of[n]].Action == diff.Create {
				created++
			}
		}
		readings = append(readings, planReading(d, scope, needs, within[scope], total[scope]+created))
	}
	return of, readings
}

// chooseReadBack decides for each change whether it is read back singly, by
// the list when all is written, or both.
func (ar *accountRun) chooseReadBack() {
	of, readings := verifyReadings(ar.account.Driver, ar.changes(), ar.engine.boundIn(ar.account))
	inScope := map[string]reading{}
	for _, r := range readings {
		for _, n := range r.gets {
			ar.items[of[n]].mustGet = true
		}
		inScope[r.scope] = r
	}
	for _, i := range of {
		it := ar.items[i]
		r := inScope[scopeOf(ar.account.Driver, it.Change)]
		it.later = r.list && (!it.mustGet || !ar.account.Driver.Fields.Gotten(sentPaths(it.Change)))
	}
}
