package apply

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// TestPlanCoversItsHost: a plan of creations alone, which no lock knows yet,
// has another digest at another host, and is carried out at its own alone.
func TestPlanCoversItsHost(t *testing.T) {
	w := newWorld(t)
	w.cast(1)
	frozen := w.plan()
	moved := func() *Engine {
		e := w.engine()
		e.Accounts["alakazam"].BaseURL = "https://api.alakazam.example"
		return e
	}
	e := moved()
	for i := range frozen.Changes {
		if frozen.Changes[i].Target == "alakazam" && frozen.Changes[i].At == "" {
			t.Error("a creation is not marked with where it goes")
		}
	}
	before := frozen.Digest
	e.seal(frozen)
	if frozen.Digest == before {
		t.Error("one digest for two hosts")
	}
	frozen = w.plan()
	w.requests()
	r, err := moved().Apply(context.Background(), frozen)
	if err != nil || r.Failed == 0 {
		t.Errorf("%v %s", err, r.Summary())
	}
	for _, req := range w.requests() {
		if req.Vendor == "alakazam" {
			t.Errorf("%s %s was sent", req.Method, req.Path)
		}
	}
}

// A lock that was made at one address is not used at another one: nothing is
// asked there, the other accounts go on, and the user can say that it is the
// same account all the same.
func TestAnotherBaseURL(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	if r := w.apply(); r.Failed > 0 {
		t.Fatal(w.explain(r))
	}
	moved := func(e *Engine) { e.Accounts["alakazam"].BaseURL = "https://api.alakazam.example" }
	w.cast(3)
	w.requests()
	lock := w.lockText()
	e := w.engine()
	moved(e)
	plan, err := e.Plan(context.Background())
	if err != nil || plan.Complete || len(plan.Diagnostics) != 1 || plan.Diagnostics[0].Code != codeElsewhere || plan.Diagnostics[0].Hint == "" {
		t.Fatalf("%v %+v", err, plan.Diagnostics)
	}
	r, err := e.Apply(context.Background(), plan)
	if err != nil || r.Created != 3 || r.Failed != 3 {
		t.Fatalf("%v %s", err, w.explain(r))
	}
	for _, req := range w.requests() {
		if req.Vendor == "alakazam" {
			t.Errorf("%s %s was sent", req.Method, req.Path)
		}
	}
	if strings.Count(w.lockText(), `"target":"alakazam"`) != strings.Count(lock, `"target":"alakazam"`) {
		t.Error("the bindings there changed")
	}
	frozen := w.plan() // at the right address
	e = w.engine()
	moved(e)
	if r, err := e.Apply(context.Background(), frozen); err != nil || r.Created != 0 || r.Failed != 1 {
		t.Errorf("a frozen plan: %v %s", err, r.Summary())
	}
	e = w.engine(func(o *Options) { o.Allow = map[string]bool{guardAccount: true} })
	moved(e)
	if plan, err = e.Plan(context.Background()); err != nil || !plan.Complete {
		t.Fatalf("%v %+v", err, plan.Diagnostics)
	}
	if r, err := e.Apply(context.Background(), plan); err != nil || r.Created != 1 {
		t.Fatalf("%v %s", err, w.explain(r))
	}
	e = w.engine()
	moved(e)
	if plan, err = e.Plan(context.Background()); err != nil || !plan.Complete {
		t.Errorf("it was said once: %v %+v", err, plan.Diagnostics)
	}
}

// Lines without a mark, as older versions wrote them, are used as they are.
func TestLockWithoutMarks(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	w.apply()
	var lines []string
	for line := range strings.Lines(w.lockText()) {
		if e, _, err := state.DecodeEntry([]byte(line)); err == nil && e.Name != "" {
			e.At, e.Owner = "", ""
			line = string(state.EncodeEntry(e, false))
		}
		lines = append(lines, line)
	}
	w.write("charsync.lock", strings.Join(lines, ""))
	w.empty()
}

// One place has one mark, and what is only written differently is one place.
func TestPlaces(t *testing.T) {
	d, _ := all.Driver("convai")
	place := func(base string) string { return (&Account{Driver: d, BaseURL: base}).place() }
	for _, same := range [][]string{
		{"https://api.convai.com", "https://API.convai.com/", "https://api.convai.com:443", "https://api.convai.com."},
		{"http://127.0.0.1:41234/convai", "http://127.0.0.1:5", "http://localhost:8080/x", "http://[::1]:9/"},
		{"https://proxy.example/convai", "https://proxy.example/convai/"},
	} {
		for _, other := range same[1:] {
			if place(same[0]) != place(other) {
				t.Errorf("%s and %s are two places", same[0], other)
			}
		}
	}
	seen := map[string]string{}
	for _, base := range []string{"https://api.convai.com", "http://127.0.0.1:1", "https://proxy.example/convai", "https://proxy.example/other", "https://api.convai.com:8443"} {
		if other, known := seen[place(base)]; known {
			t.Errorf("%s and %s are one place", base, other)
		}
		seen[place(base)] = base
	}
	if place("") != "" {
		t.Error("an unknown address has a mark")
	}
}

