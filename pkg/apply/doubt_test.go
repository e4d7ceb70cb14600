package apply

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

const (
	nothingFailed = "Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped."
)

func (w *world) painted(style, greeting string) {
	w.Helper()
	w.manifest("mira", map[string]string{"name": "Mira", "greeting": greeting, "visibility": "unlisted"}, map[string]string{"alakazam": "style: " + style})
}

// fault arms one fault at Alakazam.
func (w *world) fault(vendor, route string, kind sandbox.FaultKind, times int, commit bool) {
	w.srv.Inject(sandbox.Fault{Vendor: vendor, Route: route, Kind: kind, Times: times, Commit: commit, RetryAfter: "0.001"})
}

// An attempt in doubt stays in doubt when finding out about it is refused, and
// the lock can be read.
func TestFindingOutIsRefused(t *testing.T) {
	for _, refusal := range []sandbox.FaultKind{sandbox.FaultRateLimit, sandbox.FaultExpiredKey} {
		for _, commit := range []bool{true, false} {
			w := newWorld(t)
			w.painted("oil", "Hello.")
			w.fault("alakazam", "character.create", sandbox.FaultBadGateway, 5, commit)
			w.apply()
			w.srv.ClearFaults()
			w.fault("alakazam", "write", refusal, -1, false)
			if r := w.apply(); r.Failed != 1 {
				t.Fatal(refusal, r.Summary())
			}
			w.srv.ClearFaults()
			if r := w.apply(); r.Failed > 0 {
				t.Fatal(refusal, w.explain(r))
			}
			w.empty()
			if n := len(w.live("alakazam")); n != 1 {
				t.Errorf("%s, carried out %v: %d characters", refusal, commit, n)
			}
		}
	}
}

// What a creation sent and nothing shows counts as there once the creation was
// answered, whatever becomes of the calls that follow.
func TestCreationIsTrusted(t *testing.T) {
	w := newWorld(t)
	w.painted("oil", "Hello.")
	w.fault("alakazam", "character.update", sandbox.FaultServerError, 5, false)
	if r := w.apply(); r.Failed != 1 {
		t.Fatal(r.Summary())
	}
	w.srv.ClearFaults()
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
	if n := len(w.live("alakazam")); n != 1 {
		t.Errorf("%d characters", n)
	}
}

// A field that is set at creation and never shown has the value of the attempt
// that was lost, not of the manifest as it is by now.
func TestLostCreationAndAnotherManifest(t *testing.T) {
	w := newWorld(t)
	w.painted("oil", "Hello.")
	w.fault("alakazam", "character.create", sandbox.FaultBadGateway, 5, true)
	w.apply()
	w.srv.ClearFaults()
	w.painted("chalk", "Hello again.")
	w.apply()
	p := w.plan()
	if len(p.Changes) != 1 || p.Changes[0].Action != diff.Replace {
		t.Fatalf("the style is oil, and the plan is %s", p.Counts().Summary())
	}
	w.applied("Applied: 1 created, 0 updated, 1 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Allow = map[string]bool{"replace": true} })
	w.empty()
	stored, err := w.srv.Character("alakazam", w.id("mira", "alakazam"))
	if err != nil || stored.Doc["style"] != "chalk" {
		t.Errorf("%v %v", err, stored.Doc)
	}
}

// A service that answers another value than was sent is not believed to have
// done so when the write failed.
func TestRewriteAfterFailure(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "persona": "P"}, map[string]string{"convai": `voiceType: "US MALE 1", model_group_name: gpt-5.4`})
	w.fault("convai", "character.update", sandbox.FaultServerError, 1, false)
	if r := w.apply(); r.Failed != 1 {
		t.Fatal(r.Summary())
	}
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
	if doc := w.live("convai")[0].Doc; doc["model_group_name"] != "gpt-5.4" {
		t.Errorf("%v", doc)
	}
}

