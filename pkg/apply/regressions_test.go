package apply

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Everything that compares agrees: what the plan shows as live is what apply
// finds when it reads again, what it reads back after writing is what the
// next plan finds, and the digest of a plan is made of the same values.
func TestRegressionTwoComparersDisagree(t *testing.T) {
	w := newWorld(t, "npcbuilder.traits-order=sorted", "convai.float-noise=on")
	target := map[string]string{
		"characterai": "categories: [Games, Books], visibility: unlisted", "convai": `voiceType: "US MALE 1", temperature: 0.3, backstory: "One\r\ntwo."`,
		"npcbuilder": "role: guard, traits: [kind, brave]", "alakazam": `scene: "", examples: "a\r\nb\n"`,
	}
	w.manifest("mira", map[string]string{"name": "Mira", "greeting": "\"Hello.\\n\""}, target)
	w.applied("Applied: 4 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.empty()
	for _, vendor := range vendors() {
		w.edit(vendor, w.id("mira", vendor), map[string]any{driftKey(vendor): "Edited elsewhere."})
	}
	frozen := w.freeze(w.plan())
	if r := w.execute(frozen); r.Skipped > 0 || r.Failed > 0 {
		t.Errorf("apply sees another world than plan: %s", w.explain(r))
	}
	w.empty()
}

// Reading commands never reach a writing route, whatever state they find:
// they run on a transport that refuses those.
func TestRegressionDryRunWrites(t *testing.T) {
	w := newWorld(t)
	w.cast(3)
	w.apply()
	// Something of everything: drift, an orphan, a new one, one in doubt.
	w.edit("alakazam", w.id("npc-000", "alakazam"), map[string]any{"persona": "Edited."})
	w.delete("characters/npc-001.yaml")
	for _, vendor := range vendors() {
		w.srv.Inject(sandbox.Fault{Vendor: vendor, Route: "character.create", Kind: sandbox.FaultResetAfter})
	}
	w.manifest("nina", map[string]string{"name": "Nina", "greeting": "Hello.", "persona": "New."}, map[string]string{
		"alakazam": "", "characterai": "", "convai": `voiceType: "US MALE 1"`, "npcbuilder": "",
	})
	w.apply(func(o *Options) { o.Selection.Names = []string{"nina"} })
	lock := w.lockText()
	w.requests()
	w.config = func(c *providers.Config) { c.ReadOnly = true }
	plan := w.plan(prune)
	if !plan.Complete {
		t.Errorf("not everything could be read: %v", plan.Diagnostics)
	}
	e := w.engine()
	if _, err := e.Destroy(context.Background()); err != nil {
		t.Fatal(err)
	}
	e.Validate()
	for _, vendor := range vendors() {
		if _, err := e.Import(context.Background(), ImportOptions{Target: vendor, All: true}); err != nil {
			t.Error(err)
		}
	}
	if got := w.writes(); len(got) > 0 {
		t.Errorf("written: %s", routes(got))
	}
	if w.lockText() != lock {
		t.Error("the lock changed")
	}
	r, err := w.engine().Apply(context.Background(), plan)
	if err == nil && r.Wrote() || len(w.writes()) > 0 {
		t.Error("the transport does not refuse writes")
	}
}

// Empty, null, absent and a server's default are four things; each comes to
// rest after one apply.
func TestRegressionEmptyNullAbsentDefault(t *testing.T) {
	for _, c := range []struct {
		name, greeting string // as the manifest says it; "" leaves it out
		writes         int
		live           any
	}{
		{"set", `"Hello."`, 1, "Hello."},
		{"empty", `""`, 1, ""},
		{"null", "null", 1, ""},
		{"absent", "", 0, "Before."},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.manifest("mira", map[string]string{"name": "Mira", "greeting": `"Before."`}, map[string]string{"alakazam": ""})
			w.apply()
			fields := map[string]string{"name": "Mira"}
			if c.greeting != "" {
				fields["greeting"] = c.greeting
			}
			w.manifest("mira", fields, map[string]string{"alakazam": ""})
			w.requests()
			w.apply()
			if got := w.writes(); len(got) != c.writes {
				t.Errorf("%d writes", len(got))
			}
			got := w.live("alakazam")[0].Doc["greeting"]
			if got == nil {
				got = ""
			}
			if got != c.live {
				t.Errorf("live is %v, want %v", got, c.live)
			}
			w.empty()
		})
	}
}

