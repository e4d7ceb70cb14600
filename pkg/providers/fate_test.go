package providers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// told is a fate on one line.
func told(f providers.Fate) string {
	s := fmt.Sprintf("%s %s %s", f.Path, f.Class, f.Loss)
	if f.Into != "" {
		s += " into " + string(f.Into)
	}
	if len(f.From) > 0 {
		s += fmt.Sprint(" from ", f.From)
	}
	if f.Note != "" {
		s += " (" + f.Note + ")"
	}
	for _, m := range f.Meters {
		s += fmt.Sprintf("; %s%d %s", m.Part, m.Used, m.Unit)
		if m.Hard > 0 {
			s += fmt.Sprintf(" of %d", m.Hard)
		}
		if m.Effective > 0 {
			s += fmt.Sprintf(", heeds %d", m.Effective)
		}
		if m.Cut != nil {
			s += fmt.Sprintf(", loses %q of %s at line %d", m.Cut.Sentence, m.Cut.Path, m.Cut.Pos.Line)
		}
	}
	return s
}

func TestFates(t *testing.T) {
	long := strings.Repeat("She keeps the inn. ", 168) // 3,192 characters
	for _, c := range []struct {
		name, driver   string
		common, target spec.Fields
		compose        map[spec.Path][]spec.Path
		want           []string
	}{
		{
			name: "native, dropped, folded", driver: "characterai",
			common: spec.Fields{"name": at(1, "Mira"), "persona": at(2, "P."), "lore": at(3, "L."), "title": at(4, nil)},
			target: spec.Fields{"identifier": at(9, "id:1"), "base_img_prompt": at(10, "fire")},
			want: []string{
				"name native none; 4 runes of 20", "persona folded folded into definition", "lore folded folded into definition",
				"definition native none from [persona lore]; 6 runes of 32000, heeds 3200",
				"base_img_prompt native none; 4 runes of 100", "identifier create-only none",
			},
		},
		{
			name: "past what is heeded", driver: "characterai",
			common: spec.Fields{"persona": at(1, long), "scene": at(2, "A low room. A high fire."), "lore": at(3, "Snow.")},
			want: []string{
				"persona folded folded into definition", "scene folded truncated into definition (only its beginning is heeded)",
				"lore folded truncated into definition (nothing of it is heeded)",
				`definition native truncated from [persona scene lore]; 3225 runes of 32000, heeds 3200, loses "A low room." of scene at line 2`,
			},
		},
		{
			name: "mapped, write-only, overridden", driver: "convai",
			common: spec.Fields{"name": at(1, "Mira"), "persona": at(2, "P."), "visibility": at(3, "public")},
			target: spec.Fields{"backstory": at(8, "Mine."), "reasoning_effort": at(9, "low"), "actions": at(10, []any{"Nod"})},
			want: []string{
				"name mapped none (to charName); 4 runes", "persona dropped dropped (backstory stands in the target itself)",
				"visibility dropped dropped", "backstory native none; 1 words, heeds 1000", "actions mapped none (to action)",
				"reasoning_effort write-only write-only",
			},
		},
		{
			name: "a field that is composed with itself", driver: "npcbuilder",
			common: spec.Fields{"description": at(1, "D"), "persona": at(2, "P")}, compose: map[spec.Path][]spec.Path{"description": {"description", "persona"}},
			want: []string{"description native none from [description persona]; 4 runes of 1400", "persona folded folded into description"},
		},
		{
			name: "parts of elements", driver: "npcbuilder",
			target: spec.Fields{"quests": at(1, []any{map[string]any{"objective": "short"}, map[string]any{"objective": "longer", "reward": "r"}})},
			want: []string{
				"quests native none; quests[1].objective6 runes of 125; quests[1].reward1 runes of 125",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch, target := character(c.common, spec.Target{Instance: c.driver, Fields: c.target, Compose: c.compose})
			var got []string
			for _, f := range driver(t, c.driver).Fates(ch, target, spec.Instance{Name: c.driver}) {
				got = append(got, told(f))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCheckLoss(t *testing.T) {
	c, target := character(spec.Fields{"name": at(1, "Mira"), "title": at(2, "Keeper"), "persona": at(3, strings.Repeat("word ", 1200)), "lore": at(4, "L.")},
		spec.Target{Instance: "convai", Fields: spec.Fields{"reasoning_effort": at(9, "low")}})
	want := map[providers.Loss]string{
		providers.LossNone: "title persona lore backstory reasoning_effort", providers.LossUnseen: "title persona lore backstory",
		providers.LossFolded: "title persona lore backstory", providers.LossTruncated: "title", providers.LossDropped: "",
	}
	for _, most := range providers.Losses() {
		var got []string
		for _, d := range driver(t, "convai").CheckLoss(c, target, spec.Instance{Name: "convai"}, most) {
			got = append(got, string(d.Path))
			if d.Code != providers.CodeLoss || d.Severity != spec.Error || d.Pos.Line == 0 || d.Hint == "" {
				t.Errorf("%+v", d)
			}
		}
		if strings.Join(got, " ") != want[most] {
			t.Errorf("%s: %v, want %s", most, got, want[most])
		}
	}
	target.Fields["title"] = at(10, nil)
	for _, d := range driver(t, "convai").CheckLoss(c, target, spec.Instance{Name: "convai"}, providers.LossNone) {
		if d.Path == "title" {
			t.Error("a title that is meant to be missing is reported:", d)
		}
	}
}

// The account of losses and the findings agree: a text is said to be cut
// exactly where a warning says so, and refused exactly where a meter is past
// its hard limit.
func TestFatesAgreeWithFindings(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := rapid.SampledFrom(all.Drivers()).Draw(r, "driver")
		common := spec.Fields{}
		for i, p := range providers.Common() {
			n := rapid.SampledFrom([]int{0, 2, 30, 600, 1300, 5000}).Draw(r, string(p))
			if p != "visibility" && n > 0 {
				common[string(p)] = at(i+1, strings.Repeat("Go. ", n)[:4*n-1])
			}
		}
		c, target := character(common, spec.Target{Instance: d.Name})
		in := spec.Instance{Name: d.Name}
		said, counted := map[string]bool{}, map[string]bool{}
		for _, f := range d.Desired(c, target, in).Diagnostics {
			if f.Code == providers.CodeEffective || f.Code == providers.CodeTooLong {
				said[f.Code+string(f.Path)] = true
			}
		}
		for _, f := range d.Fates(c, target, in) {
			for _, m := range f.Meters {
				if m.Hard > 0 && m.Used > m.Hard {
					counted[providers.CodeTooLong+string(f.Path)] = true
				} else if m.Cut != nil {
					counted[providers.CodeEffective+string(f.Path)] = true
				}
			}
		}
		if d := cmp.Diff(counted, said); d != "" {
			r.Fatal(d)
		}
	})
}
