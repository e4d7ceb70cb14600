package apply

import (
	"context"
	"fmt"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
)

// castOf writes n characters at one service; version changes a text that the
// list does not show everywhere.
func (w *world) castOf(vendor string, n int, version func(i int) string) {
	w.Helper()
	targets := map[string]string{
		"alakazam":    "free: true",
		"characterai": "categories: [Books]",
		"convai":      `voiceType: "US MALE 1", temperature: 0.5, languageCodes: [en-US]`,
		"npcbuilder":  "role: guard, traits: [brave]",
		"vapi":        "model_provider: openai, model: gpt-4.1",
	}
	for i := range n {
		fields := map[string]string{"name": fmt.Sprintf("Npc %d", i), "persona": "A guard of gate " + version(i), "visibility": "unlisted"}
		switch vendor {
		case "characterai":
			fields["greeting"] = "Halt, " + version(i)
		case "npcbuilder":
			fields["description"] = "Stands " + version(i)
		case "vapi":
			fields["greeting"] = "Halt."
		}
		w.manifest(fmt.Sprintf("npc-%04d", i), fields, map[string]string{vendor: targets[vendor]})
	}
}

func split(requests []sandbox.Request) (reads, writes int) {
	for _, r := range requests {
		if r.Write {
			writes++
		} else {
			reads++
		}
	}
	return reads, writes
}

// What is read and written is counted: this holds what a plan says it made, and what an apply will
// make, against the service's own log, and all of it against the least that
// the tables allow.
func TestRegressionRefreshDominates(t *testing.T) {
	const n = 230
	same := func(i int) string { return fmt.Sprint(i) }
	one := func(i int) string {
		if i == 7 {
			return "seven"
		}
		return fmt.Sprint(i)
	}
	tenth := func(i int) string {
		if i%10 == 7 {
			return fmt.Sprint(i, " anew")
		}
		return fmt.Sprint(i)
	}
	// Alakazam's list shows all, 100 on a page. Character.AI's and
	// NPCBuilder's show too little; Convai's shows what its get does not, and
	// the other way round. Vapi's list shows all at once, and an update sends
	// back what a read right before it shows. What is deleted is read whole before: NPCBuilder
	// shows the region in its list alone.
	for _, c := range []struct {
		vendor             string
		planned            int    // requests of a plan over n bound characters
		create             [2]int // reads, writes of creating n
		change1, change10  [2]int // of updating 1 and 23
		drift1, destroyAll [2]int
	}{
		{"alakazam", 3, [2]int{3, 2 * n}, [2]int{2, 1}, [2]int{6, 23}, [2]int{2, 1}, [2]int{6, n}},
		{"characterai", n, [2]int{n, n}, [2]int{2, 1}, [2]int{46, 23}, [2]int{2, 1}, [2]int{2*n + 1, n}},
		{"convai", n + 1, [2]int{n + 1, 2 * n}, [2]int{3, 1}, [2]int{1 + 23 + 23, 23}, [2]int{3, 1}, [2]int{n + 2, n}},
		{"vapi", 1, [2]int{1, n}, [2]int{2, 1}, [2]int{1 + 23, 23}, [2]int{2, 1}, [2]int{2, n}},
		{"npcbuilder", n, [2]int{n, n}, [2]int{2, 1}, [2]int{46, 23}, [2]int{2, 1}, [2]int{n + 2, n}},
	} {
		t.Run(c.vendor, func(t *testing.T) {
			w := newWorld(t)
			w.opts.Allow = map[string]bool{guardMaxDeletes: true}
			step := func(name string, planned int, want [2]int) {
				t.Helper()
				w.requests()
				e := w.engine()
				plan, err := e.Plan(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				w.runCounted(name, e, plan, c.vendor, planned, want)
			}
			w.castOf(c.vendor, n, same)
			step("all new", 1, c.create) // whether any of them is there already
			step("no change", c.planned, [2]int{0, 0})
			w.castOf(c.vendor, n, one)
			step("one change", c.planned, c.change1)
			w.castOf(c.vendor, n, tenth)
			w.applied("Applied: 0 created, 23 updated, 0 deleted, 0 failed, 0 skipped.")
			w.castOf(c.vendor, n, same)
			step("a tenth", c.planned, c.change10)
			w.edit(c.vendor, w.id("npc-0003", c.vendor), map[string]any{driftKey(c.vendor): "Someone else's words."})
			step("drift", c.planned, c.drift1)
			w.requests()
			e := w.engine()
			plan, err := e.Destroy(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			w.runCounted("destroy", e, plan, c.vendor, c.planned, c.destroyAll)
		})
	}
}

func driftKey(vendor string) string {
	return map[string]string{"alakazam": "persona", "characterai": "greeting", "convai": "backstory", "npcbuilder": "description", "vapi": "firstMessage"}[vendor]
}

func (w *world) runCounted(name string, e *Engine, plan *diff.Plan, vendor string, planned int, want [2]int) {
	w.Helper()
	made := len(w.requests())
	calls := callsOf(plan, vendor)
	if made != planned || calls.Made != planned || calls.Least != planned {
		w.Errorf("%s: the plan made %d requests, says %d of at least %d, want %d", name, made, calls.Made, calls.Least, planned)
	}
	r, err := e.Apply(context.Background(), plan)
	if err != nil || r.Failed+r.Skipped > 0 {
		w.Fatalf("%s: %v %s", name, err, r.Summary())
	}
	requests := w.requests()
	reads, writes := split(requests)
	if reads != want[0] || writes != want[1] || calls.Reads != reads || calls.Writes != writes {
		w.Errorf("%s: %d reads and %d writes, the plan said %d and %d, want %d and %d: %s",
			name, reads, writes, calls.Reads, calls.Writes, want[0], want[1], routes(requests))
	}
	if got := r.Created + r.Updated + r.Deleted; got > writes {
		w.Errorf("%s: %s with %d writes", name, r.Summary(), writes)
	}
}

func callsOf(p *diff.Plan, target string) diff.Calls {
	for _, c := range p.Calls {
		if c.Target == target {
			return c
		}
	}
	return diff.Calls{Target: target}
}

// TestThousandAtAlakazam holds the figures that are promised for 1,000.
func TestThousandAtAlakazam(t *testing.T) {
	if testing.Short() {
		t.Skip("creates 1,000 characters")
	}
	w := newWorld(t)
	text := func(i int) string { return fmt.Sprint(i) }
	w.castOf("alakazam", 1000, text)
	w.requests()
	w.applied("Applied: 1000 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	if reads, _ := split(w.requests()); reads > 15 {
		t.Errorf("creating 1,000 took %d reads", reads)
	}
	w.empty()
	if n := len(w.requests()); n > 11 {
		t.Errorf("an unchanged plan took %d requests", n)
	}
	w.castOf("alakazam", 1, func(int) string { return "one" })
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	reads, writes := split(w.requests())
	if writes != 1 || reads+writes > 13 {
		t.Errorf("one change took %d reads and %d writes", reads, writes)
	}
}
