package harness

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// settled makes a world in which everything is as it should be.
func settled(t *testing.T) *world {
	t.Helper()
	o := options(t)
	o.Most = 3
	w, err := openWorld(o, 5, Vendors())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	if err := w.converge(t.Context()); err != nil || len(w.findings) > 0 {
		t.Fatal(err, w.findings)
	}
	return w
}

// TestOracleSees does to a settled world what must never happen, one thing
// at a time, and each must be found.
func TestOracleSees(t *testing.T) {
	for name, harm := range map[string]func(*world, address, string) error{
		"a duplicate": func(w *world, a address, id string) error {
			s, err := w.gate.sandbox.Character(a.target, id)
			if err != nil {
				return err
			}
			doc := maps.Clone(s.Doc)
			doc["id"] = "twin"
			_, err = w.gate.sandbox.Put(a.target, doc)
			return err
		},
		"a lost character": func(w *world, a address, id string) error { return w.gate.sandbox.Remove(a.target, id) },
		"a lost field": func(w *world, a address, id string) error {
			return w.gate.sandbox.Edit(a.target, id, map[string]any{vendorNamed(a.target).nameAt: w.project.characters[0].mark + "X"})
		},
		"a colleague's value": func(w *world, a address, id string) error {
			w.planted[plant{a.target, id, "x_note"}] = "mine"
			return nil
		},
		"an orphan": func(w *world, a address, _ string) error {
			doc := map[string]any{vendorNamed(a.target).nameAt: "K99 Stray", "game_id": "game123", "world_id": "world456"}
			_, err := w.gate.sandbox.Put(a.target, doc)
			return err
		},
		"a temporary file": func(w *world, _ address, _ string) error {
			return os.WriteFile(filepath.Join(w.dir, ".charsync.lock-1a2b3c4d.tmp"), nil, 0o600)
		},
		"a stranger's character": func(w *world, a address, _ string) error {
			id, err := w.bystander(a.target, map[string]any{vendorNamed(a.target).nameAt: "Bystander", "game_id": "g", "world_id": "w"})
			if err != nil {
				return err
			}
			return w.gate.sandbox.Edit(a.target, id, map[string]any{"x_note": "gone"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := settled(t)
			a := w.project.wanted()[0]
			lock, err := readLock(w.dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := harm(w, a, bare(a.target, lock[a].ID)); err != nil {
				t.Fatal(err)
			}
			w.finalStore()
			w.bystandersMoved()
			if len(w.findings) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

// TestOracleHearsLies falsifies what a command says about a world that it has
// just made.
func TestOracleHearsLies(t *testing.T) {
	o := options(t)
	o.Most = 3
	for name, lie := range map[string]func(*invocation, *result){
		"":                   func(*invocation, *result) {},
		"a figure":           func(_ *invocation, r *result) { r.Created++ },
		"a creation more":    func(_ *invocation, r *result) { r.Outcomes[0].ID = "never-was" },
		"an outcome less":    func(_ *invocation, r *result) { r.Outcomes = r.Outcomes[1:]; r.Created-- },
		"failed but green":   func(_ *invocation, r *result) { r.Outcomes[0].Status = "failed"; r.Created--; r.Failed++ },
		"skipped, though it": func(_ *invocation, r *result) { r.Outcomes[0].Status = "skipped"; r.Created--; r.Skipped++ },
		"an update":          func(_ *invocation, r *result) { r.Outcomes[0].Action = "update"; r.Created--; r.Updated++ },
		"a deletion":         func(_ *invocation, r *result) { r.Outcomes[0].Action = "delete"; r.Created--; r.Deleted++ },
		"a code":             func(v *invocation, _ *result) { v.code = 6 },
		"an interrupt":       func(v *invocation, _ *result) { v.code = 130 },
		"a panic":            func(v *invocation, _ *result) { v.err = "panic: oh" },
	} {
		t.Run(name, func(t *testing.T) {
			w, err := openWorld(o, 5, Vendors())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(w.close)
			s := situation{number: w.gate.journal.begin(), everything: true}
			w.gate.begin(nil)
			v := w.inside(t.Context(), nil, "apply", "--yes", "--format", "json")
			if v.code != 0 || v.result == nil || len(v.result.Outcomes) == 0 {
				t.Fatalf("%d %s%s", v.code, v.out, v.err)
			}
			r := *v.result
			r.Outcomes = slices.Clone(r.Outcomes)
			lie(&v, &r)
			r.Summary = r.line()
			deeds := w.gate.journal.of(s.number)
			w.judgeCounts(&s, &r)
			w.judgeOutcomes(&s, &r, deeds)
			w.judgeCode(&s, v, &r, deeds)
			if told := name != ""; (len(w.findings) > 0) != told {
				t.Errorf("found: %v", w.findings)
			}
		})
	}
}
