package apply

import (
	"context"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
)

// merged is what a union of two branches leaves: an entry under another name
// for a character that is bound already.
func (w *world) merged(from, to, target string) {
	w.Helper()
	l := openLock(w, w.lockPath())
	entry, ok := l.Entry(diff.Address{Name: from, Target: target})
	if !ok {
		w.Fatalf("%s is not bound", from)
	}
	entry.Name = to
	if err := l.Put(entry); err != nil {
		w.Fatal(err)
	}
	if err := l.Finish(); err != nil {
		w.Fatal(err)
	}
}

// TestStaleNameIsForgotten: a name that no manifest has, whose live character
// a manifest's binding holds, is no orphan and nothing is deleted by it.
func TestStaleNameIsForgotten(t *testing.T) {
	for name, act := range map[string]func(*world) *Result{
		"apply":         func(w *world) *Result { return w.apply() },
		"apply --prune": func(w *world) *Result { return w.apply(func(o *Options) { o.Prune = true }) },
		"destroy of the stale name": func(w *world) *Result {
			return w.destroyed(func(o *Options) { o.Selection.Names = []string{"ada"} })
		},
		"apply of the character": func(w *world) *Result {
			return w.apply(func(o *Options) { o.Selection.Names = []string{"adalind"} })
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.manifest("adalind", map[string]string{"name": "Ada"}, map[string]string{"alakazam": "", "npcbuilder": ""})
			w.applied("Applied: 2 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
			w.merged("adalind", "ada", "alakazam")
			w.merged("adalind", "ada", "npcbuilder")
			p := w.plan(func(o *Options) { o.Prune = true })
			if len(p.Orphans) > 0 || p.Counts() != (diff.Counts{}) || len(p.Changes) != 2 || !strings.Contains(p.Changes[0].Reason, "adalind") {
				t.Fatalf("%+v %+v", p.Orphans, p.Changes)
			}
			w.requests()
			if r := act(w); r.Summary() != "Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped." {
				t.Fatal(r.Summary(), w.explain(r))
			}
			if sent := w.writes(); len(sent) > 0 {
				t.Errorf("sent: %v", sent)
			}
			if entries := openLock(t, w.lockPath()).Show("ada"); len(entries) > 0 {
				t.Errorf("still there: %+v", entries)
			}
			w.empty(func(o *Options) { o.Prune = true })
		})
	}
}

// destroyed destroys what is selected.
func (w *world) destroyed(change ...func(*Options)) *Result {
	w.Helper()
	e := w.engine(change...)
	p, err := e.Destroy(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	r, err := e.Apply(context.Background(), p)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// TestDestroyTakesTheStaleNameAlong: the character is deleted once, by the
// name that its manifest has, and both names are forgotten.
func TestDestroyTakesTheStaleNameAlong(t *testing.T) {
	w := newWorld(t)
	w.manifest("adalind", map[string]string{"name": "Ada"}, map[string]string{"convai": `voiceType: "US MALE 1", backstory: Keeps the inn.`})
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.merged("adalind", "ada", "convai")
	if r := w.destroyed(); r.Deleted != 1 || r.Failed+r.Skipped > 0 {
		t.Fatal(r.Summary(), w.explain(r))
	}
	if l := openLock(t, w.lockPath()); l.Len() > 0 {
		t.Errorf("%+v", l.Entries())
	}
}

// TestTwoStaleNames: both branches have renamed it, and the merge took a third
// name, or removed it. It is one character all the same.
func TestTwoStaleNames(t *testing.T) {
	fields, targets := map[string]string{"name": "Ada"}, map[string]string{"alakazam": ""}
	w := newWorld(t)
	w.manifest("ada", fields, targets)
	w.manifest("bob", map[string]string{"name": "Bob"}, targets)
	w.applied("Applied: 2 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	id := w.id("ada", "alakazam")
	w.merged("ada", "adele", "alakazam")
	w.delete("characters/ada.yaml")
	if p := w.plan(func(o *Options) { o.Prune = true }); p.Counts().Delete != 1 || len(p.Changes) != 2 {
		t.Fatalf("%+v", p.Changes)
	}
	if p := w.plan(); len(p.Orphans) != 1 {
		t.Fatalf("%+v", p.Orphans)
	}
	w.manifest("adalind", fields, targets)
	w.applied("Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Prune = true })
	if l := openLock(t, w.lockPath()); l.Len() != 2 || w.id("adalind", "alakazam") != id {
		t.Errorf("%+v", l.Entries())
	}
	w.empty(func(o *Options) { o.Prune = true })
}
