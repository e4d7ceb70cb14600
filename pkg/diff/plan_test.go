package diff

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/spec"
)

func tavern() *Plan {
	return &Plan{
		FormatVersion: FormatVersion, Complete: true,
		Changes: []Change{
			{
				Address: Address{"convai", "mira"}, Provider: "convai", Action: Update, ID: "c-1",
				Source: spec.Pos{File: "characters/mira.yaml", Line: 4}, Labels: map[string]string{"game": "tavern", "tier": "main"},
				Fields: []FieldChange{
					{Path: "name", Kind: Text, Class: Yours, Before: "Myra", After: "Mira", BeforeKnown: true, Send: true},
					{Path: "greeting", Kind: Text, Class: Drift, Before: "Hi", After: "Hello", BeforeKnown: true, Send: true},
				},
				Base:     map[spec.Path]string{"name": "1", "greeting": "2", "title": "3"},
				Blocked:  []Block{{Rule: "shrink", Message: "loses 60%", Hint: "--allow shrink"}},
				Requests: []Request{{Method: "POST", Path: "/character/update"}},
			},
			{Address: Address{"alakazam", "mira"}, Provider: "alakazam", Action: Create, Reason: "not bound"},
			{Address: Address{"convai", "bram"}, Provider: "convai", Action: Delete, ID: "c-2", Removal: "deletes"},
		},
		Calls: []Calls{{Target: "convai", Made: 3}, {Target: "alakazam", Made: 1}},
		Meta:  Meta{CreatedAt: "2026-11-21T10:00:00Z", Version: "1.0.0", Project: "/home/a/tavern"},
	}
}

// TestDigestMovesWithOperationsOnly is plan-text-compared and
// digest-moves-on-merge.
func TestDigestMovesWithOperationsOnly(t *testing.T) {
	base := tavern()
	base.Seal()
	if !base.Intact() {
		t.Fatal("a sealed plan is not intact")
	}
	same := map[string]func(*Plan){
		"time, version, path":  func(p *Plan) { p.Meta = Meta{CreatedAt: "2027-01-01T00:00:00Z", Version: "2", Project: "C:\\x"} },
		"position":             func(p *Plan) { p.Changes[0].Source = spec.Pos{File: "moved.yaml", Line: 9} },
		"order of changes":     func(p *Plan) { slices.Reverse(p.Changes) },
		"order of fields":      func(p *Plan) { slices.Reverse(p.Changes[0].Fields) },
		"counts of calls":      func(p *Plan) { p.Calls[0].Made = 99 },
		"wording of a reason":  func(p *Plan) { p.Changes[1].Reason = "gone" },
		"wording of a block":   func(p *Plan) { p.Changes[0].Blocked[0].Message = "is too short" },
		"wording of a removal": func(p *Plan) { p.Changes[2].Removal = "archives" },
		"labels":               func(p *Plan) { p.Changes[0].Labels = nil },
		"requests":             func(p *Plan) { p.Changes[0].Requests = nil },
		"diagnostics":          func(p *Plan) { p.Diagnostics = []spec.Diagnostic{{Message: "x"}} },
		"losses":               func(p *Plan) { p.Changes[0].Losses = []Loss{{Path: "title", How: "dropped"}} },
	}
	for name, edit := range same {
		p := tavern()
		edit(p)
		p.Seal()
		if p.Digest != base.Digest {
			t.Errorf("%s: the digest moved", name)
		}
	}
	other := map[string]func(*Plan){
		"target":      func(p *Plan) { p.Changes[0].Target = "convai-stage" },
		"name":        func(p *Plan) { p.Changes[0].Name = "myra" },
		"action":      func(p *Plan) { p.Changes[0].Action = Replace },
		"id":          func(p *Plan) { p.Changes[0].ID = "c-9" },
		"scope":       func(p *Plan) { p.Changes[1].Scope = "game/world" },
		"clone":       func(p *Plan) { p.Changes[1].CloneOf = "c-3" },
		"bank":        func(p *Plan) { p.Changes[1].CloneKB = true },
		"protect":     func(p *Plan) { p.Changes[1].Protect = true },
		"blocked":     func(p *Plan) { p.Changes[0].Blocked = nil },
		"guards":      func(p *Plan) { p.Guards = []Block{{Rule: "max-changes"}} },
		"before":      func(p *Plan) { p.Changes[0].Fields[0].Before = "Mya" },
		"after":       func(p *Plan) { p.Changes[0].Fields[0].After = "Mirra" },
		"cleared":     func(p *Plan) { p.Changes[0].Fields[0].After = nil },
		"empty":       func(p *Plan) { p.Changes[0].Fields[0].After = "" },
		"send":        func(p *Plan) { p.Changes[0].Fields[0].Send = false },
		"class":       func(p *Plan) { p.Changes[0].Fields[0].Class = Conflict },
		"base":        func(p *Plan) { p.Changes[0].Base["title"] = "4" },
		"one less":    func(p *Plan) { p.Changes = p.Changes[1:] },
		"field less":  func(p *Plan) { p.Changes[0].Fields = p.Changes[0].Fields[1:] },
		"unreadable":  func(p *Plan) { p.Changes[0].Fields[0].BeforeKnown = false },
		"create-only": func(p *Plan) { p.Changes[0].Fields[0].Fixed = true },
	}
	for name, edit := range other {
		p := tavern()
		edit(p)
		if p.Digest = base.Digest; p.Intact() {
			t.Errorf("%s: a changed plan is still intact", name)
		}
		p.Seal()
		if p.Digest == base.Digest {
			t.Errorf("%s: the digest did not move", name)
		}
	}
}

