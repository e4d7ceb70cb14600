package apply

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// planOf makes a plan with n changes of one kind.
func planOf(n int, c diff.Change) *diff.Plan {
	p := &diff.Plan{}
	for i := range n {
		c := c
		c.Fields = slices.Clone(c.Fields)
		c.Address = diff.Address{Name: fmt.Sprintf("n%d", i), Target: "alakazam"}
		p.Changes = append(p.Changes, c)
	}
	return p
}

func textChange(before, after string) diff.Change {
	f := diff.FieldChange{Path: "persona", Kind: diff.Text, Class: diff.Yours, Before: before, BeforeKnown: true, Send: true}
	if after != "" {
		f.After = after
	}
	return diff.Change{Action: diff.Update, ID: "x", Fields: []diff.FieldChange{f}}
}

func visibility(before, after string) diff.Change {
	return diff.Change{Action: diff.Update, ID: "x", Fields: []diff.FieldChange{
		{Path: "visibility", Kind: diff.Enum, Class: diff.Yours, Before: before, BeforeKnown: true, After: after, Send: true},
	}}
}

// TestGuards holds each guard at its edge: just under it passes, just over it
// stops, and --allow lets it pass.
func TestGuards(t *testing.T) {
	words := func(n int) string { return strings.Repeat("é", n) }
	drifted := textChange("a", "Same for all.")
	drifted.Fields[0].Class = diff.Drift
	created := textChange("", "Same for all.")
	created.Action = diff.Create
	for _, c := range []struct {
		name string
		plan *diff.Plan
		s    shares
		rule string // "" passes
		says []string
	}{
		{"3 of 20 updated", planOf(3, textChange("a", "b")), shares{bound: 20, changes: spec.Percent(15), deletes: spec.Percent(10)}, guardSameText, []string{"3 characters"}},
		{"10% updated", planOf(2, textChange("a", "b")), shares{bound: 20, changes: spec.Percent(10), deletes: spec.Percent(10)}, "", nil},
		{"over 9% updated", planOf(2, textChange("a", "b")), shares{bound: 20, changes: spec.Percent(9), deletes: spec.Percent(10)}, guardMaxChanges, []string{"2 of 20", "10%", "9%"}},
		{"many of nineteen", planOf(2, textChange("a", "b")), shares{bound: 19, changes: spec.Percent(1), deletes: spec.Percent(1)}, "", nil},
		{"two against a count of two", planOf(2, textChange("a", "b")), shares{bound: 3, changes: spec.Share{Value: 2}, deletes: spec.Percent(10)}, "", nil},
		{"two against a count of one", planOf(2, textChange("a", "b")), shares{bound: 3, changes: spec.Share{Value: 1}, deletes: spec.Percent(10)}, guardMaxChanges, []string{"2 of 3"}},
		{"10% deleted", planOf(2, diff.Change{Action: diff.Delete}), shares{bound: 20, changes: spec.Percent(30), deletes: spec.Percent(10)}, "", nil},
		{"over 10% deleted", planOf(3, diff.Change{Action: diff.Delete}), shares{bound: 28, changes: spec.Percent(30), deletes: spec.Percent(10)}, guardMaxDeletes, []string{"3 of 28", "11%"}},
		{"creates never count", planOf(40, diff.Change{Action: diff.Create}), shares{bound: 20, changes: spec.Percent(1), deletes: spec.Percent(1)}, "", nil},
		{"30% made again", planOf(6, diff.Change{Action: diff.Create, Gone: "x"}), shares{bound: 20, changes: spec.Percent(30), deletes: spec.Percent(10)}, "", nil},
		{"40% made again", planOf(8, diff.Change{Action: diff.Create, Gone: "x"}), shares{bound: 20, changes: spec.Percent(30), deletes: spec.Percent(10)}, guardMaxChanges, []string{"8 of 20", "not found", "40%"}},
		{"nineteen of nineteen made again", planOf(19, diff.Change{Action: diff.Create, Gone: "x"}), shares{bound: 19, changes: spec.Percent(30), deletes: spec.Percent(10)}, "", nil},
		{"records never count", planOf(40, diff.Change{Action: diff.Record}), shares{bound: 20, changes: spec.Percent(1), deletes: spec.Percent(1)}, "", nil},
		{"half of 200 is left", planOf(1, textChange(words(200), words(100))), shares{}, "", nil},
		{"less than half of 200", planOf(1, textChange(words(200), words(99))), shares{}, guardShrink, []string{"200", "99", "persona"}},
		{"199 characters may go", planOf(1, textChange(words(199), "")), shares{}, "", nil},
		{"200 characters emptied", planOf(1, textChange(words(200), "")), shares{}, guardShrink, []string{"all of its 200"}},
		{"private to public", planOf(1, visibility("private", "public")), shares{}, guardPublish, []string{"private"}},
		{"UNLISTED to PUBLIC", planOf(1, visibility("UNLISTED", "PUBLIC")), shares{}, guardPublish, []string{"unlisted"}},
		{"private to unlisted", planOf(1, visibility("private", "unlisted")), shares{}, "", nil},
		{"public stays", planOf(1, visibility("public", "public")), shares{}, "", nil},
		{"two get one text", planOf(2, textChange("a", "b")), shares{}, "", nil},
		{"three get one text", planOf(3, textChange("a", "b")), shares{}, guardSameText, []string{"3 characters", "persona", "n0, n1, n2"}},
		{"five get one text", planOf(5, textChange("a", "b")), shares{}, guardSameText, []string{"and 2 more"}},
		{"three get it back", planOf(3, drifted), shares{}, "", nil},
		{"three begin with it", planOf(3, created), shares{}, "", nil},
		{"protected", planOf(1, diff.Change{Action: diff.Delete, Protect: true}), shares{}, guardProtected, []string{"protected"}},
		{"protected and updated", planOf(1, func() diff.Change { c := textChange("a", "b"); c.Protect = true; return c }()), shares{}, "", nil},
		{"replace", planOf(1, diff.Change{Action: diff.Replace, ID: "x", Reason: "region_id can only be set at creation"}), shares{}, guardReplace, []string{"region_id"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.s.bound == 0 {
				c.s = shares{changes: spec.Percent(100), deletes: spec.Percent(100)}
			}
			allowed := *c.plan
			allowed.Changes = slices.Clone(c.plan.Changes)
			guardPlan(c.plan, c.s, nil)
			found := blocksOf(c.plan)
			if c.rule == "" {
				if len(found) > 0 {
					t.Fatalf("stopped by %+v", found)
				}
				return
			}
			if len(found) == 0 || found[0].Rule != c.rule {
				t.Fatalf("found %+v, want %s", found, c.rule)
			}
			for _, s := range c.says {
				if !strings.Contains(found[0].Message, s) {
					t.Errorf("%q does not say %q", found[0].Message, s)
				}
			}
			if !strings.Contains(found[0].Hint, "--allow "+c.rule) {
				t.Errorf("the hint is %q", found[0].Hint)
			}
			if guardPlan(&allowed, c.s, map[string]bool{c.rule: true}); len(blocksOf(&allowed)) > 0 {
				t.Errorf("--allow does not let it pass: %+v", blocksOf(&allowed))
			}
		})
	}
}

