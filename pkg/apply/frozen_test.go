package apply

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// freeze writes a plan to disk and reads it back, as another process would.
func (w *world) freeze(p *diff.Plan) *diff.Plan {
	w.Helper()
	path := filepath.Join(w.dir, "plan.json")
	if err := WritePlan(path, p); err != nil {
		w.Fatal(err)
	}
	frozen, err := ReadPlan(path)
	if err != nil {
		w.Fatal(err)
	}
	return frozen
}

// execute applies a plan with an engine that has no manifests at all.
func (w *world) execute(p *diff.Plan, change ...func(*Options)) *Result {
	w.Helper()
	e := w.engine(change...)
	e.Set = nil
	r, err := e.Apply(context.Background(), p)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// A frozen plan does what it says, whatever the manifests say by then.
func TestRegressionFileEditedAfterPlan(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.execute(w.freeze(w.plan()))
			s.with(w, "Planned text.")
			frozen := w.freeze(w.plan())
			s.with(w, "Edited after the plan.")
			if r := w.execute(frozen); r.Updated != 1 {
				t.Fatal(w.explain(r))
			}
			if got := w.live(s.vendor)[0].Doc[s.stored]; got != "Planned text." {
				t.Errorf("live is %q", got)
			}
		})
	}
}

// What moved since the plan is shown, and only that character is refused.
func TestRegressionStalePlanExplains(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			other := map[string]string{"name": "Olga", "greeting": "Hello there.", "description": "One.", "persona": "One."}
			w.manifest("olga", other, map[string]string{s.vendor: s.target})
			w.apply()
			s.with(w, "Planned text.")
			other["greeting"], other["description"], other["persona"] = "Other words.", "Two.", "Two."
			w.manifest("olga", other, map[string]string{s.vendor: s.target})
			frozen := w.freeze(w.plan())
			w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{s.stored: "Moved."})
			w.requests()
			r := w.execute(frozen)
			if r.Updated != 1 || r.Skipped != 1 || r.Failed != 0 {
				t.Fatal(r.Summary(), w.explain(r))
			}
			if got := w.writes(); len(got) != 1 {
				t.Errorf("writes: %s", routes(got))
			}
			o := r.Outcomes[0]
			if o.Name != "mira" || o.Rule != "stale" || len(o.Stale) != 1 {
				t.Fatalf("%+v", o)
			}
			if f := o.Stale[0]; f.Path != s.path || f.Before != "Moved." || f.After != "Planned text." || f.Class != diff.Conflict {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestFrozenCreationAfterAnotherRun(t *testing.T) {
	w := newWorld(t)
	s := subjects()[0]
	s.with(w, "Base text.")
	frozen := w.freeze(w.plan())
	w.apply()
	w.requests()
	r := w.execute(frozen)
	if r.Skipped != 1 || r.Outcomes[0].Rule != "stale" || len(w.writes()) > 0 {
		t.Errorf("%s: a second character", w.explain(r))
	}
}

func TestStaleWhenGone(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			s.with(w, "Planned text.")
			frozen := w.freeze(w.plan())
			if err := w.srv.Remove(s.vendor, w.id("mira", s.vendor)); err != nil {
				t.Fatal(err)
			}
			w.requests()
			r := w.execute(frozen)
			if r.Skipped != 1 || r.Outcomes[0].Rule != "stale" || len(w.writes()) > 0 {
				t.Error(w.explain(r))
			}
		})
	}
}

func TestDigestMovesWithNothingElse(t *testing.T) {
	digest := func(w *world) string {
		p := w.plan()
		return p.Digest
	}
	build := func() *world {
		w := newWorld(t)
		w.cast(2)
		return w
	}
	a, b := build(), build()
	b.now = b.now.Add(72 * time.Hour)
	b.opts.Version, b.opts.Parallelism = "v9", 1
	if digest(a) != digest(b) {
		t.Error("the digest depends on the folder, the time or the version")
	}
}

// The digest covers the operations only: the same tree plans to the same
// digest on another machine, at another time, after a merge.
func TestRegressionDigestMovesOnMerge(t *testing.T) {
	TestDigestMovesWithNothingElse(t)
}

func TestRegressionPlanTextCompared(t *testing.T) {
	w := newWorld(t)
	s := subjects()[0]
	s.with(w, "Base text.")
	p := w.plan()
	q := *p
	q.Meta, q.Calls, q.Diagnostics = diff.Meta{CreatedAt: "later"}, nil, nil
	q.Seal()
	if p.Digest != q.Digest {
		t.Error("the digest covers more than the operations")
	}
	q.Changes[0].Fields[0].After = "other"
	q.Seal()
	if p.Digest == q.Digest {
		t.Error("the digest does not cover what is written")
	}
}

