package apply

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
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

// branches is what a union of two branches leaves of one pair: the line of
// the run that applied the first greeting, and that of the second, which is
// live.
func (w *world) branches(first, second string) {
	w.Helper()
	greet := func(text string) string {
		w.manifest("ada", map[string]string{"name": "Ada", "greeting": text}, map[string]string{"alakazam": ""})
		w.now = w.now.Add(time.Minute)
		if r := w.apply(); r.Failed+r.Skipped > 0 {
			w.Fatal(r.Summary())
		}
		_, line, _ := strings.Cut(w.lockText(), "\n")
		return line
	}
	greet("Hello.")
	base := w.lockText()
	one := greet(first)
	w.write("charsync.lock", base)
	w.edit("alakazam", w.id("ada", "alakazam"), map[string]any{"greeting": "Hello."})
	two := greet(second)
	w.write("charsync.lock", "{\"charsync_lock\":1}\n"+two+one) // the earlier run stands lower
}

// TestTheLaterRunIsWhatWasApplied: after a merge, what the later run applied
// is no drift, and the merged edit is written, also where drift is only
// reported.
func TestTheLaterRunIsWhatWasApplied(t *testing.T) {
	w := newWorld(t)
	w.opts.Policy = spec.Policy{Drift: spec.DriftReport, Conflict: spec.ConflictFail, MaxChanges: spec.Percent(100), MaxDeletes: spec.Percent(100)}
	w.branches("Good day.", "Good evening.")
	w.manifest("ada", map[string]string{"name": "Ada", "greeting": "Good day."}, map[string]string{"alakazam": ""})
	if p, err := w.engine().Drift(context.Background()); err != nil || p.Counts().Drifted > 0 {
		t.Errorf("%v %+v", err, p.Changes)
	}
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
}

// TestNeitherIsLive: nobody knows what was applied last, so somebody is asked.
func TestNeitherIsLive(t *testing.T) {
	w := newWorld(t)
	w.branches("Good day.", "Good evening.")
	w.edit("alakazam", w.id("ada", "alakazam"), map[string]any{"greeting": "Hi there."})
	if p := w.plan(); p.Counts().Conflict != 1 || p.Counts().Update != 0 {
		t.Fatalf("%+v", p.Changes)
	}
	w.edit("alakazam", w.id("ada", "alakazam"), map[string]any{"greeting": "Good day."})
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.") // to the second, which the manifest says
	w.empty()
}

// TestMergedAndUnchanged: what a merge left twice is brought to one line.
func TestMergedAndUnchanged(t *testing.T) {
	w := newWorld(t)
	w.branches("Good day.", "Good evening.")
	p := w.plan()
	if len(p.Changes) != 1 || p.Changes[0].Action != diff.Record || !p.Empty() {
		t.Fatalf("%+v", p.Changes)
	}
	w.applied("Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	if lines := strings.Count(w.lockText(), "\n"); lines != 2 {
		t.Errorf("%s", w.lockText())
	}
	w.empty()
}
