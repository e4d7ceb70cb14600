package apply

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
)

// cut leaves the lock without the pairs of a name, as a checkout has it that
// was made before they were bound.
func (w *world) cut(name string) {
	w.Helper()
	lines := slices.DeleteFunc(strings.SplitAfter(w.lockText(), "\n"), func(line string) bool {
		return strings.Contains(line, `"`+name+`"`)
	})
	w.write("charsync.lock", strings.Join(lines, ""))
}

func (w *world) forgetRuns() {
	w.Helper()
	if err := os.RemoveAll(filepath.Join(w.dir, ".charsync")); err != nil {
		w.Fatal(err)
	}
}

func (s subject) two(w *world) {
	for _, name := range []string{"mira", "olga"} {
		w.manifest(name, map[string]string{"name": strings.ToUpper(name[:1]) + name[1:], "greeting": "Base text.", "description": "Base text.", "persona": "Base text."}, map[string]string{s.vendor: s.target})
	}
}

// TestFreshPlanFromStaleLock: a checkout whose lock does not know yet of what
// another one made creates none of it a second time.
func TestFreshPlanFromStaleLock(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.two(w)
			w.apply()
			whole := w.lockText()
			w.cut("olga")
			w.forgetRuns()
			w.manifest("rosa", map[string]string{"name": "Rosa", "greeting": "Other.", "description": "Other.", "persona": "Other."}, map[string]string{s.vendor: s.target})

			p := w.plan()
			i := slices.IndexFunc(p.Changes, func(c diff.Change) bool { return c.Name == "olga" })
			if i < 0 || len(p.Changes[i].Blocked) != 1 || p.Changes[i].Blocked[0].Rule != guardDuplicate {
				t.Fatalf("%+v", p.Changes)
			}
			if b := p.Changes[i].Blocked[0]; !strings.Contains(b.Hint, "charsync import "+s.vendor+" ") || !strings.Contains(b.Hint, "--allow duplicate") {
				t.Errorf("%+v", b)
			}
			w.requests()
			if r := w.apply(); len(r.Refused) != 1 || r.Created > 0 || len(w.writes()) > 0 {
				t.Fatal(w.explain(r))
			}
			if n := len(w.live(s.vendor)); n != 2 {
				t.Fatalf("%d characters", n)
			}

			w.write("charsync.lock", whole)
			w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
			w.empty()
		})
	}
}

// TestStaleLockBesideRecords: what a run recorded here has made is bound again.
func TestStaleLockBesideRecords(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.two(w)
			w.apply()
			bound := w.id("olga", s.vendor)
			w.cut("olga")
			if r := w.apply(); r.Created+r.Failed+r.Skipped > 0 || r.Updated > 0 && s.vendor != "npcbuilder" { // whose model nothing shows
				t.Fatal(w.explain(r))
			}
			if got := w.id("olga", s.vendor); got != bound {
				t.Errorf("bound to %s, want %s", got, bound)
			}
			w.empty()

			// Also when it was edited since: then it is brought to its manifest.
			w.cut("olga")
			w.edit(s.vendor, bound, map[string]any{s.stored: "Edited."})
			w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
			w.empty()
			if n := len(w.live(s.vendor)); n != 2 {
				t.Errorf("%d characters", n)
			}
		})
	}
}

// TestStaleLockWithKeys: where the service stores the key of a creation, the
// same plan made a second time recognises what the first one made.
func TestStaleLockWithKeys(t *testing.T) {
	w := newWorld(t)
	s := subjects()[slices.IndexFunc(subjects(), func(s subject) bool { return s.vendor == "characterai" })]
	s.two(w)
	w.apply()
	first := openLock(t, w.lockPath()).Entries()
	w.delete("charsync.lock")
	w.forgetRuns()
	w.applied("Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	second := openLock(t, w.lockPath()).Entries()
	if len(second) != 2 || first[0].ID != second[0].ID || first[1].ID != second[1].ID {
		t.Errorf("%+v, then %+v", first, second)
	}
	w.empty()
}

// TestReviewedPlanFromStaleLock: a plan that was reviewed by its digest and
// is made once more, by a job that runs again, is as good as the same file.
func TestReviewedPlanFromStaleLock(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.two(w)
			digest := w.plan().Digest
			reviewed := func(o *Options) { o.Reviewed = digest }
			w.applied("Applied: 2 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", reviewed)
			w.delete("charsync.lock")
			w.forgetRuns()
			if p := w.plan(reviewed); p.Digest != digest {
				t.Fatal("the plan made again is another one")
			}
			if r := w.apply(reviewed); r.Failed+r.Skipped+len(r.Refused) > 0 {
				t.Fatal(w.explain(r))
			}
			if n := len(w.live(s.vendor)); n != 2 {
				t.Errorf("%d characters", n)
			}
			w.empty()
		})
	}
}