func blocksOf(p *diff.Plan) []diff.Block {
	var out []diff.Block
	for _, c := range p.Changes {
		out = append(out, c.Blocked...)
	}
	return append(out, p.Guards...)
}

// A refused apply has written nothing at all: neither to a provider, nor to
// the lock, nor a run record; not even what no guard is against.
func TestRefusedApplyWritesNothing(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("Long words. ", 30)
	w.manifest("mira", map[string]string{"name": "Mira", "persona": long}, map[string]string{"alakazam": ""})
	w.manifest("olga", map[string]string{"name": "Olga", "persona": "Short."}, map[string]string{"alakazam": ""})
	w.apply()
	w.manifest("mira", map[string]string{"name": "Mira", "persona": "Gone."}, map[string]string{"alakazam": ""})
	w.manifest("olga", map[string]string{"name": "Olga", "persona": "Shorter."}, map[string]string{"alakazam": ""})
	w.manifest("nina", map[string]string{"name": "Nina"}, map[string]string{"alakazam": ""})
	lock := w.lockText()
	w.requests()
	p := w.plan()
	if n := p.Counts(); n.Create != 1 || n.Update != 2 {
		t.Errorf("the plan hides what a guard would stop: %s", n.Summary())
	}
	r := w.apply()
	if len(r.Refused) != 1 || r.Refused[0].Rule != guardShrink || r.Skipped != 3 || r.Wrote() {
		t.Errorf("%s %+v", r.Summary(), r.Refused)
	}
	if got := w.writes(); len(got) > 0 || r.RunID != "" {
		t.Errorf("it wrote: %s", routes(got))
	}
	if w.lockText() != lock {
		t.Error("the lock changed")
	}
	w.applied("Applied: 1 created, 2 updated, 0 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Allow = map[string]bool{guardShrink: true} })
}

func TestAllowAtApplyOfAFrozenPlan(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "visibility": "private"}, map[string]string{"alakazam": ""})
	w.apply()
	w.manifest("mira", map[string]string{"name": "Mira", "visibility": "public"}, map[string]string{"alakazam": ""})
	frozen := w.freeze(w.plan())
	if r := w.execute(frozen); len(r.Refused) != 1 || r.Refused[0].Rule != guardPublish {
		t.Fatalf("%+v", r)
	}
	if r := w.execute(frozen, func(o *Options) { o.Allow = map[string]bool{guardPublish: true} }); r.Updated != 1 {
		t.Errorf("%+v", r)
	}
}

