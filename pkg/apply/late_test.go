package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
)

func (w *world) late(reads int) {
	w.Helper()
	if err := w.srv.Set("late-reads", fmt.Sprint(reads)); err != nil {
		w.Fatal(err)
	}
}

// lateVendors are the vendors with a field that an update can change.
func lateVendors() map[string]string {
	return map[string]string{"alakazam": "greeting", "characterai": "greeting", "convai": "persona", "npcbuilder": "description"}
}

// lateTargets are what a creation needs beside the common fields.
func lateTargets() map[string]string { return map[string]string{"convai": `voiceType: "US MALE 1"`} }

// TestLateWrites: a service that shows creations, changes and deletions late
// is waited for, and nothing is made twice.
func TestLateWrites(t *testing.T) {
	for vendor, field := range lateVendors() {
		for _, where := range []string{"everywhere", "lists"} {
			for _, reads := range []int{1, 2, 4} {
				t.Run(fmt.Sprintf("%s/%s/%d", vendor, where, reads), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, "late-where="+where)
					w.late(reads)
					say := func(name, what string) {
						w.manifest(name, map[string]string{"name": name, "greeting": "Hello.", "persona": "An innkeeper.", field: what}, map[string]string{vendor: lateTargets()[vendor]})
					}
					say("mira", "One.")
					say("orla", "One.")
					w.applied("Applied: 2 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
					if strings.Contains(w.lockText(), "unseen") {
						t.Errorf("what was seen is still to be seen: %s", w.lockText())
					}
					w.late(0)
					for range reads { // by then everything is old
						w.empty()
					}
					w.late(reads)
					say("mira", "Two.")
					w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
					w.late(0)
					for range reads { // by then everything is old
						w.empty()
					}
					w.late(reads)
					w.delete("characters/orla.yaml")
					w.applied("Applied: 0 created, 0 updated, 1 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Prune = true })
					w.late(0)
					w.empty()
				})
			}
		}
	}
}

// TestLaterThanTheTable: what does not show in time stays in the lock with its
// id and key, and the next run finds it.
func TestLaterThanTheTable(t *testing.T) {
	for vendor := range lateVendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.late(1000)
			w.manifest("mira", map[string]string{"name": "Mira", "greeting": "Hello.", "persona": "An innkeeper."}, map[string]string{vendor: lateTargets()[vendor]})
			r := w.applied("Applied: 0 created, 0 updated, 0 deleted, 1 failed, 0 skipped.")
			if o := r.Outcomes[0]; !strings.Contains(o.Reason, "does not show it yet") || !strings.Contains(o.Hint, "run again") {
				t.Errorf("%+v", o)
			}
			id := w.live(vendor)[0].ID
			if lock := w.lockText(); !strings.Contains(lock, id) || !strings.Contains(lock, `"unseen":{"key":`) {
				t.Errorf("the lock does not hold %s: %s", id, lock)
			}
			w.late(0)
			w.srv.ResetRequests()
			w.apply()
			if n := len(w.live(vendor)); n != 1 {
				t.Errorf("%d characters; %s", n, routes(w.requests()))
			}
			w.empty()
		})
	}
}

// TestLostAndLate: a creation whose answer was lost and that the lists show
// late is not made again.
func TestLostAndLate(t *testing.T) {
	for vendor := range lateVendors() {
		for _, reads := range []int{1, 3, 5} {
			t.Run(fmt.Sprintf("%s/%d", vendor, reads), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.manifest("mira", map[string]string{"name": "Mira", "greeting": "Hello.", "persona": "An innkeeper."}, map[string]string{vendor: lateTargets()[vendor]})
				w.fault(vendor, "character.create", sandbox.FaultResetAfter, 9, false)
				w.late(reads)
				w.apply()
				w.srv.ClearFaults()
				w.apply()
				w.late(0)
				w.apply()
				if n := len(w.live(vendor)); n != 1 {
					t.Errorf("%d characters", n)
				}
				w.empty()
			})
		}
	}
}

// TestListBehind: a list that lacks a bound character is not believed: reading
// it by id tells.
func TestListBehind(t *testing.T) {
	for vendor := range lateVendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "late-where=lists")
			for _, name := range []string{"mira", "orla", "ada"} {
				w.manifest(name, map[string]string{"name": name, "greeting": "Hello.", "persona": "An innkeeper."}, map[string]string{vendor: lateTargets()[vendor]})
			}
			w.late(40)
			w.apply()
			for _, c := range w.plan().Changes {
				if c.Action == "create" || c.Gone != "" {
					t.Errorf("%s: %s, gone %q", c.Address, c.Action, c.Gone)
				}
			}
			w.apply()
			if n := len(w.live(vendor)); n != 3 {
				t.Errorf("%d characters", n)
			}
			w.late(0)
			w.apply()
			w.empty()
			if n := len(w.live(vendor)); n != 3 {
				t.Errorf("%d characters", n)
			}
		})
	}
}

