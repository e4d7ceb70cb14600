package apply

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/providers"
)

// What a service keeps in the clear beside a character is in no run record, and
// an update carries the name of the run that sends it.
func TestRecordsWithoutCredentials(t *testing.T) {
	w := newWorld(t)
	w.castOf("convai", 1, func(int) string { return "one" })
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.castOf("convai", 1, func(int) string { return "two" })
	w.edit("convai", w.id("npc-0000", "convai"), map[string]any{"listing": "canary-in-the-clear"})
	for _, private := range [][]string{nil, {"listing"}} {
		e := w.engine()
		a := e.Accounts["convai"]
		d := *a.Driver
		d.Private = private
		a.Driver = &d
		heard := &listener{Provider: a.Provider}
		a.Provider = heard
		p, err := e.Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Apply(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		if heard.message != "charsync "+r.RunID {
			t.Errorf("the update carried %q", heard.message)
		}
		if got := strings.Contains(w.record(r.RunID), "canary-in-the-clear"); got != (private == nil) {
			t.Errorf("without %v: the record holds it: %v", private, got)
		}
		w.castOf("convai", 1, func(int) string { return "three" })
	}
}

// listener hears which message an update carries.
type listener struct {
	providers.Provider
	message string
}

func (l *listener) Update(ctx context.Context, id string, body providers.Body) error {
	l.message = providers.MessageIn(ctx)
	return l.Provider.Update(ctx, id, body)
}

// record is all that a run wrote down of itself.
func (w *world) record(id string) string {
	w.Helper()
	var all strings.Builder
	err := filepath.WalkDir(filepath.Join(w.runDir(), id), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return all.String()
}

// What others merely share with an account is not imported.
func TestImportOfWhatIsShared(t *testing.T) {
	w := newWorld(t)
	w.seedLive("convai", 3)
	live := w.live("convai")
	w.edit("convai", live[0].ID, map[string]any{"listing": "viewer"})
	w.edit("convai", live[1].ID, map[string]any{"listing": "editor"})
	e := w.wholeEngine()
	d := *e.Accounts["convai"].Driver
	d.Shared = &providers.Shared{Role: "/listing", Own: []string{"admin", "editor"}}
	e.Accounts["convai"].Driver = &d
	found, err := e.Import(context.Background(), ImportOptions{Target: "convai", All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, im := range found {
		if im.ID == live[0].ID {
			t.Error("it took what it may only look at")
		}
	}
	if len(found) == 0 {
		t.Error("nothing was found")
	}
}

// Where a list shows what others own too, only the account's own characters
// tell whose account it is.
func TestOwnerWhereOthersShare(t *testing.T) {
	a := &Account{Driver: &providers.Driver{Name: "x", Owner: "/access/by", Owned: "/access/own"}}
	doc := func(own any) providers.Body {
		return providers.Body{"access": map[string]any{"by": "mira@example.com", "own": own}}
	}
	mine := a.owner(doc(true))
	if mine == "" || a.owner(doc(false)) != "" || a.owner(doc("true")) != "" || a.owner(providers.Body{}) != "" || a.owner(doc(false), doc(true)) != mine {
		t.Error("the mark of an account is that of its own characters")
	}
	a.Driver.Owned = ""
	if a.owner(doc(false)) != mine {
		t.Error("without such a word, every document tells")
	}
}
