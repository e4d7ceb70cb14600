package apply

import (
	"context"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

func prune(o *Options) { o.Prune = true }

// TestPruneSafety: what is not there any more is listed, and deleted only
// where the run may know that it is really gone.
func TestPruneSafety(t *testing.T) {
	base := func(t *testing.T) *world {
		w := newWorld(t)
		w.cast(3)
		w.apply()
		w.delete("characters/npc-001.yaml")
		return w
	}
	for _, c := range []struct {
		name    string
		arrange func(w *world)
		options func(o *Options)
		deletes int
		orphans int
		says    string
	}{
		{"listed without --prune", nil, func(*Options) {}, 0, 4, ""},
		{"deleted with --prune", nil, prune, 4, 0, ""},
		{"a load error", func(w *world) { w.write("characters/broken.yaml", "spec: [") }, prune, 0, 0, "could be loaded"},
		{"an empty selection", nil, func(o *Options) { o.Prune = true; o.Selection.Names = []string{"nobody"} }, 0, 0, "empty"},
		{"labels", nil, func(o *Options) {
			o.Prune = true
			s, err := spec.ParseSelector("game=tavern")
			if err != nil {
				t.Fatal(err)
			}
			o.Selection.Selectors = []spec.Selector{s}
		}, 0, 0, "labels"},
		{"one target", nil, func(o *Options) { o.Prune = true; o.Selection.Targets = []string{"convai"} }, 1, 0, ""},
		{"another name", nil, func(o *Options) { o.Prune = true; o.Selection.Names = []string{"npc-002"} }, 0, 0, ""},
		{"its own name", nil, func(o *Options) { o.Prune = true; o.Selection.Names = []string{"npc-001"} }, 4, 0, ""},
		{"a list that fails", func(w *world) {
			w.srv.Inject(sandbox.Fault{Vendor: "alakazam", Route: "character.list", Kind: sandbox.FaultServerError, Times: -1})
		}, prune, 0, 4, "could not be read"},
		{"a list that is cut short", func(w *world) {
			w.srv.Inject(sandbox.Fault{Vendor: "convai", Route: "character.list", Kind: sandbox.FaultTruncated, Times: -1})
		}, prune, 0, 4, "could not be read"},
		{"no manifests left", func(w *world) { w.delete("characters/npc-000.yaml"); w.delete("characters/npc-002.yaml") }, prune, 0, 12, "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := base(t)
			if c.arrange != nil {
				c.arrange(w)
			}
			before := len(w.live("convai"))
			p := w.plan(c.options)
			if got := p.Counts().Delete; got != c.deletes || len(p.Orphans) != c.orphans {
				t.Errorf("%d to delete and %d orphans, want %d and %d: %+v", got, len(p.Orphans), c.deletes, c.orphans, p.Diagnostics)
			}
			said := ""
			for _, d := range p.Diagnostics {
				if d.Code == codePruneOff {
					said = d.Message
				}
			}
			if c.says != "" && !strings.Contains(said, c.says) {
				t.Errorf("it says %q, want something of %q", said, c.says)
			}
			e := w.engine(c.options)
			plan, err := e.Plan(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.Apply(context.Background(), plan); err != nil {
				t.Fatal(err)
			}
			if c.deletes == 0 && len(w.live("convai")) != before {
				t.Error("something was deleted")
			}
			if c.deletes == 4 {
				w.empty(prune)
			}
		})
	}
}

// A character that can't be read stays, and so does its binding.
func TestRegressionUnreadableMeansDeleted(t *testing.T) {
	for _, vendor := range vendors() {
		for _, kind := range []sandbox.FaultKind{
			sandbox.FaultServerError, sandbox.FaultBadGateway, sandbox.FaultChallenge, sandbox.FaultHTML, sandbox.FaultTruncated,
			sandbox.FaultWrongTypes, sandbox.FaultEmpty, sandbox.FaultResetBefore, sandbox.FaultExpiredKey, sandbox.FaultRedirect,
		} {
			t.Run(vendor+"/"+string(kind), func(t *testing.T) {
				w := newWorld(t)
				w.cast(2)
				w.apply()
				lock := w.lockText()
				w.delete("characters/npc-001.yaml")
				w.srv.Inject(sandbox.Fault{Vendor: vendor, Route: "read", Kind: kind, Times: -1})
				w.requests()
				e := w.engine(prune)
				p, err := e.Plan(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if n := p.Counts(); p.Complete || n.Create+n.Delete > 0 {
					t.Errorf("complete: %v, %s", p.Complete, n.Summary())
				}
				r, err := e.Apply(context.Background(), p)
				if err != nil {
					t.Fatal(err)
				}
				if got := w.writes(); len(got) > 0 || r.Failed == 0 {
					t.Errorf("%s, writes %s", r.Summary(), routes(got))
				}
				if w.lockText() != lock {
					t.Error("the lock changed")
				}
				w.srv.ClearFaults()
				w.plan(prune)
				w.applied("Applied: 0 created, 0 updated, 4 deleted, 0 failed, 0 skipped.", prune)
			})
		}
	}
}

// protect is remembered in the lock when the manifest is gone.
func TestRegressionProtectionLeavesWithTheFile(t *testing.T) {
	w := newWorld(t)
	fields := map[string]string{"name": "Mira", "protect": "true", "greeting": "Hello."}
	targets := map[string]string{"alakazam": "", "characterai": ""}
	w.manifest("mira", fields, targets)
	w.manifest("olga", map[string]string{"name": "Olga"}, map[string]string{"alakazam": ""})
	w.apply()
	w.delete("characters/mira.yaml")
	r := w.apply(prune)
	if len(r.Refused) != 2 || r.Refused[0].Rule != guardProtected || len(w.writes()) == 0 {
		t.Fatalf("%+v", r)
	}
	w.applied("Applied: 0 created, 0 updated, 2 deleted, 0 failed, 0 skipped.", prune, func(o *Options) { o.Allow = map[string]bool{guardProtected: true} })
}

// Taking protection back is a change of the lock alone.
func TestProtectionFollowsTheManifest(t *testing.T) {
	w := newWorld(t)
	with := func(protect string) {
		w.manifest("mira", map[string]string{"name": "Mira", "protect": protect}, map[string]string{"alakazam": ""})
	}
	with("true")
	w.apply()
	with("false")
	p := w.plan()
	if len(p.Changes) != 1 || p.Changes[0].Action != diff.Record {
		t.Fatalf("%+v", p.Changes)
	}
	w.requests()
	w.apply()
	if len(w.writes()) > 0 || strings.Contains(w.lockText(), "protect") {
		t.Error(w.lockText())
	}
	w.empty()
}

// A renamed manifest keeps its live character, by content or by state mv.
func TestRegressionRenameIsNotRecreate(t *testing.T) {
	fields := map[string]string{"name": "Mira", "greeting": "Hello.", "persona": "Keeper.", "description": "An inn."}
	targets := map[string]string{"alakazam": "", "characterai": "", "convai": `voiceType: "US MALE 1"`, "npcbuilder": "role: guard"}
	t.Run("by content", func(t *testing.T) {
		w := newWorld(t)
		w.manifest("mira", fields, targets)
		w.apply()
		id := w.id("mira", "convai")
		w.delete("characters/mira.yaml")
		w.manifest("mira-innkeeper", fields, targets)
		p := w.plan(prune)
		if n := p.Counts(); n.Create+n.Delete > 0 || len(p.Orphans) > 0 {
			t.Fatalf("%s %+v", n.Summary(), p.Orphans)
		}
		w.requests()
		w.apply(prune)
		if got := w.writes(); len(got) > 0 {
			t.Errorf("writes: %s", routes(got))
		}
		if w.id("mira-innkeeper", "convai") != id || len(openLock(t, w.lockPath()).Show("mira")) > 0 {
			t.Error(w.lockText())
		}
		w.empty(prune)
	})
	t.Run("by state mv", func(t *testing.T) {
		w := newWorld(t)
		w.manifest("mira", fields, targets)
		w.apply()
		w.delete("characters/mira.yaml")
		changed := map[string]string{"name": "Mira", "greeting": "Other words.", "persona": "Keeper.", "description": "An inn."}
		w.manifest("mira-innkeeper", changed, targets)
		lock, _, err := state.Open(w.lockPath())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lock.Move(diff.Address{Name: "mira"}, diff.Address{Name: "mira-innkeeper"}); err != nil {
			t.Fatal(err)
		}
		if err := lock.Finish(); err != nil {
			t.Fatal(err)
		}
		w.applied("Applied: 0 created, 2 updated, 0 deleted, 0 failed, 0 skipped.", prune)
		w.empty(prune)
	})
	t.Run("by id", func(t *testing.T) {
		w := newWorld(t)
		w.manifest("mira", fields, map[string]string{"alakazam": ""})
		w.apply()
		id := w.id("mira", "alakazam")
		w.delete("characters/mira.yaml")
		w.manifest("innkeeper", map[string]string{"name": "Mirabel"}, map[string]string{"alakazam": "id: " + id})
		w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.", prune)
		if n := len(w.live("alakazam")); n != 1 {
			t.Errorf("%d characters", n)
		}
		w.empty(prune)
	})
}

func TestDestroyThenCreateAnew(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	w.apply()
	e := w.engine(func(o *Options) { o.Selection.Names = []string{"npc-000"} })
	p, err := e.Destroy(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Changes {
		if c.Action != diff.Delete || c.Removal == "" || c.Name != "npc-000" {
			t.Errorf("%+v", c)
		}
	}
	r, err := e.Apply(context.Background(), p)
	if err != nil || r.Deleted != 4 {
		t.Fatal(err, r.Summary())
	}
	if len(openLock(t, w.lockPath()).Show("npc-000")) > 0 {
		t.Error("the binding is still there")
	}
	w.applied("Applied: 4 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
}

func TestDestroyRefusesTheProtected(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "protect": "true"}, map[string]string{"alakazam": ""})
	w.apply()
	e := w.engine()
	p, err := e.Destroy(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	w.requests()
	r, err := e.Apply(context.Background(), p)
	if err != nil || len(r.Refused) != 1 || len(w.writes()) > 0 {
		t.Errorf("%v %+v", err, r)
	}
}

// Deletions behind our back are found, confirmed by the list, and created
// anew; those that nobody wants any more are forgotten.
func TestGoneAtTheService(t *testing.T) {
	for _, vendor := range vendors() {
		t.Run(vendor, func(t *testing.T) {
			w := newWorld(t)
			w.castOf(vendor, 2, func(i int) string { return "x" })
			w.apply()
			for _, name := range []string{"npc-0000", "npc-0001"} {
				if err := w.srv.Remove(vendor, w.id(name, vendor)); err != nil {
					t.Fatal(err)
				}
			}
			w.delete("characters/npc-0001.yaml")
			p := w.plan(prune)
			if n := p.Counts(); n.Create != 1 || n.Delete != 0 || !strings.Contains(p.Changes[0].Reason, "not found") {
				t.Fatalf("%s %+v", n.Summary(), p.Changes)
			}
			w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", prune)
			w.empty(prune)
			if len(openLock(t, w.lockPath()).Show("npc-0001")) > 0 {
				t.Error("the binding of what is gone is still there")
			}
		})
	}
}