// An edit made in a console is named drift or conflict before it is touched.
func TestRegressionColleagueOverwritten(t *testing.T) {
	for _, s := range subjects() {
		w := newWorld(t)
		s.with(w, "Base text.")
		w.apply()
		w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{s.stored: "A colleague's text."})
		checkRow(t, w.plan(), s.path, diff.Drift, diff.Update, "")
		s.with(w, "File text.")
		checkRow(t, w.plan(), s.path, diff.Conflict, diff.Report, "conflict")
		r := w.apply()
		if r.Skipped != 1 || r.Outcomes[0].Rule != "conflict" {
			t.Errorf("%s: %s", s.vendor, w.explain(r))
		}
		if got := w.live(s.vendor)[0].Doc[s.stored]; got != "A colleague's text." {
			t.Errorf("%s: %v", s.vendor, got)
		}
		w.close()
	}
}

// The plan says how long the pace makes an apply take.
func TestRegressionRateLimitInPlan(t *testing.T) {
	w := newWorld(t)
	w.castOf("characterai", 10, func(int) string { return "x" })
	e := w.engine()
	e.Accounts["characterai"].Pace.PerSecond = 2
	p, err := e.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := callsOf(p, "characterai").Wait; got != "10s" { // 10 creates and 10 reads
		t.Errorf("it says %q", got)
	}
	e = w.engine()
	if p, err = e.Plan(context.Background()); err != nil || callsOf(p, "characterai").Wait != "" {
		t.Errorf("it makes up a wait: %v", p.Calls)
	}
}

// A canary in place of each credential reaches no plan, lock, run record,
// result or error, whether the service takes it or not.
func TestRegressionSecretInPlan(t *testing.T) {
	const canary = "sk_live_CANARY-7f3a9"
	for _, accepted := range []bool{true, false} {
		w := newWorld(t)
		w.cast(2)
		w.config = func(c *providers.Config) {
			for name := range c.Credentials {
				if !accepted {
					c.Credentials[name] = providers.NewSecret(canary)
				}
			}
		}
		words := []string{canary}
		for name, v := range w.srv.Environ() {
			if !strings.HasSuffix(name, "_BASE_URL") {
				words = append(words, v)
			}
		}
		var said []string
		note := func(v any) {
			data, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, string(data))
		}
		e := w.engine(func(o *Options) { o.Events = func(ev Event) { note(ev) } })
		p, err := e.Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		note(p)
		r, err := e.Apply(context.Background(), p)
		if err != nil {
			said = append(said, err.Error())
		}
		note(r)
		for _, o := range r.Outcomes {
			if o.Err != nil {
				said = append(said, o.Err.Error())
			}
		}
		err = filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			said = append(said, string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if accepted && r.Created != 8 || !accepted && r.Failed == 0 {
			t.Errorf("accepted %v: %s", accepted, r.Summary())
		}
		for _, text := range said {
			for _, word := range words {
				if strings.Contains(text, word) {
					t.Errorf("%q is in %.200s", word, text)
				}
			}
		}
		w.close()
	}
}

// Limits are checked before the first write, for every selected pair.
func TestRegressionCapsFoundMidPush(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "greeting": `"` + strings.Repeat("x", 4097) + `"`}, map[string]string{"characterai": "title: ab"})
	ds := w.engine().Validate()
	limits := 0
	for _, d := range ds {
		if d.Severity == spec.Error && strings.HasPrefix(d.Code, "CS4") && d.Pos.Line > 0 {
			limits++
		}
	}
	if limits != 2 {
		t.Errorf("%v", ds)
	}
	w.requests()
	if r := w.apply(); r.Failed != 1 || len(w.requests()) > 0 {
		t.Errorf("%s", r.Summary())
	}
}

// Lists are read to their end: a thousand characters in front of ours hide
// nothing.
func TestRegressionFirstPageOnly(t *testing.T) {
	w := newWorld(t)
	w.castOf("alakazam", 30, func(int) string { return "x" })
	w.apply()
	w.seedLive("alakazam", 250)
	w.empty()
	if err := w.srv.Remove("alakazam", w.id("npc-0029", "alakazam")); err != nil {
		t.Fatal(err)
	}
	p := w.plan()
	if n := p.Counts(); n.Create != 1 || len(p.Changes) != 1 {
		t.Errorf("%s", n.Summary())
	}
	if list := w.importAll("alakazam"); len(list) != 250+29 {
		t.Errorf("%d are listed", len(list))
	}
}
