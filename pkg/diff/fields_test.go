package diff

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/diff/prose"
	"github.com/charsync/charsync/pkg/spec"
)

// TestThreeWays has every line of the contract's table, and the cases between
// its lines. "-" stands for: there is none.
func TestThreeWays(t *testing.T) {
	const none = "-"
	for _, c := range []struct {
		name                     string
		base, normal, file, live any // normal is what the provider made of base, if it is not base
		want                     Class
		send                     bool
	}{
		{"unchanged", "a", none, "a", "a", Unchanged, false},
		{"unchanged, empty", nil, none, nil, nil, Unchanged, false},
		{"unchanged, rewritten by the provider", "A", "a", "A", "a", Unchanged, false},
		{"yours", "a", none, "b", "a", Yours, true},
		{"yours, cleared", "a", none, nil, "a", Yours, true},
		{"yours, from empty", nil, none, "b", nil, Yours, true},
		{"yours, rewritten by the provider", "A", "a", "B", "a", Yours, true},
		{"drift", "a", none, "a", "b", Drift, false},
		{"drift, cleared", "a", none, "a", nil, Drift, false},
		{"drift, rewritten by the provider", "A", "a", "A", "b", Drift, false},
		{"converged", "a", none, "b", "b", Converged, false},
		{"converged, both cleared", "a", none, nil, nil, Converged, false},
		{"converged on what the provider had made", "A", "a", "a", "a", Converged, false},
		{"converged on what the manifest said", "A", "a", "A", "A", Converged, false},
		{"conflict", "a", none, "b", "c", Conflict, false},
		{"conflict, cleared here", "a", none, nil, "c", Conflict, false},
		{"conflict, cleared there", "a", none, "b", nil, Conflict, false},
		{"adopted", none, none, "a", "a", Adopted, false},
		{"adopted, empty", none, none, nil, nil, Adopted, false},
		{"yours, never applied", none, none, "b", "a", Yours, true},
		{"yours, never applied, clears", none, none, nil, "a", Yours, true},
		{"unverifiable", "a", none, "b", none, Unverifiable, true},
		{"unverifiable, never applied", none, none, "b", none, Unverifiable, true},
		{"unverifiable, the same", "a", none, "a", none, Unchanged, false},
		{"released", "a", none, none, "a", Released, false},
		{"released, unreadable", "a", none, none, none, Released, false},
		{"not managed", none, none, none, "a", Unchanged, false},
		{"line ends are no change", "a\nb", none, "a\r\nb\r\n", "a\nb", Unchanged, false},
		{"line ends are no drift", "a\nb", none, "a\nb", "a\r\nb", Unchanged, false},
		{"empty and null are one", "", none, nil, "", Unchanged, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Rule{Path: "persona", Kind: Text}
			want, live, prior := Doc{}, Doc{}, map[spec.Path]Mark{}
			if c.file != none {
				want["persona"] = c.file
			}
			if c.live != none {
				live["persona"] = c.live
			}
			if c.base != none {
				m := Mark{File: r.Digest(c.base)}
				if c.normal != none {
					m.Live = r.Digest(c.normal)
				}
				prior["persona"] = m
			}
			changes := Fields([]Rule{r}, want, live, prior)
			if c.want == Unchanged {
				if len(changes) > 0 {
					t.Fatalf("changes: %+v", changes)
				}
				return
			}
			if len(changes) != 1 {
				t.Fatalf("%d changes", len(changes))
			}
			got := changes[0]
			if got.Class != c.want || got.Send != c.send || got.BeforeKnown != (c.live != none) {
				t.Errorf("class %s, send %v, before known %v", got.Class, got.Send, got.BeforeKnown)
			}
		})
	}
}

func TestFieldsKeepTheOrderOfTheTable(t *testing.T) {
	rules := []Rule{{Path: "name", Kind: Text}, {Path: "title", Kind: Text}, {Path: "greeting", Kind: Text, Fixed: true}}
	got := Fields(rules,
		Doc{"greeting": "new", "name": "Mira"},
		Doc{"title": "Keeper", "name": "Myra", "greeting": "old"},
		map[spec.Path]Mark{"title": {File: "x"}, "gone": {File: "y"}})
	want := []FieldChange{
		{Path: "name", Kind: Text, Class: Yours, Before: "Myra", After: "Mira", BeforeKnown: true, Send: true},
		{Path: "greeting", Kind: Text, Class: Yours, Before: "old", After: "new", BeforeKnown: true, Send: true, Fixed: true},
		{Path: "title", Kind: Text, Class: Released, Before: "Keeper", BeforeKnown: true},
		{Path: "gone", Class: Released},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestAppliedTwice: whatever the three sides are, once live holds what the
// manifest wants and the mark says so, nothing is left to do.
func TestAppliedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rule{Path: "x", Kind: rapid.SampledFrom([]Kind{Text, Set, List, Object}).Draw(t, "kind")}
		v := anyValue(2).Draw(t, "value")
		mark := map[spec.Path]Mark{"x": {File: r.Digest(v)}}
		if c := Fields([]Rule{r}, Doc{"x": v}, Doc{"x": v}, mark); len(c) != 0 {
			t.Fatalf("%+v", c)
		}
		if c := Fields([]Rule{r}, Doc{"x": v}, Doc{"x": r.Canonical(v)}, mark); len(c) != 0 {
			t.Fatalf("the canonical form is drift: %+v", c)
		}
	})
}

// TestChangeMeansDiff is change-means-diff: every change that sends something
// shows something, and the other way round.
func TestChangeMeansDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Text, Enum, List, Set, Object, Objects}).Draw(t, "kind")
		r := Rule{Path: "x", Kind: kind}
		before, after := anyValue(2).Draw(t, "before"), anyValue(2).Draw(t, "after")
		for _, c := range Fields([]Rule{r}, Doc{"x": after}, Doc{"x": before}, nil) {
			shown := visibleDiff(Explain(c))
			if c.Class == Yours && !shown {
				t.Fatalf("%s: %#v → %#v shows nothing", kind, before, after)
			}
		}
	})
}

func visibleDiff(d FieldDiff) bool {
	switch d.Effect {
	case Same, Keeps:
		return false
	case Edits:
		return visibleValue(d.ValueDiff)
	}
	return true
}

func visibleValue(d ValueDiff) bool {
	if d.Prose != nil {
		return !d.Prose.Empty()
	}
	if d.Parts == nil {
		return Digest(d.Before) != Digest(d.After)
	}
	for _, p := range d.Parts {
		if p.Kind == prose.Added || p.Kind == prose.Removed || p.Kind == prose.Moved || p.Kind == prose.Changed && visibleValue(p.ValueDiff) {
			return true
		}
	}
	return false
}
