package apply

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
	"github.com/charsync/charsync/schemas"
)

func (w *world) drift(change ...func(*Options)) *diff.Plan {
	w.Helper()
	p, err := w.engine(change...).Drift(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	var b bytes.Buffer
	if err := EncodePlan(&b, p); err != nil {
		w.Fatal(err)
	}
	validate(w.TB.(*testing.T), compiled(w.TB.(*testing.T), schemas.Plan, ""), b.Bytes())
	if _, err := decodePlan(b.Bytes(), spec.Pos{}); p.Complete && err != nil {
		w.Fatal(err)
	}
	return p
}

// What somebody edits is drift until it is written back, at every service,
// with the author of the last run; and what a plan calls drift, the report
// does too: two-comparers-disagree.
func TestDriftIsWhatAPlanCallsDrift(t *testing.T) {
	w := newWorld(t)
	w.cast(3)
	if p := w.drift(); len(p.Changes) > 0 || p.Unchanged > 0 {
		t.Errorf("nothing is applied yet: %+v", p.Changes)
	}
	w.apply()
	if p := w.drift(); len(p.Changes) > 0 || p.Unchanged != 12 {
		t.Errorf("%d unchanged, %+v", p.Unchanged, p.Changes)
	}
	for _, s := range subjects() {
		w.edit(s.vendor, w.id("npc-000", s.vendor), map[string]any{driftKey(s.vendor): "Someone else's words."})
	}
	w.manifest("npc-001", map[string]string{"name": "Changed here alone"}, map[string]string{"alakazam": ""})
	w.requests()
	report := w.drift()
	if sent := w.writes(); len(sent) > 0 {
		t.Errorf("writes: %s", routes(sent))
	}
	planned := map[string]bool{}
	for _, c := range w.plan().Changes {
		for _, f := range c.Fields {
			if f.Class == diff.Drift {
				planned[fmt.Sprintf("%s %s %v", c.Address, f.Path, f.Before)] = true
			}
		}
	}
	for _, c := range report.Changes {
		for _, f := range c.Fields {
			key := fmt.Sprintf("%s %s %v", c.Address, f.Path, f.After)
			if !planned[key] {
				t.Errorf("%s is no drift to the plan", key)
			}
			delete(planned, key)
		}
		if c.Applied == nil || c.Applied.Who != "tester" || c.Applied.At == "" {
			t.Errorf("%s: last applied %+v", c.Address, c.Applied)
		}
	}
	if len(planned) > 0 || len(report.Changes) != 4 {
		t.Errorf("the report leaves out %v of %d", planned, len(report.Changes))
	}
	if _, err := w.engine().Apply(context.Background(), report); err == nil {
		t.Error("a report is applied")
	}
	w.apply()
	if p := w.drift(); len(p.Changes) > 0 {
		t.Errorf("after writing it back: %+v", p.Changes)
	}
}

// All gone at once is another account rather than a deed.
func TestDriftOfAnotherAccount(t *testing.T) {
	w := newWorld(t)
	w.cast(2)
	w.apply()
	for _, c := range w.live("convai") {
		if err := w.srv.Remove("convai", c.ID); err != nil {
			t.Fatal(err)
		}
	}
	p := w.drift()
	if n := p.Counts(); n.Drifted != 2 || p.Summary() != "Drift: 0 changed, 2 gone, 0 in conflict." {
		t.Error(p.Summary())
	}
	if len(p.Diagnostics) != 1 || p.Diagnostics[0].Code != codeNoneFound {
		t.Errorf("%+v", p.Diagnostics)
	}
}
