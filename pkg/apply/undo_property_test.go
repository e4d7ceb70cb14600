package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// shown is what a service shows of every character: all that its table knows.
type shown map[string]diff.Doc

// look reads everything of one service, through its API.
func (w *world) look(vendor string) shown {
	w.Helper()
	e := w.engine()
	a := e.Accounts[vendor]
	var needs []need
	for remote, err := range a.Provider.List(context.Background(), defaultScope(a)) {
		if err != nil {
			w.Fatal(err)
		}
		needs = append(needs, need{id: remote.ID, paths: allPaths(a.Driver.Fields)})
	}
	found := make([]seen, len(needs))
	if _, err := e.observe(context.Background(), a, "observe", needs, func(i int, s seen) { found[i] = s }); err != nil {
		w.Fatal(err)
	}
	out := shown{}
	for i, s := range found {
		if s.err != nil || s.gone {
			w.Fatalf("%s: %v", needs[i].id, s.err)
		}
		delete(s.doc, "identifier") // chosen anew for each creation
		out[needs[i].id] = s.doc
	}
	return out
}

// lineOf is a document in one line, as it is compared.
func lineOf(d *providers.Driver, doc diff.Doc) string {
	var parts []string
	for _, rule := range d.Fields.Rules() {
		if v := rule.Canonical(doc[rule.Path]); v != nil && v != false {
			parts = append(parts, fmt.Sprintf("%s=%v", rule.Path, v))
		}
	}
	return strings.Join(parts, " ")
}

func allTexts(d *providers.Driver, s shown) string {
	var lines []string
	for _, doc := range s {
		lines = append(lines, lineOf(d, doc))
	}
	return sortedLines(lines)
}

// act is a run, with what was live before and after it.
type act struct {
	id            string
	before, after shown
	last          bool            // no run has written since
	bound         map[string]bool // what the lock binds before the undo
}

// TestPropertyUndo: after any sequence of applies and outside edits, undoing
// a run brings every field back that the run changed and nobody touched
// since; no other field moves, and a character with a later edit of such a
// field is left alone. Undoing the undo brings back what was there before it.
func TestPropertyUndo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		w.opts.Parallelism = 1 // so that the order in which characters are made repeats
		vendor := rapid.SampledFrom(vendors()).Draw(rt, "vendor")
		var acts []act
		cast := drawnCast{}
		for i := range rapid.IntRange(1, 3).Draw(rt, "runs") {
			for n := range 2 {
				name := fmt.Sprintf("npc-%d", n)
				switch {
				case rapid.IntRange(0, 4).Draw(rt, "leave out") == 0 && i > 0:
					if _, there := cast[name]; there {
						delete(cast, name)
						w.delete("characters/" + name + ".yaml")
					}
				case cast[name] == nil || rapid.Bool().Draw(rt, "edit manifest"):
					cast[name] = map[string]map[string]string{vendor: drawFields(rt, vendor)}
				}
			}
			w.writeCast(cast)
			before := w.look(vendor)
			r := w.apply(anything, overwrite, prune)
			if r.Failed+r.Skipped > 0 {
				rt.Fatal(w.explain(r))
			}
			if r.Wrote() {
				acts = append(acts, act{id: r.RunID, before: before, after: w.look(vendor)})
			}
			w.outsideEdits(rt)
		}
		if len(acts) == 0 {
			return
		}
		which := rapid.IntRange(max(0, len(acts)-2), len(acts)-1).Draw(rt, "which")
		a := acts[which]
		a.last, a.bound = which == len(acts)-1, map[string]bool{}
		for _, entry := range w.engine().Lock.Entries() {
			a.bound[entry.ID] = true
		}
		d := w.engine().Accounts[vendor].Driver
		now := w.look(vendor)
		r := w.undo(a.id, anything)
		if r.Failed > 0 {
			rt.Fatal(w.explain(r))
		}
		then := w.look(vendor)
		checkUndone(rt, d, a, now, then)
		if !r.Wrote() {
			return
		}
		if r := w.undo(r.RunID, anything); r.Failed+r.Skipped > 0 {
			rt.Fatalf("undoing the undo: %s", w.explain(r))
		}
		if got, want := allTexts(d, w.look(vendor)), allTexts(d, now); got != want {
			rt.Fatalf("after the undo of the undo:\n%s\nwant\n%s", got, want)
		}
	})
}

// checkUndone compares what is live after an undo with what it should be.
func checkUndone(rt *rapid.T, d *providers.Driver, a act, now, then shown) {
	made := map[string]bool{}
	for id := range then {
		if now[id] == nil {
			made[id] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(now)) {
		was, left := a.before[id], a.after[id]
		if left == nil { // the run had nothing to do with it
			sameDoc(rt, d, id, then[id], now[id])
			continue
		}
		if was == nil {
			checkUnmade(rt, d, id, left, now[id], then[id])
			continue
		}
		if !a.last && !a.bound[id] {
			continue // removed, and its name may be another character's by now
		}
		want := maps.Clone(now[id])
		conflict := false
		for _, rule := range d.Fields.Rules() {
			f, _ := d.Fields.Field(rule.Path)
			if rule.Equal(was[rule.Path], left[rule.Path]) || rule.Canonical(was[rule.Path]) == nil && !f.Clear.Can {
				continue
			}
			if moved := !rule.Equal(left[rule.Path], now[id][rule.Path]); moved && !rule.Equal(was[rule.Path], now[id][rule.Path]) {
				conflict = true
			}
			want[rule.Path] = was[rule.Path]
		}
		if conflict {
			want = now[id]
		}
		sameDoc(rt, d, id, then[id], want)
	}
	for _, id := range slices.Sorted(maps.Keys(a.before)) {
		if a.after[id] != nil || now[id] != nil {
			continue
		}
		if then[id] != nil { // from the archive, where somebody may have edited it
			want := maps.Clone(a.before[id])
			if v := then[id]["definition"]; v == "Edited elsewhere." {
				want["definition"] = v
			}
			sameDoc(rt, d, id, then[id], want)
			continue
		}
		if !a.last { // its name may be another character's by now
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(made)), func(new string) bool { return lineOf(d, then[new]) == lineOf(d, a.before[id]) }) {
			rt.Fatalf("%s was not created anew: %v\nwant %s", id, then, lineOf(d, a.before[id]))
		}
	}
}

// checkUnmade looks at a character that the run had made: it is gone, or
// hidden, unless somebody worked on it since.
func checkUnmade(rt *rapid.T, d *providers.Driver, id string, left, now, then diff.Doc) {
	if lineOf(d, left) != lineOf(d, now) {
		return // whether that was in a field of the run's is for other tests
	}
	switch {
	case !hidesOnly(d):
		if then != nil {
			rt.Fatalf("%s, which the run made, is still there", id)
		}
	case then["visibility"] != "private":
		rt.Fatalf("%s, which the run made, is %v", id, then["visibility"])
	default:
		want := maps.Clone(now)
		want["visibility"] = "private"
		sameDoc(rt, d, id, then, want)
	}
}

func sameDoc(rt *rapid.T, d *providers.Driver, id string, got, want diff.Doc) {
	if lineOf(d, got) != lineOf(d, want) {
		rt.Fatalf("%s holds\n%s\nwant\n%s", id, lineOf(d, got), lineOf(d, want))
	}
}