// What nothing shows and was sent in vain is unknown: going back to the old
// value sends that.
func TestUnreadableAfterFailure(t *testing.T) {
	w := newWorld(t)
	model := func(m string) {
		w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"npcbuilder": "model: " + m})
	}
	model("standard")
	w.apply()
	model("premium")
	w.fault("npcbuilder", "character.update", sandbox.FaultServerError, 1, true)
	if r := w.apply(); r.Failed != 1 {
		t.Fatal(r.Summary())
	}
	model("standard")
	w.applied("Applied: 0 created, 1 updated, 0 deleted, 0 failed, 0 skipped.")
	if doc := w.live("npcbuilder")[0].Doc; doc["model"] != "standard" {
		t.Errorf("%v", doc)
	}
	w.applied(nothingFailed)
}

// What was never begun is not read back, and not told as done.
func TestNotBegunIsNotRead(t *testing.T) {
	w := newWorld(t)
	place := func(region string) {
		w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"npcbuilder": "region_id: " + region})
	}
	place("region1")
	w.apply()
	place("region2")
	e := w.engine(func(o *Options) { o.Allow = map[string]bool{"replace": true} })
	p, err := e.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := e.Apply(ctx, p)
	if err != nil || r.Skipped != 1 || r.Created+r.Deleted > 0 {
		t.Errorf("%v %s", err, r.Summary())
	}
}

// A character that somebody else has deleted is forgotten, and not told as
// deleted by this run.
func TestDeletedBySomebodyElse(t *testing.T) {
	for _, vendor := range []string{"npcbuilder", "convai", "alakazam", "characterai"} {
		w := newWorld(t)
		w.castOf(vendor, 2, func(i int) string { return fmt.Sprint(i) })
		w.apply()
		w.delete("characters/npc-0001.yaml")
		e := w.engine(func(o *Options) { o.Prune = true })
		p, err := e.Plan(context.Background())
		if err != nil || p.Counts().Delete != 1 {
			t.Fatal(err, p.Counts().Summary())
		}
		if err := w.srv.Remove(vendor, w.id("npc-0001", vendor)); err != nil {
			t.Fatal(err)
		}
		r, err := e.Apply(context.Background(), p)
		if err != nil || r.Summary() != nothingFailed {
			t.Errorf("%s: %v %s %s", vendor, err, r.Summary(), w.explain(r))
		}
		w.empty()
	}
}

// The end of a replacement that was interrupted removes a character. Plan and
// apply count it.
func TestRestOfAReplacementCounts(t *testing.T) {
	w := newWorld(t)
	place := func(region string) {
		w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"npcbuilder": "region_id: " + region})
	}
	allow := func(o *Options) { o.Allow = map[string]bool{"replace": true} }
	place("region1")
	w.apply()
	place("region2")
	w.fault("npcbuilder", "character.delete", sandbox.FaultServerError, 1, false)
	if r := w.apply(allow); r.Failed != 1 || len(w.live("npcbuilder")) != 2 {
		t.Fatal(r.Summary())
	}
	if got := w.plan().Counts().Summary(); got != "Plan: 0 to create, 0 to update, 1 to delete, 0 drifted, 0 in conflict." {
		t.Error(got)
	}
	w.applied("Applied: 0 created, 0 updated, 1 deleted, 0 failed, 0 skipped.")
	w.empty()
	if n := len(w.live("npcbuilder")); n != 1 {
		t.Errorf("%d characters", n)
	}
}