// TestTwinOfSomebody: what somebody else made is theirs until a person says that
// it is the manifest's, also when it holds the same.
func TestTwinOfSomebody(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.two(w)
			w.apply()
			w.delete("charsync.lock")
			w.forgetRuns()
			w.delete("characters/olga.yaml") // so the plan is another one, and so are its keys

			p := w.plan()
			if len(p.Changes) != 1 || p.Changes[0].Action != diff.Create || len(p.Changes[0].Blocked) != 1 {
				t.Fatalf("%+v", p.Changes)
			}
			if r := w.apply(); len(r.Refused) != 1 || len(w.live(s.vendor)) != 2 || w.lockText() != "" {
				t.Fatalf("%s: %s", w.explain(r), w.lockText())
			}
			// A frozen plan is refused too, and can't be talked out of it by its own file.
			if r := w.execute(w.freeze(p), isFrozen); len(r.Refused) != 1 {
				t.Error(w.explain(r))
			}

			w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Allow = map[string]bool{guardDuplicate: true} })
			if n := len(w.live(s.vendor)); n != 3 {
				t.Errorf("%d characters, although a second one was allowed", n)
			}
			w.empty()
		})
	}
}

// TestTwinOfNoName: another name, or another text, is another character.
func TestTwinOfNoName(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			w.delete("charsync.lock")
			w.forgetRuns()
			s.with(w, "Other text.")
			w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
		})
	}
}

// TestUnreadableListCreatesNothing: where the list can't be read, what is there
// is not known, and nothing is created.
func TestUnreadableListCreatesNothing(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.two(w)
			w.srv.Inject(sandbox.Fault{Vendor: s.vendor, Kind: sandbox.FaultHTML, Times: -1})
			p := w.plan()
			if p.Complete || len(p.Changes) > 0 || len(p.Unplanned) != 2 {
				t.Fatalf("%+v", p)
			}
			if r := w.apply(); r.Failed != 2 || len(w.live(s.vendor)) > 0 {
				t.Error(w.explain(r))
			}
		})
	}
}

// TestLooksOnceBeforeCreating counts what looking costs: one list for each
// account that something is to be created at, and nothing where nothing is.
func TestLooksOnceBeforeCreating(t *testing.T) {
	w := newWorld(t)
	w.cast(3)
	w.plan()
	seen := map[string]int{}
	for _, r := range w.requests() {
		if r.Write {
			t.Errorf("%s %s writes", r.Vendor, r.Route)
		}
		seen[r.Vendor]++
	}
	if want := map[string]int{"alakazam": 1, "characterai": 1, "convai": 1, "npcbuilder": 1}; !maps.Equal(seen, want) {
		t.Errorf("requests: %v, want %v", seen, want)
	}
	w.apply()
	w.requests()
	w.plan()
	unchanged := len(w.requests())
	w.manifest("rosa", map[string]string{"name": "Rosa"}, map[string]string{"alakazam": ""})
	w.plan()
	if n := len(w.requests()); n != unchanged+1 {
		t.Errorf("%d requests with one character to create, %d without", n, unchanged)
	}
}

// TestTwinOfAnAttempt: what a creation without an answer has made is that one's,
// also for another manifest that says the same.
func TestTwinOfAnAttempt(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			fields := map[string]string{"name": "Mira", "greeting": "Base text.", "persona": "Base text."}
			if s.vendor == "npcbuilder" {
				fields["description"] = "Base text."
			}
			w.manifest("mira", fields, map[string]string{s.vendor: s.target})
			w.fault(s.vendor, "character.create", sandbox.FaultBadGateway, 5, true)
			w.apply()
			w.srv.ClearFaults()
			made := len(w.live(s.vendor))
			w.manifest("olga", fields, map[string]string{s.vendor: s.target})
			if r := w.apply(); r.Failed+r.Skipped+len(r.Refused) > 0 {
				t.Fatal(w.explain(r))
			}
			if n := len(w.live(s.vendor)); made != 1 || n != 2 {
				t.Errorf("%d characters, then %d", made, n)
			}
			w.empty()
		})
	}
}

// TestTwinOfOneThatIsGone: what is gone and was made anew by another checkout is
// not made anew once more.
func TestTwinOfOneThatIsGone(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.two(w)
			w.apply()
			if err := w.srv.Remove(s.vendor, w.id("olga", s.vendor)); err != nil {
				t.Fatal(err)
			}
			stale := w.lockText()
			w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
			made := w.id("olga", s.vendor)
			n := len(w.live(s.vendor))

			w.write("charsync.lock", stale)
			if r := w.apply(); r.Created+r.Failed+r.Skipped > 0 || w.id("olga", s.vendor) != made {
				t.Fatal(w.explain(r), w.lockText())
			}
			w.empty()

			w.write("charsync.lock", stale)
			w.forgetRuns()
			if r := w.apply(); s.vendor != "characterai" && (len(r.Refused) != 1 || !strings.Contains(r.Refused[0].Hint, "charsync state rm olga/")) {
				t.Fatal(w.explain(r))
			}
			if got := len(w.live(s.vendor)); got != n {
				t.Errorf("%d characters", got)
			}
		})
	}
}
