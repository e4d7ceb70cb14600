package apply

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
)

func anything(o *Options) {
	o.Allow = map[string]bool{}
	for _, g := range Guards() {
		o.Allow[g] = true
	}
}

func overwrite(o *Options) { o.Policy.Conflict = "overwrite" }

// undoing plans to undo a run; "" is the latest that wrote.
func (w *world) undoing(id string, change ...func(*Options)) (*Engine, *diff.Plan) {
	w.Helper()
	e := w.engine(change...)
	e.Set = nil
	var run *Run
	var err error
	if id == "" {
		run, err = LastWriting(e.Options.RunDir)
	} else {
		run, err = ReadRun(e.Options.RunDir, id)
	}
	if err != nil {
		w.Fatal(err)
	}
	p, err := e.Undo(context.Background(), run)
	if err != nil {
		w.Fatal(err)
	}
	return e, p
}

// undo undoes a run, as another process would: by a frozen plan.
func (w *world) undo(id string, change ...func(*Options)) *Result {
	w.Helper()
	e, p := w.undoing(id, change...)
	if !p.Complete {
		w.Fatalf("the undo is not complete: %+v", p.Diagnostics)
	}
	r, err := e.Apply(context.Background(), w.freeze(p))
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// undone undoes a run and insists on the last line.
func (w *world) undone(id, want string, change ...func(*Options)) *Result {
	w.Helper()
	r := w.undo(id, change...)
	if got := r.Summary(); got != want {
		w.Fatalf("%s\nwant %s\n%s", got, want, w.explain(r))
	}
	return r
}

// held is what a service holds of the one character that can be read.
func (w *world) held(vendor string) string {
	w.Helper()
	var docs []string
	for _, c := range w.live(vendor) {
		if c.Doc["archived"] == true {
			continue
		}
		delete(c.Doc, "archived")
		for key := range c.Doc {
			if strings.Contains(key, "updated") || strings.Contains(key, "timestamp") {
				delete(c.Doc, key)
			}
		}
		for _, key := range []string{"allow_dynamic_greeting", "dynamic_greeting_enabled", "model_variant"} {
			delete(c.Doc, key) // shown by default, and stored once the whole was sent back
		}
		data, err := json.Marshal(c.Doc)
		if err != nil {
			w.Fatal(err)
		}
		docs = append(docs, string(data))
	}
	slices.Sort(docs)
	return strings.Join(docs, "\n")
}

// Undoing an update puts back what was there, to the byte of every field; the
// manifest then is ahead, and nothing is called drift. Undoing that undo does
// what the run had done.
func TestUndoUpdate(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{"bystander": "kept"})
			before, lock := w.held(s.vendor), w.lockText()
			s.with(w, "File text.")
			w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
			after := w.held(s.vendor)
			w.undone("", "Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
			if got := w.held(s.vendor); got != before {
				t.Errorf("after the undo: %s\nwant %s", got, before)
			}
			p := w.plan()
			if len(p.Changes) != 1 || len(p.Changes[0].Fields) != 1 || p.Changes[0].Fields[0].Class != diff.Yours {
				t.Errorf("the next plan: %+v", p.Changes)
			}
			s.with(w, "Base text.") // as reverting the commit would
			w.empty()
			if got := stripRevision(w.lockText()); got != stripRevision(lock) {
				t.Errorf("the lock: %s\nwant %s", got, lock)
			}
			w.undone("", "Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
			if got := w.held(s.vendor); got != after {
				t.Errorf("after the undo of the undo: %s\nwant %s", got, after)
			}
			s.with(w, "File text.")
			w.empty()
		})
	}
}

// stripRevision takes out of a lock what every run changes.
func stripRevision(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		head, _, _ := strings.Cut(line, `,"rev":`)
		b.WriteString(strings.TrimSpace(head) + "\n")
	}
	return b.String()
}

// An edit made after the run is a conflict: it is shown, and nothing of that
// character is written, unless the policy says so. Other characters go on.
func TestRegressionRollbackClobbers(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			other := map[string]string{"name": "Olga", "greeting": "Hello there.", "description": "One.", "persona": "One."}
			both := func(mira, olga string) {
				s.with(w, mira)
				other["description"], other["persona"] = olga, olga
				w.manifest("olga", other, map[string]string{s.vendor: s.target})
			}
			both("Base text.", "One.")
			w.apply()
			both("File text.", "Two.")
			w.applied("Applied: 0 created, 2 updated, 0 deleted, 0 failed, 0 skipped.")
			run := w.lastRun()
			id := w.id("mira", s.vendor)
			w.edit(s.vendor, id, map[string]any{s.stored: "A colleague's words."})
			_, p := w.undoing(run)
			if n := p.Counts(); n.Conflict != 1 || n.Update != 1 {
				t.Fatal(n.Summary())
			}
			f := p.Changes[0].Fields[0]
			if f.Class != diff.Conflict || f.Before != "A colleague's words." || f.After != "Base text." || f.Send {
				t.Errorf("%+v", f)
			}
			w.undone(run, "Applied: 0 created, 1 updated, 0 deleted, 0 failed, 1 skipped.")
			if c, err := w.srv.Character(s.vendor, id); err != nil || c.Doc[s.stored] != "A colleague's words." {
				t.Errorf("%v %v", err, c.Doc[s.stored])
			}
			w.undone(run, "Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.", overwrite)
			if c, err := w.srv.Character(s.vendor, id); err != nil || c.Doc[s.stored] != "Base text." {
				t.Errorf("%v %v", err, c.Doc[s.stored])
			}
			both("Base text.", "One.")
			w.empty()
		})
	}
}

