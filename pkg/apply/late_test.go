package apply

import (
	"fmt"
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
