package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/spec"
)

// listed counts the list requests of a vendor since the last call.
func (w *world) listed() int {
	return len(slices.DeleteFunc(w.requests(), func(r sandbox.Request) bool { return r.Write || !strings.HasSuffix(r.Path, "/characters") }))
}

// TestReadAhead reads the list while nothing is loaded yet, and the plan asks
// for nothing more. Every other test of plans reads ahead too.
func TestReadAhead(t *testing.T) {
	w := newWorld(t)
	w.castOf("alakazam", 430, func(int) string { return "" })
	w.applied("Applied: 430 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.requests()
	e := w.unloaded()
	end := e.ReadAhead(context.Background())
	h := e.Accounts["alakazam"].ahead.Load()
	if h == nil {
		t.Fatal("nothing is read ahead")
	}
	<-h.found
	if w.listed() == 0 {
		t.Error("nothing was asked for before the manifests were loaded")
	}
	end()
	w.requests()
	e = w.unloaded()
	defer e.ReadAhead(context.Background())()
	w.load(e, e.Examine)
	p, err := e.Plan(context.Background())
	if err != nil || !p.Empty() || p.Unchanged != 430 {
		t.Fatalf("%v, %d unchanged, %d changes", err, p.Unchanged, len(p.Changes))
	}
	if c := callsOf(p, "alakazam"); c.Made != 5 || c.Least != 5 {
		t.Errorf("%d requests made, at least %d, want 5", c.Made, c.Least)
	}
	if e.Accounts["alakazam"].ahead.Load() != nil {
		t.Error("a second plan would take the list of the first")
	}
}

// TestReadAheadOnlyWhatIsCertain names what must not be read ahead.
func TestReadAheadOnlyWhatIsCertain(t *testing.T) {
	w := newWorld(t)
	w.castOf("alakazam", 25, func(int) string { return "" })
	w.applied("Applied: 25 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	begun := func(change func(*Engine)) bool {
		e := w.unloaded()
		change(e)
		defer e.ReadAhead(context.Background())()
		return e.Accounts["alakazam"].ahead.Load() != nil
	}
	if !begun(func(*Engine) {}) {
		t.Error("the list of a plan of everything is not read ahead")
	}
	for name, change := range map[string]func(*Engine){
		"one character is selected": func(e *Engine) { e.Options.Selection.Names = []string{"npc-0001"} },
		"a label is": func(e *Engine) {
			e.Options.Selection.Selectors = []spec.Selector{{}}
		},
		"another target is":        func(e *Engine) { e.Options.Selection.Targets = []string{"convai"} },
		"Git says what is planned": func(e *Engine) { e.Options.Selection.Changed = map[string]bool{} },
		"a creation is in doubt": func(e *Engine) {
			entry := e.Lock.Entries()[0]
			entry.Pending = &Intent{Action: "create"}
			_ = e.Lock.Put(entry) // outside of a run: not to disk
		},
		"another environment is meant": func(e *Engine) {
			e.Project.Environments = map[string]spec.Environment{"stage": {Targets: map[string]string{"convai": "alakazam"}}}
		},
		"an environment is meant that does not reach it": func(e *Engine) {
			e.Project.Environments = map[string]spec.Environment{"stage": {Targets: map[string]string{"convai": "npcbuilder"}}}
			e.Options.Env = "stage"
		},
		"gets are cheaper": func(e *Engine) {
			for _, entry := range e.Lock.Entries()[9:] {
				_ = e.Lock.Drop(entry.Address)
			}
		},
		"the account can't be used": func(e *Engine) { e.Accounts["alakazam"].Err = context.Canceled },
	} {
		if begun(change) {
			t.Errorf("the list is read ahead although %s", name)
		}
	}
}

// TestReadAheadIsBounded reads no page for more characters than the lock
// binds, however many there are.
func TestReadAheadIsBounded(t *testing.T) {
	w := newWorld(t)
	for range 200 { // older, so on later pages
		if _, err := w.srv.Put("alakazam", map[string]any{"name": "A stranger"}); err != nil {
			t.Fatal(err)
		}
	}
	w.castOf("alakazam", 25, func(int) string { return "" })
	w.applied("Applied: 25 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.requests()
	e := w.unloaded()
	defer e.ReadAhead(context.Background())()
	for range e.Accounts["alakazam"].ahead.Load().found { // until nothing more is read
	}
	if n := w.listed(); n != 1 {
		t.Errorf("%d pages are read ahead, want 1", n)
	}
}

// TestReadAheadEnds leaves a long list in the middle: when the command ends,
// and when the plan reads otherwise.
func TestReadAheadEnds(t *testing.T) {
	const n = 3 * aheadMost / 2
	w := newWorld(t)
	w.castOf("alakazam", n, func(int) string { return "" })
	w.apply()
	w.requests()
	begin := func() (e *Engine, h *ahead, end func()) {
		e = w.unloaded()
		end = e.ReadAhead(context.Background())
		return e, e.Accounts["alakazam"].ahead.Load(), end
	}
	over := func(h *ahead, page int) {
		t.Helper()
		if _, open := <-h.found; open {
			t.Error("the list is still being read")
		}
		if got := w.listed(); got >= n/page {
			t.Errorf("all %d pages were read", got)
		}
	}
	e, h, end := begin()
	page := e.Accounts["alakazam"].Driver.ListPage
	end()
	end()
	over(h, page)

	for i := 2; i < n; i++ { // single reads are cheaper for what is left
		w.delete(fmt.Sprintf("characters/npc-%04d.yaml", i))
	}
	e, h, end = begin()
	defer end()
	w.load(e, e.Examine)
	if p, err := e.Plan(context.Background()); err != nil || !p.Empty() || p.Unchanged != 2 {
		t.Fatalf("%v, %d unchanged, %d changes", err, p.Unchanged, len(p.Changes))
	}
	over(h, page)
}
