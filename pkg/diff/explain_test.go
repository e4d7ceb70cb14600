package diff

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/diff/prose"
)

func TestExplainPicksTheEffect(t *testing.T) {
	for _, c := range []struct {
		name   string
		change FieldChange
		want   Effect
		prose  bool
		parts  bool
	}{
		{"edited text", FieldChange{Kind: Text, Class: Yours, Before: "a b", After: "a c", BeforeKnown: true}, Edits, true, false},
		{"set", FieldChange{Kind: Text, Class: Yours, After: "a", BeforeKnown: true}, Sets, false, false},
		{"set, and was blank", FieldChange{Kind: Text, Class: Yours, Before: "", After: "a", BeforeKnown: true}, Sets, true, false},
		{"cleared", FieldChange{Kind: Text, Class: Yours, Before: "a", BeforeKnown: true}, Clears, false, false},
		{"unreadable", FieldChange{Kind: Text, Class: Unverifiable, After: "a"}, Unknown, false, false},
		{"released", FieldChange{Kind: Text, Class: Released, Before: "a", BeforeKnown: true}, Keeps, false, false},
		{"adopted", FieldChange{Kind: Text, Class: Adopted, Before: "a", After: "a", BeforeKnown: true}, Same, false, false},
		{"two kinds of empty", FieldChange{Kind: Text, Class: Yours, Before: "", BeforeKnown: true}, Edits, false, false},
		{"enum", FieldChange{Kind: Enum, Class: Yours, Before: "a", After: "b", BeforeKnown: true}, Edits, false, false},
		{"number", FieldChange{Kind: Number, Class: Yours, Before: 1.0, After: 2.0, BeforeKnown: true}, Edits, false, false},
		{"false to true", FieldChange{Kind: Bool, Class: Yours, Before: false, After: true, BeforeKnown: true}, Edits, false, false},
		{"set of words", FieldChange{Kind: Set, Class: Yours, Before: []any{"a"}, After: []any{"b"}, BeforeKnown: true}, Edits, false, true},
		{"list", FieldChange{Kind: List, Class: Yours, Before: []any{"a"}, After: []any{"b"}, BeforeKnown: true}, Edits, false, true},
		{"mapping", FieldChange{Kind: Object, Class: Yours, Before: map[string]any{"a": 1.0}, After: map[string]any{"a": 2.0}, BeforeKnown: true}, Edits, false, true},
		{"another type", FieldChange{Kind: Text, Class: Yours, Before: 5.0, After: "5", BeforeKnown: true}, Edits, false, false},
	} {
		d := Explain(c.change)
		if d.Effect != c.want || (d.Prose != nil) != c.prose || (d.Parts != nil) != c.parts {
			t.Errorf("%s: effect %s, prose %v, parts %v", c.name, d.Effect, d.Prose != nil, d.Parts != nil)
		}
	}
}

func partsText(parts []Part) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		v := p.After
		if v == nil {
			v = p.Before
		}
		words[i] = fmt.Sprintf("%s %s%v", p.Kind, p.Key, v)
		if p.Kind == prose.Changed && p.Parts != nil {
			words[i] = fmt.Sprintf("%s %s(%s)", p.Kind, p.Key, partsText(p.Parts))
		}
	}
	return strings.Join(words, ", ")
}

func TestLists(t *testing.T) {
	words := func(s string) []any {
		var out []any
		for _, w := range strings.Fields(s) {
			out = append(out, w)
		}
		return out
	}
	for _, c := range []struct {
		name, before, after, list, set string
	}{
		{"added", "a b", "a b c", "unchanged a, unchanged b, added c", "unchanged a, unchanged b, added c"},
		{"removed", "a b c", "a c", "unchanged a, removed b, unchanged c", "unchanged a, removed b, unchanged c"},
		{"moved", "a b c", "b c a", "unchanged b, unchanged c, moved a", "unchanged a, unchanged b, unchanged c"},
		{"replaced", "a b", "a x", "unchanged a, added x, removed b", "unchanged a, removed b, added x"},
		{"repeated", "a a", "a", "unchanged a, removed a", "unchanged a"},
		{"emptied", "a", "", "removed a", "removed a"},
		{"filled", "", "a", "added a", "added a"},
	} {
		if got := partsText(ListDiff(words(c.before), words(c.after))); got != c.list {
			t.Errorf("%s: list: %s", c.name, got)
		}
		if got := partsText(SetDiff(words(c.before), words(c.after))); got != c.set {
			t.Errorf("%s: set: %s", c.name, got)
		}
	}
}

func TestListsOfMappingsAndTexts(t *testing.T) {
	item := func(name string, n float64) any { return map[string]any{"itemName": name, "count": n} }
	got := partsText(ListDiff(
		[]any{item("Lantern", 1), item("Knife", 1), "She keeps the inn at the pass."},
		[]any{item("Rope", 1), item("Lantern", 2), "She keeps the mill at the pass."},
	))
	want := "added map[count:1 itemName:Rope], changed (changed count2, unchanged itemNameLantern), " +
		"changed She keeps the mill at the pass., removed map[count:1 itemName:Knife]"
	if got != want {
		t.Errorf("got %s", got)
	}
}

// TestListPartsAreComplete: every element of both lists is in exactly one part.
func TestListPartsAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		element := rapid.OneOf(rapid.SampledFrom([]any{"a", "b", "c d e f", "c d e g", 1.0, nil, true}), anyValue(1))
		before := rapid.SliceOfN(element, 0, 12).Draw(t, "before")
		after := rapid.SliceOfN(element, 0, 12).Draw(t, "after")
		from, to := map[int]int{}, map[int]int{}
		for _, p := range ListDiff(before, after) {
			if p.From >= 0 {
				from[p.From]++
			}
			if p.To >= 0 {
				to[p.To]++
			}
			if (p.Kind == prose.Removed) != (p.To < 0) || (p.Kind == prose.Added) != (p.From < 0) {
				t.Fatalf("%s from %d to %d", p.Kind, p.From, p.To)
			}
		}
		for i := range before {
			if from[i] != 1 {
				t.Fatalf("element %d before is in %d parts", i, from[i])
			}
		}
		for j := range after {
			if to[j] != 1 {
				t.Fatalf("element %d after is in %d parts", j, to[j])
			}
		}
	})
}
