package apply

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
)

// Undoing a replacement goes back to the old character where it can come
// back, and else makes one like it in the place of the new one. Undoing that
// goes forth again.
func TestUndoReplace(t *testing.T) {
	for _, c := range []struct {
		vendor, one, two string
		action           diff.Action
		back             string
		same             bool // under the old id
	}{
		{"alakazam", "subject: a tall woman", "subject: a short woman", diff.Update, "Applied: 0 created, 1 updated, 1 deleted, 0 failed, 0 skipped.", true},
		{"characterai", "identifier: 'id:one'", "identifier: 'id:two'", diff.Update, "Applied: 0 created, 1 updated, 1 deleted, 0 failed, 0 skipped.", true},
		{"npcbuilder", "region_id: region1", "region_id: region2", diff.Replace, "Applied: 1 created, 0 updated, 1 deleted, 0 failed, 0 skipped.", false},
	} {
		t.Run(c.vendor, func(t *testing.T) {
			w := newWorld(t)
			if c.vendor == "npcbuilder" {
				if err := w.srv.AddWorld("game123", "world456", map[string][]string{"region1": nil, "region2": nil}); err != nil {
					t.Fatal(err)
				}
			}
			with := func(target string) {
				w.manifest("mira", map[string]string{"name": "Mira", "greeting": "Come in.", "description": "Keeps the inn.", "visibility": "unlisted"}, map[string]string{c.vendor: target})
			}
			with(c.one)
			w.apply()
			old := w.id("mira", c.vendor)
			with(c.two)
			r := w.apply(anything)
			if r.Created != 1 || r.Deleted != 1 || r.Failed > 0 {
				t.Fatal(r.Summary(), w.explain(r))
			}
			made := w.id("mira", c.vendor)
			_, p := w.undoing("", anything)
			if len(p.Changes) != 1 || p.Changes[0].Action != c.action || p.Changes[0].Removal == "" {
				t.Fatalf("%+v %+v", p.Changes, p.Diagnostics)
			}
			w.undone("", c.back, anything)
			now := w.id("mira", c.vendor)
			if c.same != (now == old) || now == made {
				t.Errorf("%s was replaced by %s, and is %s now", old, made, now)
			}
			if n := w.visible(c.vendor); n != 1 {
				t.Errorf("%d characters", n)
			}
			with(c.one)
			w.empty()
			if strings.Contains(w.lockText(), `"old"`) {
				t.Error(w.lockText())
			}
			if r := w.undo("", anything); r.Failed+r.Skipped > 0 {
				t.Fatal(w.explain(r))
			}
			if n := w.visible(c.vendor); n != 1 {
				t.Errorf("%d characters after the undo of the undo", n)
			}
			with(c.two)
			w.empty()
		})
	}
}

// visible counts the characters that were not removed.
func (w *world) visible(vendor string) int {
	n := 0
	for _, c := range w.live(vendor) {
		if c.Doc["archived"] != true && (vendor != "alakazam" || c.Doc["visibility"] != "private") {
			n++
		}
	}
	return n
}

// A replacement whose new character was edited since is not thrown away
// without a word.
func TestUndoReplaceEdited(t *testing.T) {
	w := newWorld(t)
	for _, subject := range []string{"a tall woman", "a short woman"} {
		w.manifest("mira", map[string]string{"name": "Mira", "greeting": "Come in.", "visibility": "unlisted"}, map[string]string{"alakazam": "subject: " + subject})
		w.apply(anything)
	}
	w.edit("alakazam", w.id("mira", "alakazam"), map[string]any{"greeting": "A colleague's words."})
	w.undone("", "Applied: 0 created, 0 updated, 0 deleted, 0 failed, 1 skipped.", anything)
	w.undone("", "Applied: 0 created, 1 updated, 1 deleted, 0 failed, 0 skipped.", anything, overwrite)
}

// A replacement that was stopped half-way is taken back, whichever half was
// done.
func TestUndoReplaceAfterKill(t *testing.T) {
	for _, c := range []struct{ vendor, one, two string }{
		{"alakazam", "subject: a tall woman", "subject: a short woman"},
		{"characterai", "identifier: 'id:one'", "identifier: 'id:two'"},
		{"npcbuilder", "region_id: region1", "region_id: region2"},
	} {
		for write := 1; write <= 3; write++ {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/write %d/after=%v", c.vendor, write, after), func(t *testing.T) {
					w := newWorld(t)
					if err := w.srv.AddWorld("game123", "world456", map[string][]string{"region1": nil, "region2": nil}); err != nil {
						t.Fatal(err)
					}
					with := func(target string) {
						w.manifest("mira", map[string]string{"name": "Mira", "greeting": "Come in.", "description": "Keeps the inn.", "visibility": "unlisted"}, map[string]string{c.vendor: target})
					}
					with(c.one)
					w.apply()
					with(c.two)
					if !w.killed(write, after) {
						t.Skip("the run has fewer writes")
					}
					if r := w.undo("", anything); r.Failed+r.Skipped > 0 {
						t.Fatal(r.Summary(), w.explain(r))
					}
					if n := w.visible(c.vendor); n != 1 {
						t.Errorf("%d characters", n)
					}
					with(c.one)
					w.empty()
				})
			}
		}
	}
}

// A binding that moved to another name since is followed.
func TestUndoFollowsTheName(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			s.with(w, "File text.")
			w.apply()
			lock, _, err := state.Open(w.lockPath())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := lock.Move(diff.Address{Name: "mira"}, diff.Address{Name: "mirabel"}); err != nil {
				t.Fatal(err)
			}
			if err := lock.Finish(); err != nil {
				t.Fatal(err)
			}
			r := w.undone("", "Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
			if r.Outcomes[0].Name != "mirabel" {
				t.Errorf("%+v", r.Outcomes)
			}
		})
	}
}