// TestKilledAndLate: what a killed run has sent, and the service shows late, is
// waited for: the next run judges by what was sent, not by what a late read
// still shows.
func TestKilledAndLate(t *testing.T) {
	for vendor, field := range lateVendors() {
		for _, where := range []string{"everywhere", "lists"} {
			for _, reads := range []int{1, 4} {
				each := func(name string, test func(w *world, say func(what string))) {
					t.Run(fmt.Sprintf("%s/%s/%d/%s", vendor, where, reads, name), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t, "late-where="+where)
						say := func(what string) {
							w.manifest("mira", map[string]string{"name": "Mira", "greeting": "Hello.", "persona": "An innkeeper.", "visibility": "unlisted", field: what}, map[string]string{vendor: lateTargets()[vendor]})
						}
						say("One.")
						w.manifest("orla", map[string]string{"name": "Orla", "greeting": "Hello.", "persona": "A smith.", "visibility": "unlisted"}, map[string]string{vendor: lateTargets()[vendor]})
						w.apply()
						test(w, say)
						w.late(0)
						w.empty()
						w.empty()
					})
				}
				kill := func(w *world, change ...func(*Options)) {
					w.late(reads)
					e := w.engine(append(change, anything)...)
					p, err := e.Plan(context.Background())
					if err != nil {
						w.Fatal(err)
					}
					if !w.killedIn(e, p, 1, true) {
						w.Fatal("it was not killed")
					}
				}
				holds := func(w *world, want string) {
					w.Helper()
					live := slices.DeleteFunc(w.live(vendor), func(s sandbox.Stored) bool {
						return s.Doc["archived"] == true || !strings.Contains(fmt.Sprint(s.Doc), "Mira")
					})
					if len(live) != 1 || !strings.Contains(fmt.Sprint(live[0].Doc), want) || strings.Contains(fmt.Sprint(live[0].Doc), map[string]string{"One.": "Two.", "Two.": "One."}[want]) {
						w.Errorf("%d characters, that should hold %q: %v", len(live), want, live)
					}
				}
				each("updated, then the old text again", func(w *world, say func(string)) {
					say("Two.")
					kill(w)
					say("One.")
					w.apply()
					holds(w, "One.")
				})
				each("updated, then the same again", func(w *world, say func(string)) {
					say("Two.")
					kill(w)
					w.srv.ResetRequests()
					w.apply()
					if n := len(w.writes()); n > 0 {
						w.Errorf("it was sent again, %d times", n)
					}
					holds(w, "Two.")
				})
				each("updated, then undone", func(w *world, say func(string)) {
					say("Two.")
					kill(w)
					w.undo("", anything, overwrite)
					say("One.")
					holds(w, "One.")
				})
				each("undone, then applied", func(w *world, say func(string)) {
					say("Two.")
					w.apply()
					for range 3 {
						w.empty()
					}
					w.late(reads)
					e, p := w.undoing("", anything)
					if !w.killedIn(e, p, 1, true) {
						w.Fatal("it was not killed")
					}
					w.apply()
					holds(w, "Two.")
				})
				each("drift", func(w *world, say func(string)) {
					say("Two.")
					kill(w)
					for _, c := range w.drift().Changes {
						w.Errorf("%s: %s %v", c.Address, c.Reason, c.Fields)
					}
					w.apply()
				})
				each("deleted, then wanted again", func(w *world, say func(string)) {
					w.delete("characters/mira.yaml")
					kill(w, func(o *Options) { o.Prune = true })
					say("One.")
					w.apply()
					w.late(0)
					w.apply()
					holds(w, "One.")
				})
				each("deleted, then undone", func(w *world, say func(string)) {
					w.delete("characters/mira.yaml")
					kill(w, func(o *Options) { o.Prune = true })
					w.undo("", anything)
					say("One.")
					w.late(0)
					for range reads {
						w.plan()
					}
					if n := w.visible(vendor); n != 2 {
						w.Errorf("%d characters", n)
					}
				})
			}
		}
	}
}