// The key of another account at the same address: where the vendor tells whose
// a character is, nothing is planned; and where most is gone, a guard asks.
func TestAnotherAccountsKey(t *testing.T) {
	for _, c := range []struct {
		vendor, stranger string
		refused          string // the guard, where the vendor does not tell
	}{
		{"convai", "sandbox-convai-stranger", ""},
		{"alakazam", "sk_live_sandbox_stranger", guardAccount},
	} {
		t.Run(c.vendor, func(t *testing.T) {
			w := newWorld(t)
			w.castOf(c.vendor, 3, func(int) string { return "x" })
			if r := w.apply(); r.Failed > 0 {
				t.Fatal(w.explain(r))
			}
			if strings.Contains(w.lockText(), "sandbox") {
				t.Error("the lock holds something of the account")
			}
			w.config = func(cfg *providers.Config) {
				for name := range cfg.Credentials {
					cfg.Credentials[name] = providers.NewSecret(c.stranger)
				}
			}
			before := len(w.live(c.vendor))
			if c.refused == "" { // the other account has characters of its own
				e := w.engine()
				if _, err := e.Accounts[c.vendor].Provider.Create(context.Background(), "k", "", providers.Body{
					"charName": "Other", "voiceType": "US MALE 1", "backstory": "Somebody else's.",
				}); err != nil {
					t.Fatal(err)
				}
				before++
			}
			plan := w.plan()
			r, err := w.engine().Apply(context.Background(), plan)
			if err != nil || r.Created > 0 {
				t.Fatalf("%v %s", err, w.explain(r))
			}
			if n := len(w.live(c.vendor)); n != before {
				t.Errorf("%d characters, %d before", n, before)
			}
			if c.refused == "" {
				if len(plan.Diagnostics) != 1 || plan.Diagnostics[0].Code != codeElsewhere || r.Failed != 3 {
					t.Errorf("%+v %s", plan.Diagnostics, r.Summary())
				}
			} else if len(r.Refused) != 1 || r.Refused[0].Rule != c.refused {
				t.Errorf("%+v", r.Refused)
			}
			allow := func(o *Options) { o.Allow = map[string]bool{guardAccount: true} }
			if r := w.apply(allow); r.Created != 3 {
				t.Fatal(w.explain(r))
			}
			w.empty()
		})
	}
}

func TestElsewhereIsADiagnostic(t *testing.T) {
	var d spec.Diagnostic
	w := newWorld(t)
	w.castOf("alakazam", 1, func(int) string { return "x" })
	w.apply()
	e := w.engine()
	e.Accounts["alakazam"].BaseURL = "https://user:pass@elsewhere.example/path"
	_, err := e.account("alakazam")
	if !errors.As(err, &d) || d.Code != codeElsewhere || strings.Contains(d.Message, "pass") {
		t.Error(err)
	}
}

// TestRenamedInstance: a character is not made a second time because the
// instance has another name in charsync.yaml now; the move that the message
// offers carries it over.
func TestRenamedInstance(t *testing.T) {
	w := newWorld(t)
	target := map[string]string{"convai": `voiceType: "US MALE 1", backstory: Keeps the inn.`}
	w.manifest("mira", map[string]string{"name": "Mira"}, target)
	w.applied("Applied: 1 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	w.write("charsync.yaml", strings.Replace(projectFile, "convai: {}", "convai-live: {type: convai}", 1))
	w.manifest("mira", map[string]string{"name": "Mira"}, map[string]string{"convai-live": target["convai"]})
	p := w.plan()
	if p.Counts().Create != 0 || p.Complete || len(p.Unplanned) != 1 || p.Unplanned[0].Code != codeInstanceGone || !strings.Contains(p.Unplanned[0].Hint, "charsync state mv '*/convai' '*/convai-live'") {
		t.Fatalf("%+v %+v", p.Changes, p.Unplanned)
	}
	if r := w.apply(); r.Created != 0 || len(w.live("convai")) != 1 {
		t.Fatal(r.Summary())
	}
	l := openLock(t, w.lockPath())
	if _, err := l.Move(diff.Address{Name: "*", Target: "convai"}, diff.Address{Name: "*", Target: "convai-live"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
	w.empty()
}