// A replacement whose answer was lost and that the manifest takes back leaves
// one character, and one that is changed once more leaves one too.
func TestReplacementInDoubt(t *testing.T) {
	allow := func(o *Options) { o.Allow = map[string]bool{"replace": true} }
	for _, s := range []struct{ vendor, field, first, second, third string }{
		{"npcbuilder", "region_id", "region1", "region2", "region2, location_id: location3"},
		{"alakazam", "style", "oil", "chalk", "ink"},
	} {
		for _, commit := range []bool{true, false} {
			for _, then := range []string{s.first, s.second, s.third, ""} {
				t.Run(fmt.Sprintf("%s/carried out %v/then %q", s.vendor, commit, then), func(t *testing.T) {
					w := newWorld(t)
					manifest := func(value string) {
						w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{s.vendor: s.field + ": " + value})
					}
					manifest(s.first)
					w.apply()
					manifest(s.second)
					w.fault(s.vendor, "character.create", sandbox.FaultBadGateway, 5, commit)
					if r := w.apply(allow); r.Failed != 1 {
						t.Fatal(r.Summary())
					}
					w.srv.ClearFaults()
					want := 1
					if then != "" {
						manifest(then)
					} else {
						w.delete("characters/mira.yaml")
						w.manifest("other", map[string]string{"name": "Other"}, map[string]string{s.vendor: s.field + ": " + s.first})
					}
					for range 3 { // one to find out, one to replace it in turn
						w.apply(allow, func(o *Options) { o.Prune = true })
					}
					w.empty()
					live := 0
					for _, c := range w.live(s.vendor) {
						if s.vendor != "alakazam" || len(openLock(t, w.lockPath()).Holders(state.Live{Provider: s.vendor, ID: c.ID})) > 0 {
							live++
						} else if !retiredAs(w, c.ID) {
							t.Errorf("%s is left over: %v", c.ID, c.Doc)
						}
					}
					if live != want {
						t.Errorf("%d characters: %s", live, w.lockText())
					}
				})
			}
		}
	}
}

// retiredAs reports a character at Alakazam that was let go: the last thing
// that was sent to it was to be private, and nothing else.
func retiredAs(w *world, id string) bool {
	last := ""
	for _, r := range w.srv.Requests("alakazam") {
		if r.ID == id && r.Route == "character.update" {
			last = string(r.Body)
		}
	}
	return last == `{"visibility":"private"}`
}

// Undoing an undo binds a character again with what is known of it, also when
// the run that was undone had ended in doubt: nothing is replaced then.
func TestUndoOfAnUndoAfterDoubt(t *testing.T) {
	w := newWorld(t)
	w.painted("oil", "Hello.")
	w.fault("alakazam", "character.create", sandbox.FaultBadGateway, 5, true)
	w.apply()
	w.srv.ClearFaults()
	w.undone("", "Applied: 0 created, 0 updated, 1 deleted, 0 failed, 0 skipped.")
	w.now = w.now.Add(time.Minute)
	w.undo("")
	if p := w.plan(); p.Counts().Create+p.Counts().Delete > 0 {
		t.Error(p.Counts().Summary())
	}
}

// An undo that is refused leaves the lock as it was.
func TestUndoIsRefusedAfterDoubt(t *testing.T) {
	w := newWorld(t)
	w.painted("oil", "Hello.")
	w.fault("alakazam", "character.create", sandbox.FaultBadGateway, 5, true)
	w.apply()
	w.srv.ClearFaults()
	w.fault("alakazam", "write", sandbox.FaultExpiredKey, 1, false)
	if r := w.undo(""); r.Failed != 1 {
		t.Fatal(r.Summary())
	}
	w.srv.ClearFaults()
	if p := w.plan(); p.Counts().Delete > 0 {
		t.Error(p.Counts().Summary())
	}
	w.apply()
	w.empty()
	if n := len(w.live("alakazam")); n != 1 {
		t.Errorf("%d characters", n)
	}
}

// An update that is refused right after a lost creation was settled leaves the
// character bound. The next run does not take it for a second one.
func TestRefusedAfterSettling(t *testing.T) {
	for _, vendor := range vendors() {
		t.Run(vendor, func(t *testing.T) {
			w := newWorld(t)
			w.castOf(vendor, 1, func(int) string { return "one" })
			w.fault(vendor, "character.create", sandbox.FaultServerError, 1, true)
			if r := w.apply(); r.Failed != 1 {
				t.Fatal(r.Summary())
			}
			id := w.live(vendor)[0].ID
			w.castOf(vendor, 1, func(int) string { return "two" })
			w.fault(vendor, "character.update", sandbox.FaultExpiredKey, 1, false)
			if r := w.apply(); r.Failed != 1 {
				t.Fatal(r.Summary())
			}
			w.srv.ClearFaults()
			if r := w.apply(); r.Failed+r.Skipped > 0 {
				t.Fatal(w.explain(r))
			}
			w.empty()
			if live := w.live(vendor); len(live) != 1 || live[0].ID != id || live[0].Doc["archived"] == true {
				t.Errorf("%v", live)
			}
		})
	}
}