func TestReplace(t *testing.T) {
	w := newWorld(t)
	at := func(region string) {
		w.manifest("mira", map[string]string{"name": "Mira", "description": "Innkeeper."}, map[string]string{"npcbuilder": "role: guard, model: standard, region_id: " + region})
	}
	at("north")
	if _, err := w.srv.Put("npcbuilder", map[string]any{"name": "Wall", "game_id": "game123", "world_id": "world456", "region_id": "north"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.srv.Put("npcbuilder", map[string]any{"name": "Tower", "game_id": "game123", "world_id": "world456", "region_id": "south"}); err != nil {
		t.Fatal(err)
	}
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	old := w.id("mira", "npcbuilder")
	w.empty()
	at("south")
	p := w.plan()
	if len(p.Changes) != 1 || p.Changes[0].Action != diff.Replace || p.Changes[0].Removal == "" {
		t.Fatalf("%+v", p.Changes)
	}
	if n := p.Counts(); n.Create != 1 || n.Delete != 1 {
		t.Error(n.Summary())
	}
	if r := w.apply(); len(r.Refused) != 1 || r.Refused[0].Rule != guardReplace {
		t.Fatalf("%+v", r)
	}
	w.requests()
	w.applied("Applied: 1 created, 0 updated, 1 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Allow = map[string]bool{guardReplace: true} })
	if got := routes(w.writes()); got != "1 npcbuilder character.create, 1 npcbuilder character.delete" {
		t.Error(got)
	}
	if w.id("mira", "npcbuilder") == old || len(w.live("npcbuilder")) != 3 {
		t.Errorf("%d characters", len(w.live("npcbuilder")))
	}
	w.empty()
}

// One account's lock and another account's key: nothing that is bound is
// found, and everything would be there twice, with the old ids forgotten.
func TestAnotherAccountIsNotFilledAnew(t *testing.T) {
	w := newWorld(t)
	w.write("charsync.yaml", strings.Replace(projectFile, "maxChanges: 100%", "maxChanges: 30%", 1))
	w.castOf("alakazam", 24, func(i int) string { return fmt.Sprint(i) })
	w.applied("Applied: 24 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	before := w.lockText()
	for _, c := range w.live("alakazam") {
		if err := w.srv.Remove("alakazam", c.ID); err != nil {
			t.Fatal(err)
		}
	}
	if p := w.plan(); len(p.Diagnostics) != 1 || p.Diagnostics[0].Code != codeNoneFound || !p.Complete {
		t.Errorf("%+v", p.Diagnostics)
	}
	r := w.apply()
	rules := map[string]bool{}
	for _, b := range r.Refused {
		rules[b.Rule] = strings.Contains(b.Hint, "account")
	}
	if len(r.Refused) != 2 || !rules[guardAccount] || !rules[guardMaxChanges] || r.Created != 0 {
		t.Fatalf("%s %+v", r.Summary(), r.Refused)
	}
	if w.lockText() != before {
		t.Error("the lock changed")
	}
	w.applied("Applied: 24 created, 0 updated, 0 deleted, 0 failed, 0 skipped.", func(o *Options) { o.Allow = map[string]bool{guardAccount: true, guardMaxChanges: true} })
}

// A run that was killed while it created must not need a person to go on: the
// updates that bring its creations to an end are no share of what is bound.
func TestFinishingCreationsIsNoShare(t *testing.T) {
	w := newWorld(t)
	w.write("charsync.yaml", strings.Replace(projectFile, "maxChanges: 100%", "maxChanges: 30%", 1))
	w.castOf("convai", 24, func(i int) string { return fmt.Sprint(i) })
	w.applied("Applied: 24 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	var lines []string
	for i, line := range strings.Split(strings.TrimSpace(w.lockText()), "\n") {
		if i > 0 { // as it is between the answer to the create and the read-back
			e, _, err := state.DecodeEntry([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			e.Fields = nil
			line = strings.TrimSpace(string(state.EncodeEntry(e, false)))
			w.edit("convai", e.ID, map[string]any{"temperature": 0.9, "voice_type": "US MALE 1", "backstory": "not yet"})
		}
		lines = append(lines, line)
	}
	w.write("charsync.lock", strings.Join(lines, "\n")+"\n")
	w.applied("Applied: 0 created, 24 updated, 0 deleted, 0 failed, 0 skipped.")
	w.castOf("convai", 24, func(i int) string { return fmt.Sprint(i, " again") })
	if r := w.apply(); len(r.Refused) != 1 || r.Refused[0].Rule != guardMaxChanges {
		t.Errorf("finished creations count: %s %+v", r.Summary(), r.Refused)
	}
}

// Figures that people read have their thousands apart.
func TestFiguresOfGuards(t *testing.T) {
	lost := guardShrinking(&diff.Change{Action: diff.Update, Fields: []diff.FieldChange{{
		Path: "persona", Kind: diff.Text, Before: strings.Repeat("x", 33120), BeforeKnown: true, After: strings.Repeat("x", 1200), Send: true,
	}}})
	if len(lost) != 1 || lost[0].Message != "persona would go from 33,120 characters to 1,200" {
		t.Errorf("%+v", lost)
	}
	many := &diff.Plan{Changes: make([]diff.Change, 1500)}
	for i := range many.Changes {
		many.Changes[i].Action = diff.Update
	}
	if got := guardShares(many, shares{bound: 2000, changes: spec.Share{Percent: true, Value: 30}}); len(got) != 1 || !strings.HasPrefix(got[0].Message, "1,500 of 2,000 bound") {
		t.Errorf("%+v", got)
	}
}

// TestSharesAreOfAllThatIsBound: whatever is selected, a share is one of the
// pairs that the lock binds.
func TestSharesAreOfAllThatIsBound(t *testing.T) {
	w := newWorld(t)
	for i := range 24 {
		w.manifest(fmt.Sprintf("n%02d", i), map[string]string{"name": fmt.Sprintf("N%d", i), "persona": "One."}, map[string]string{"alakazam": ""})
	}
	w.apply()
	for i := range 5 {
		w.manifest(fmt.Sprintf("n%02d", i), map[string]string{"name": fmt.Sprintf("N%d", i), "persona": fmt.Sprintf("Two, %d.", i)}, map[string]string{"alakazam": ""})
	}
	for percent, refused := range map[float64]bool{20: true, 21: false} {
		for name, change := range map[string]func(*Options){
			"everything": func(*Options) {},
			"some":       func(o *Options) { o.Selection.Names = []string{"n00", "n01", "n02", "n03", "n04"} },
			"what differs": func(o *Options) {
				o.Selection.Changed = map[string]bool{"n00": true, "n01": true, "n02": true, "n03": true, "n04": true}
			},
		} {
			p := w.plan(func(o *Options) { o.Policy.MaxChanges = spec.Percent(percent); change(o) })
			if got := len(p.Guards) > 0; got != refused {
				t.Errorf("%s at %v%%: %+v", name, percent, p.Guards)
			}
		}
	}
}

// TestSharedTextCountsOnce: a snippet that many characters use is one change,
// at all the places that it goes to; what each says by itself is one each.
func TestSharedTextCountsOnce(t *testing.T) {
	w := newWorld(t)
	cast := func(rules, own string) {
		w.write("characters/rules.md", rules)
		for i := range 24 {
			w.write(fmt.Sprintf("characters/n%02d.yaml", i), fmt.Sprintf(`apiVersion: charsync.dev/v1
kind: Character
metadata: {name: n%02d}
spec:
  name: N%d
  persona: Keeps inn %d.%s
  lore: {file: rules.md}
  targets: {convai: {voiceType: US FEMALE 1}}
`, i, i, i, own))
		}
	}
	cast("Never lies.\n\nNever sleeps.", "")
	w.apply()
	cast("Never lies.\n\nAlways sleeps.", "")
	third := func(o *Options) { o.Policy.MaxChanges = spec.Percent(30) }
	p := w.plan(third)
	if len(p.Guards) > 0 || p.Counts().Update != 24 {
		t.Errorf("one snippet, %s: %+v", p.Counts().Summary(), p.Guards)
	}
	if p := w.plan(func(o *Options) { o.Policy.MaxChanges = spec.Share{Value: 1} }); len(p.Guards) > 0 {
		t.Errorf("counted more than once: %+v", p.Guards)
	}
	if p := w.plan(func(o *Options) { o.Policy.MaxChanges = spec.Share{} }); len(p.Guards) != 1 || !strings.Contains(p.Guards[0].Message, "1 of 24 bound pairs of character and target would be updated (4%, a shared text counted once)") {
		t.Errorf("%+v", p.Guards)
	}
	cast("Never lies.\n\nNever sleeps.", " Hums.")
	if p := w.plan(third); len(p.Guards) == 0 || p.Guards[0].Rule != guardMaxChanges {
		t.Errorf("the same edit made by hand in each is no shared text: %+v", p.Guards)
	}
}
