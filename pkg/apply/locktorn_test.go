package apply

import (
	"bytes"
	"os"
	"testing"

	"github.com/charsync/charsync/internal/state"
)

// However a lock's last line is cut, the character that it binds is not made
// a second time once its id is in it, and a protected one stays protected.
func TestTornLineKeepsItsBinding(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "protect": "true"}, map[string]string{"alakazam": ""})
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	whole := []byte(w.lockText())
	id := w.id("mira", "alakazam")
	from := bytes.Index(whole, []byte(id)) + len(id) + 1
	for cut := from; cut < len(whole); cut++ {
		if err := os.WriteFile(w.lockPath(), whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		l, _, err := state.Open(w.lockPath())
		if err != nil {
			t.Fatal(cut, err)
		}
		if entries := l.Show("mira"); len(entries) != 1 || entries[0].ID != id || !entries[0].Protect {
			t.Fatalf("cut at %d: %+v", cut, entries)
		}
	}
	if err := os.WriteFile(w.lockPath(), whole[:from], 0o644); err != nil {
		t.Fatal(err)
	}
	if r := w.apply(); r.Created != 0 || r.Failed != 0 || len(w.live("alakazam")) != 1 {
		t.Fatalf("%s, %d characters", r.Summary(), len(w.live("alakazam")))
	}
	w.empty()
	if e, _ := w.engine().Lock.Entry(w.engine().Lock.Show("mira")[0].Address); len(e.Fields) == 0 {
		t.Errorf("the line was not completed: %+v", e)
	}
}