func (w *world) lastRun() string {
	w.Helper()
	id, err := FindRun(w.engine().Options.RunDir, "latest")
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// Somebody who put the old words back by hand has undone the run: nothing is
// sent, and the lock follows.
func TestUndoneByHand(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			s.with(w, "File text.")
			w.apply()
			w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{s.stored: "Base text."})
			w.requests()
			w.undone("", "Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
			if writes := w.writes(); len(writes) > 0 {
				t.Error(routes(writes))
			}
			s.with(w, "Base text.")
			w.empty()
		})
	}
}

// Undoing a creation removes what was made, in the way of the service, and
// undoing that brings it back: the very same one where it is still there.
func TestUndoCreate(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			id, made, lock := w.id("mira", s.vendor), w.held(s.vendor), w.lockText()
			_, p := w.undoing("")
			if c := p.Changes[0]; c.Action != diff.Delete || c.Removal == "" {
				t.Errorf("%+v", c)
			}
			w.undone("", "Applied: 0 created, 0 updated, 1 deleted, 0 failed, 0 skipped.")
			if len(openLock(t, w.lockPath()).Show("mira")) > 0 {
				t.Error(w.lockText())
			}
			_, p = w.undoing("")
			want := map[string]string{
				"alakazam":    "Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.",
				"characterai": "Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.",
				"convai":      "Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.",
				"npcbuilder":  "Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.",
			}[s.vendor]
			if c := p.Changes[0]; c.Action == diff.Create && !strings.Contains(c.Removal, "can't come back") {
				t.Errorf("nothing is said about what is lost: %q", c.Removal)
			}
			w.undone("", want)
			again := w.id("mira", s.vendor)
			switch s.vendor {
			case "alakazam", "characterai":
				if again != id || w.held(s.vendor) != made {
					t.Errorf("%s became %s: %s\nwant %s", id, again, w.held(s.vendor), made)
				}
				if got := stripRevision(w.lockText()); got != stripRevision(lock) {
					t.Errorf("the lock: %s\nwant %s", got, lock)
				}
			default:
				if again == id || len(w.live(s.vendor)) != 1 {
					t.Errorf("%s became %s", id, again)
				}
			}
			w.empty()
		})
	}
}

// A character that a run made and somebody has worked on since is not removed
// without a word.
func TestUndoCreateEdited(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{s.stored: "A colleague's words."})
			_, p := w.undoing("")
			if n := p.Counts(); n.Conflict != 1 || n.Delete != 0 || p.Changes[0].Fields[0].Before != "A colleague's words." {
				t.Errorf("%s %+v", n.Summary(), p.Changes[0].Fields)
			}
			w.undone("", "Applied: 0 created, 0 updated, 0 deleted, 0 failed, 1 skipped.")
			w.undone("", "Applied: 0 created, 0 updated, 1 deleted, 0 failed, 0 skipped.", overwrite)
		})
	}
}

// Protection and guards hold for an undo as for an apply.
func TestUndoIsGuarded(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "persona": "Keeper.", "protect": "true"}, map[string]string{"convai": `voiceType: "US MALE 1"`})
	w.apply()
	r := w.undo("")
	if len(r.Refused) != 1 || r.Refused[0].Rule != guardProtected || r.Deleted != 0 {
		t.Errorf("%s %+v", r.Summary(), r.Refused)
	}
	w.undone("", "Applied: 0 created, 0 updated, 1 deleted, 0 failed, 0 skipped.", anything)
}

// Undoing a destroy brings everything back that the services let come back.
func TestRegressionRollbackNeverRun(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	w.apply()
	e := w.engine()
	p, err := e.Destroy(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if r, err := e.Apply(context.Background(), p); err != nil || r.Deleted != 8 {
		t.Fatal(err, r.Summary())
	}
	w.undone("", "Applied: 4 created, 4 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
	for _, vendor := range vendors() {
		n := 0
		for _, c := range w.live(vendor) {
			if c.Doc["archived"] != true {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%s: %d", vendor, n)
		}
	}
	w.undone("", "Applied: 0 created, 0 updated, 8 deleted, 0 failed, 0 skipped.", anything)
	w.undone("", "Applied: 4 created, 4 updated, 0 deleted, 0 failed, 0 skipped.", anything)
	w.empty()
}