// A creation that was carried out and then refused is found by the next run,
// and one that was refused for good is made when the manifest has been mended.
func TestRefusedCreation(t *testing.T) {
	targets := map[string]string{"characterai": "", "convai": `voiceType: "US MALE 1"`, "npcbuilder": ""}
	for vendor, target := range targets {
		for _, commit := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, carried out %v", vendor, commit), func(t *testing.T) {
				w := newWorld(t)
				fields := map[string]string{"name": "Mira", "persona": "P", "greeting": "Hello."}
				w.manifest("mira", fields, map[string]string{vendor: target})
				w.fault(vendor, "character.create", sandbox.FaultRefused, 1, commit)
				r := w.apply()
				if r.Failed != 1 || !strings.Contains(r.Outcomes[0].Hint, "change the manifest if these words ask for it") {
					t.Fatal(w.explain(r))
				}
				fields["name"] = "Miriam"
				w.manifest("mira", fields, map[string]string{vendor: target})
				if r := w.apply(); r.Failed > 0 {
					t.Fatal(w.explain(r))
				}
				w.empty()
				if n := len(w.live(vendor)); n != 1 {
					t.Errorf("%d characters", n)
				}
			})
		}
	}
}

// A creation that was carried out and whose repetition is refused, because the
// service knows the key or for another reason, is found by its content; one
// that is not there was never made.
func TestRepetitionIsRefused(t *testing.T) {
	for _, commit := range []bool{true, false} {
		w := newWorld(t)
		w.painted("oil", "Hello.")
		w.fault("alakazam", "character.create", sandbox.FaultBadGateway, 5, commit)
		w.apply()
		w.srv.ClearFaults()
		w.fault("alakazam", "character.create", sandbox.FaultRefused, 1, false)
		r := w.apply()
		if commit != (r.Failed == 0) {
			t.Fatalf("carried out %v: %s", commit, w.explain(r))
		}
		if !commit && strings.Contains(w.lockText(), "pending") {
			t.Error("what was refused twice is in doubt")
		}
		w.apply()
		w.empty()
		if n := len(w.live("alakazam")); n != 1 {
			t.Errorf("carried out %v: %d characters", commit, n)
		}
	}
}

// A list that can't be read while a run is undone tells nothing of a creation
// that is in doubt: it stays in doubt, and is not made a second time.
func TestUndoWithoutAList(t *testing.T) {
	w := newWorld(t)
	w.painted("oil", "Hello.")
	w.fault("alakazam", "character.create", sandbox.FaultBadGateway, 5, true)
	run, err := ReadRun(w.runDir(), w.apply().RunID)
	if err != nil {
		t.Fatal(err)
	}
	w.srv.ClearFaults()
	w.fault("alakazam", "character.list", sandbox.FaultRefused, -1, false)
	e := w.engine()
	plan, err := e.Undo(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Apply(context.Background(), plan); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(w.lockText(), "pending") {
		t.Error("the attempt is forgotten")
	}
	w.srv.ClearFaults()
	w.apply()
	w.empty()
	if n := len(w.live("alakazam")); n != 1 {
		t.Errorf("%d characters", n)
	}
}

// When an undo removes what a lost creation made, what that sent and nothing
// shows is remembered: an undo that is killed then leaves no character that
// would have to be replaced.
func TestRemovingALostCreationRemembersIt(t *testing.T) {
	w := newWorld(t)
	e := w.engine()
	ar := &accountRun{run: &run{engine: e}, account: e.Accounts["alakazam"]}
	a := diff.Address{Name: "mira", Target: "alakazam"}
	it := &item{
		Change: &diff.Change{Address: a, Provider: "alakazam", Action: diff.Delete, ID: "x", Rebind: true},
		entry:  Entry{Address: a, Pending: &Intent{Action: diff.Create, Fields: map[spec.Path]string{"style": "digest"}}},
	}
	if got := ar.entryOf(it).Fields["style"].File; got != "digest" {
		t.Errorf("the mark of style is %q", got)
	}
}
