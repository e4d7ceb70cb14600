package apply

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
)

// TestFollowedNames: accounts must agree on who was whom. Each word is
// new<old@target, a rename that one account has found.
func TestFollowedNames(t *testing.T) {
	for found, want := range map[string]map[string]string{
		"":                              {},
		"mira<old@alakazam":             {"mira": "old"},
		"mira<old@a mira<old@b":         {"mira": "old"},
		"mira<old@a mira<other@b":       {}, // one was two
		"mira<old@a tam<old@b":          {}, // two were one
		"mira<old@a tam<other@a":        {"mira": "old", "tam": "other"},
		"a<b@x b<a@x":                   {"a": "b", "b": "a"},
		"a<b@x a<c@y d<b@z e<f@x e<f@y": {"e": "f"},
	} {
		byTarget := map[string]*accountPlan{}
		for _, word := range strings.Fields(found) {
			to, rest, _ := strings.Cut(word, "<")
			from, target, _ := strings.Cut(rest, "@")
			w := byTarget[target]
			if w == nil {
				w = &accountPlan{instance: target, renamed: map[diff.Address]*Entry{}}
				byTarget[target] = w
			}
			w.renamed[diff.Address{Name: to, Target: target}] = &Entry{Address: diff.Address{Name: from, Target: target}}
		}
		if d := cmp.Diff(want, followed(sortedWork(byTarget))); d != "" {
			t.Errorf("%q (-want +got):\n%s", found, d)
		}
	}
}

// TestRenamedAndEditedEverywhere is another character: nothing tells that it
// is the old one.
func TestRenamedAndEditedEverywhere(t *testing.T) {
	w := newWorld(t)
	w.manifest("old", map[string]string{"name": "Mira"}, map[string]string{"alakazam": "persona: Kind.", "npcbuilder": "description: Kind."})
	w.applied("Applied: 2 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.delete("characters/old.yaml")
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"alakazam": "persona: Stern.", "npcbuilder": "description: Stern."})
	p := w.plan(func(o *Options) { o.Prune = true; o.Allow = map[string]bool{guardMaxDeletes: true} })
	if c := p.Counts(); c.Create != 2 || c.Delete != 2 || c.Update != 0 {
		t.Errorf("%+v, want two to create and two to delete", c)
	}
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"alakazam": "persona: Kind.", "npcbuilder": "description: Stern."})
	p = w.plan(func(o *Options) { o.Prune = true })
	if c := p.Counts(); c.Create+c.Delete != 0 || c.Update != 1 || len(p.Changes) != 2 || p.Changes[1].RenamedFrom != "old" {
		t.Errorf("%+v, want one update of a renamed one", c)
	}
}