func TestPlanFileRefusals(t *testing.T) {
	w := newWorld(t)
	w.cast(1)
	path := filepath.Join(w.dir, "plan.json")
	if err := WritePlan(path, w.plan()); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change := func(from, to string) []byte {
		out := strings.Replace(string(good), from, to, 1)
		if out == string(good) {
			t.Fatalf("%q is not in the plan", from)
		}
		return []byte(out)
	}
	for _, c := range []struct {
		name string
		data []byte
		code string
		line bool
	}{
		{"empty", nil, codePlanCorrupt, true},
		{"cut short", good[:len(good)/2], codePlanCorrupt, true},
		{"not JSON", []byte("hello"), codePlanCorrupt, true},
		{"another document", []byte(`{"kind":"Character"}`), codePlanCorrupt, false},
		{"newer", change(`"format_version": "1.0"`, `"format_version": "2.0"`), codePlanNewer, false},
		{"altered text", change("Halt at gate 0!", "Go on in."), codePlanAltered, false},
		{"altered action", change(`"action": "create"`, `"action": "report"`), codePlanAltered, false},
		{"unknown action", change(`"action": "create"`, `"action": "explode"`), codePlanCorrupt, false},
		{"unknown key", change(`"complete": true`, `"complete": true, "force": true`), codePlanCorrupt, false},
		{"incomplete", change(`"complete": true`, `"complete": false`), codePlanCorrupt, false},
		{"followed by more", append(good[:len(good):len(good)], "{}"...), codePlanCorrupt, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decodePlan(c.data, spec.Pos{File: "plan.json"})
			var d spec.Diagnostic
			if !errors.As(err, &d) || d.Code != c.code || d.Hint == "" {
				t.Fatalf("%v, want %s", err, c.code)
			}
			if c.line && d.Pos.Line == 0 {
				t.Errorf("no line: %v", err)
			}
		})
	}
	if _, err := decodePlan(good, spec.Pos{}); err != nil {
		t.Errorf("the good one: %v", err)
	}
	if _, err := ReadPlan(filepath.Join(w.dir, "none.json")); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestIncompletePlanIsNotFrozen(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(w.dir, "plan.json")
	if err := WritePlan(path, &diff.Plan{}); err == nil {
		t.Error("an incomplete plan was frozen")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("and written")
	}
}

func TestFrozenPlanIsTheSameDocument(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	p := w.plan()
	before, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	after, err := json.Marshal(w.freeze(p))
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("freezing changed the plan")
	}
}

// TestFrozenPlanFromTwoCheckouts: a job that is run again has the same plan
// and a lock without what the first one bound. Nothing is made twice.
func TestFrozenPlanFromTwoCheckouts(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			twins := func() {
				for _, name := range []string{"mira", "olga"} { // who hold the same
					w.manifest(name, map[string]string{"name": "Mira", "greeting": "Base text.", "description": "Base text.", "persona": "Base text."}, map[string]string{s.vendor: s.target})
				}
			}
			twins()
			frozen := w.freeze(w.plan())
			if r := w.execute(frozen, isFrozen); r.Created != 2 {
				t.Fatal(w.explain(r))
			}
			first := openLock(t, w.lockPath()).Entries()
			for _, name := range []string{"charsync.lock", ".charsync"} {
				if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			if r := w.execute(frozen, isFrozen); r.Failed+r.Skipped > 0 {
				t.Fatal(r.Summary(), w.explain(r))
			}
			if n := len(w.live(s.vendor)); n != 2 {
				t.Errorf("%d characters", n)
			}
			second := openLock(t, w.lockPath()).Entries()
			if len(second) != 2 || second[0].ID == second[1].ID || first[0].ID != second[0].ID && first[0].ID != second[1].ID {
				t.Errorf("%+v, then %+v", first, second)
			}
			w.empty()

			// What was destroyed is made anew, by the same plan or by one like it.
			if r := w.destroyed(); r.Deleted != 2 {
				t.Fatal(r.Summary())
			}
			if r := w.execute(frozen, isFrozen); r.Created != 2 {
				t.Fatal(r.Summary(), w.explain(r))
			}
			for _, e := range openLock(t, w.lockPath()).Entries() {
				if e.ID == second[0].ID || e.ID == second[1].ID {
					t.Errorf("%s is what was destroyed", e.ID)
				}
			}
			w.empty()
		})
	}
}

func isFrozen(o *Options) { o.Frozen = true }