// What refuses a whole run is sealed by its rules: cut out of the file, the
// plan would be carried out after all.
func TestGuardsAreSealed(t *testing.T) {
	p := tavern()
	p.Guards = []Block{{Rule: "max-deletes", Message: "2 of 10"}, {Rule: "max-changes", Message: "9 of 10"}}
	p.Seal()
	slices.Reverse(p.Guards)
	p.Guards[0].Message = "other words"
	if !p.Intact() {
		t.Error("order or wording of the guards counts")
	}
	for _, guards := range [][]Block{nil, p.Guards[:1]} {
		q := *p
		if q.Guards = guards; q.Intact() {
			t.Errorf("intact with %d of 2 guards", len(guards))
		}
	}
}

func TestPlanSurvivesItsFile(t *testing.T) {
	p := tavern()
	p.Seal()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Plan
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(*p, back); d != "" {
		t.Error(d)
	}
	if !back.Intact() {
		t.Error("the plan is not intact after a round trip")
	}
}

func TestUnsealedPlanIsNotIntact(t *testing.T) {
	p := tavern()
	p.Changes[0].Fields[0].After = func() {} // can't be encoded: no digest at all
	p.Seal()
	if p.Digest != "" || p.Intact() {
		t.Errorf("digest %q, intact %v", p.Digest, p.Intact())
	}
	var empty Plan
	if empty.Intact() {
		t.Error("a plan without a digest is intact")
	}
}

func TestSealIsSortedByNameThenTarget(t *testing.T) {
	p := tavern()
	p.Seal()
	var got []string
	for _, c := range p.Changes {
		got = append(got, c.Address.String())
	}
	if d := cmp.Diff([]string{"convai/bram", "alakazam/mira", "convai/mira"}, got); d != "" {
		t.Error(d)
	}
}

func TestSummary(t *testing.T) {
	field := func(c Class) []FieldChange { return []FieldChange{{Path: "name", Class: c}} }
	block := func(rule string) []Block { return []Block{{Rule: rule}} }
	for _, c := range []struct {
		name    string
		changes []Change
		want    string
	}{
		{"nothing", nil, "Plan: 0 to create, 0 to update, 0 to delete, 0 drifted, 0 in conflict."},
		{
			"one of each",
			[]Change{{Action: Create}, {Action: Update, Fields: field(Yours)}, {Action: Delete}, {Action: Report, Fields: field(Drift)}, {Action: Update, Fields: field(Conflict), Blocked: block("conflict")}, {Action: Record, Fields: field(Adopted)}},
			"Plan: 1 to create, 1 to update, 1 to delete, 1 drifted, 1 in conflict.",
		},
		{"drift that is written back", []Change{{Action: Update, Fields: field(Drift)}}, "Plan: 0 to create, 1 to update, 0 to delete, 1 drifted, 0 in conflict."},
		{"conflict that is overwritten", []Change{{Action: Update, Fields: field(Conflict)}}, "Plan: 0 to create, 1 to update, 0 to delete, 0 drifted, 1 in conflict."},
		{"replacement", []Change{{Action: Replace, Fields: field(Yours)}}, "Plan: 1 to create, 0 to update, 1 to delete, 0 drifted, 0 in conflict."},
		{"guarded", []Change{{Action: Update, Fields: field(Yours), Blocked: block("shrink")}}, "Plan: 0 to create, 1 to update, 0 to delete, 0 drifted, 0 in conflict."},
	} {
		p := Plan{Changes: c.changes}
		if got := p.Counts().Summary(); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
	if p := (Plan{Changes: []Change{{Action: Record, Fields: field(Adopted)}}}); !p.Empty() {
		t.Error("a plan that only records is not empty")
	}
}