// TestRenamedAndALittleEdited is the old character: what a merge makes of a
// branch that renames a manifest and one that edits it.
func TestRenamedAndALittleEdited(t *testing.T) {
	fields := map[string]string{"name": "Mira", "greeting": "Come in.", "persona": "Kind.", "scene": "An inn."}
	w := newWorld(t)
	w.manifest("old", fields, map[string]string{"alakazam": "", "npcbuilder": "description: Kind."})
	w.applied("Applied: 2 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.delete("characters/old.yaml")
	edited := maps.Clone(fields)
	edited["scene"] = "A burnt inn."
	w.manifest("mira", edited, map[string]string{"alakazam": "", "npcbuilder": "description: Stern."})
	prune := func(o *Options) { o.Prune = true; o.Allow = map[string]bool{guardMaxDeletes: true} }
	p := w.plan(prune)
	if c := p.Counts(); c.Create+c.Delete != 0 || c.Update != 2 || p.Changes[0].RenamedFrom != "old" || p.Changes[1].RenamedFrom != "old" {
		t.Errorf("%+v, want two updates of a renamed one", c)
	}
	// Two manifests that are as much like it are none of them the old one, and
	// no more is one of another display name, or of which half is new.
	w.manifest("tam", edited, map[string]string{"alakazam": ""})
	if c := w.plan(prune).Counts(); c.Create != 3 || c.Delete != 2 {
		t.Errorf("%+v, want three to create and two to delete", c)
	}
	w.delete("characters/tam.yaml")
	for path, text := range map[string]string{"name": "Tam", "greeting": "Out."} {
		other := maps.Clone(edited)
		other[path] = text
		w.manifest("mira", other, map[string]string{"alakazam": "", "npcbuilder": "description: Stern."})
		if c := w.plan(prune).Counts(); c.Create != 2 || c.Delete != 2 {
			t.Errorf("%s: %+v, want two to create and two to delete", path, c)
		}
	}
}

// TestRenamedAndGone is made anew under its new name, and the lock keeps nothing
// of the old one: a next rename would find two old names.
func TestRenamedAndGone(t *testing.T) {
	for vendor, target := range map[string]string{"convai": "voiceType: US FEMALE 1", "npcbuilder": "", "alakazam": "", "characterai": ""} {
		fields := map[string]string{"name": "Mira", "greeting": "Come in.", "persona": "Kind.", "description": "An inn."}
		targets := map[string]string{vendor: target}
		w := newWorld(t)
		w.manifest("old", fields, targets)
		w.apply()
		if err := w.srv.Remove(vendor, w.id("old", vendor)); err != nil {
			t.Fatal(err)
		}
		w.delete("characters/old.yaml")
		w.manifest("mira", fields, targets)
		w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
		if left := openLock(t, w.lockPath()).Show("old"); len(left) > 0 {
			t.Errorf("%s: the lock still holds %+v", vendor, left)
		}
		id := w.id("mira", vendor)
		w.delete("characters/mira.yaml")
		w.manifest("tam", fields, targets)
		w.applied("Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", prune)
		if got := w.id("tam", vendor); got != id {
			t.Errorf("%s: tam is %s, and mira was %s", vendor, got, id)
		}
	}
}

// TestRenamedAndGoneAppliedTwice: a frozen plan that makes it anew under its new
// name is applied by a job that runs again, with the lock of before.
func TestRenamedAndGoneAppliedTwice(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			name := openLock(t, w.lockPath()).Entries()[0].Name
			if err := w.srv.Remove(s.vendor, w.id(name, s.vendor)); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(filepath.Join(w.dir, "characters", name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			w.delete("characters/" + name + ".yaml")
			w.write("characters/tam.yaml", strings.Replace(string(text), "metadata: {name: "+name, "metadata: {name: tam", 1))
			before, frozen := w.lockText(), w.freeze(w.plan())
			again := func(o *Options) { o.Frozen = true }
			if r := w.execute(frozen, again); r.Created != 1 {
				t.Fatal(w.explain(r))
			}
			w.write("charsync.lock", before)
			w.forgetRuns()
			if r := w.execute(frozen, again); r.Failed+r.Skipped > 0 {
				t.Fatal(w.explain(r))
			}
			if n := len(w.live(s.vendor)); n != 1 {
				t.Errorf("%d characters", n)
			}
		})
	}
}

// TestRenamedFromOneOfTwo: of two bindings without a manifest that say the same,
// the one that a run changed last is the old name. Neither would be the worst.
func TestRenamedFromOneOfTwo(t *testing.T) {
	fields := map[string]string{"name": "Mira", "greeting": "Come in.", "persona": "Kind."}
	w := newWorld(t)
	for _, name := range []string{"b", "a", "c"} {
		w.manifest(name, fields, map[string]string{"alakazam": ""})
		w.now = w.now.Add(time.Minute)
		w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Allow = map[string]bool{guardSameText: true, "duplicate": true} })
	}
	id := w.id("c", "alakazam")
	for _, name := range []string{"a", "b", "c"} {
		w.delete("characters/" + name + ".yaml")
	}
	w.manifest("mira", fields, map[string]string{"alakazam": ""})
	p := w.plan(prune)
	if c := p.Counts(); c.Create > 0 || c.Delete != 2 {
		t.Errorf("%+v", c)
	}
	for _, c := range p.Changes {
		if c.RenamedFrom != "" && c.ID != id {
			t.Errorf("renamed from %s, want c", c.RenamedFrom)
		}
	}
}
