package providers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// at makes a value that stands on a line of its own.
func at(line int, v any) spec.Field {
	return spec.Field{Value: spec.Value{V: v, Set: true, Pos: spec.Pos{File: "mira.yaml", Line: line, Col: 3}}}
}

func character(common spec.Fields, target spec.Target) (*spec.Character, *spec.Target) {
	c := &spec.Character{Name: "mira", Fields: common, Targets: []spec.Target{target}}
	return c, &c.Targets[0]
}

func driver(t *testing.T, name string) *providers.Driver {
	t.Helper()
	d, ok := all.Driver(name)
	if !ok {
		t.Fatal("no driver", name)
	}
	return d
}

func findings(ds []spec.Diagnostic) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Pos.String()+" "+string(d.Severity)+" "+d.Code+" "+d.Message)
	}
	return out
}

func TestDesiredFolds(t *testing.T) {
	persona := "Mira keeps the Hare.\n\n"
	for _, c := range []struct {
		name    string
		driver  string
		common  spec.Fields
		target  spec.Fields
		compose map[spec.Path][]spec.Path
		in      spec.Instance
		path    spec.Path
		want    any
		set     bool
	}{
		{
			name: "parts lose trailing line ends and get one blank line between", driver: "convai",
			common: spec.Fields{"persona": at(1, persona), "scene": at(2, "A low room.\r\n"), "lore": at(3, "Snow.")},
			path:   "backstory", want: "Mira keeps the Hare.\n\nA low room.\n\nSnow.", set: true,
		},
		{
			name: "unset and empty parts leave no gap", driver: "convai",
			common: spec.Fields{"persona": at(1, "P"), "scene": at(2, nil), "lore": at(3, "L")},
			path:   "backstory", want: "P\n\nL", set: true,
		},
		{name: "nothing set is not managed", driver: "convai", common: spec.Fields{"greeting": at(1, "x")}, path: "backstory"},
		{
			name: "the target's own word wins", driver: "convai", common: spec.Fields{"persona": at(1, "P")},
			target: spec.Fields{"backstory": at(9, "Mine.")}, path: "backstory", want: "Mine.", set: true,
		},
		{
			name: "a part can be overridden at the target", driver: "characterai", common: spec.Fields{"persona": at(1, "P"), "lore": at(2, "L")},
			target: spec.Fields{"lore": at(9, "Other.")}, path: "definition", want: "P\n\nOther.", set: true,
		},
		{
			name: "the target's order", driver: "convai", common: spec.Fields{"persona": at(1, "P"), "lore": at(2, "L")},
			compose: map[spec.Path][]spec.Path{"backstory": {"lore", "persona"}}, path: "backstory", want: "L\n\nP", set: true,
		},
		{
			name: "the instance's order", driver: "convai", common: spec.Fields{"persona": at(1, "P"), "lore": at(2, "L")},
			in: spec.Instance{Compose: map[spec.Path][]spec.Path{"backstory": {"lore"}}}, path: "backstory", want: "L", set: true,
		},
		{
			name: "a field may be a part of itself", driver: "npcbuilder", common: spec.Fields{"description": at(1, "D"), "persona": at(2, "P")},
			compose: map[spec.Path][]spec.Path{"description": {"description", "persona"}}, path: "description", want: "D\n\nP", set: true,
		},
		{
			name: "what is folded elsewhere is not sent by itself", driver: "alakazam", common: spec.Fields{"persona": at(1, "P"), "scene": at(2, "S")},
			compose: map[spec.Path][]spec.Path{"persona": {"persona", "scene"}}, path: "scene",
		},
		{
			name: "prose is sent to the byte", driver: "alakazam", common: spec.Fields{"greeting": at(1, "  Wipe\tyour\r\nboots. \n")},
			path: "greeting", want: "  Wipe\tyour\r\nboots. \n", set: true,
		},
		{
			name: "a mapping emptied as a whole", driver: "npcbuilder", target: spec.Fields{"items": at(1, nil)}, path: "items", set: true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch, target := character(c.common, spec.Target{Instance: c.driver, Fields: c.target, Compose: c.compose})
			got := driver(t, c.driver).Desired(ch, target, c.in)
			v, set := got.Doc[c.path]
			if set != c.set || !cmp.Equal(v, c.want) {
				t.Errorf("%q %v, want %q %v; %v", v, set, c.want, c.set, findings(got.Diagnostics))
			}
		})
	}
}

// TestDesiredRefuses: caps-found-mid-push. Each finding stands at the value's
// line, with a figure and with what to do.
func TestDesiredRefuses(t *testing.T) {
	long := strings.Repeat("a", 26)
	for _, c := range []struct {
		name   string
		driver string
		common spec.Fields
		target spec.Fields
		want   string // severity, code and a part of the message; "" for none
	}{
		{"too long", "npcbuilder", spec.Fields{"name": at(4, long)}, nil, "mira.yaml:4:3 error CS401 name has 26 characters; NPCBuilder takes at most 25"},
		{"runes count once", "npcbuilder", spec.Fields{"name": at(4, strings.Repeat("龙", 25))}, nil, ""},
		{"perhaps too long", "characterai", spec.Fields{"name": at(4, "Zoë 龙 👩‍🚀 and more")}, nil, "mira.yaml:4:3 warning CS408 name has 29 bytes; Character.AI takes at most 20"},
		{"perhaps too short", "characterai", spec.Fields{"name": at(4, "千代")}, nil, "mira.yaml:4:3 warning CS408 name has 2 characters; Character.AI takes at least 3, and does not say of what"},
		{"too short", "characterai", spec.Fields{"name": at(4, "Mo")}, nil, "mira.yaml:4:3 error CS403 name has 2 characters; Character.AI takes at least 3"},
		{"an effective limit", "characterai", spec.Fields{"persona": at(4, strings.Repeat("a", 3201))}, nil, "mira.yaml:4:3 warning CS402 definition (persona) has 3,201 characters"},
		{"no way to clear", "convai", nil, spec.Fields{"voiceType": at(7, nil)}, "mira.yaml:7:3 error CS404 Convai can't clear voiceType: Convai needs a voice"},
		{"a folded field can't be cleared", "convai", spec.Fields{"persona": at(4, nil)}, nil, "mira.yaml:4:3 error CS404 Convai can't clear backstory"},
		{"clearing what can be", "convai", nil, spec.Fields{"reasoning_effort": at(7, nil)}, ""},
		{"a word", "npcbuilder", nil, spec.Fields{"role": at(7, "inkeeper")}, `mira.yaml:7:3 error CS405 role: NPCBuilder does not know "inkeeper"`},
		{"the vendor's own spelling", "characterai", spec.Fields{"visibility": at(4, "PUBLIC")}, nil, `error CS405 visibility: Character.AI does not know "PUBLIC"`},
		{"a range", "convai", nil, spec.Fields{"temperature": at(7, 1.2)}, "mira.yaml:7:3 error CS406 temperature is 1.2; Convai takes 0 to 1"},
		{"the ends of a range", "convai", nil, spec.Fields{"temperature": at(7, 1.0)}, ""},
		{"a type", "convai", nil, spec.Fields{"temperature": at(7, "warm")}, "mira.yaml:7:3 error CS407 temperature is a string; Convai takes a number"},
		{"a list of numbers", "npcbuilder", nil, spec.Fields{"traits": at(7, []any{1.0})}, "error CS407 traits is an array"},
		{"a key it lacks", "convai", nil, spec.Fields{"voicetype": at(7, "x")}, `error CS409 Convai has no field "voicetype" that can be set`},
		{"a key that is only shown", "convai", nil, spec.Fields{"timestamp": at(7, "x")}, `error CS409 Convai has no field "timestamp" that can be set`},
		{"dropped", "convai", spec.Fields{"greeting": at(4, "Hi.")}, nil, "mira.yaml:4:3 info CS400 Convai has no greeting: not sent there"},
		{
			"an element's limit", "npcbuilder", nil,
			spec.Fields{"quests": at(7, []any{map[string]any{"objective": strings.Repeat("a", 126)}})},
			"mira.yaml:7:3 error CS401 quests[0].objective has 126 characters; NPCBuilder takes at most 125",
		},
		{
			"an element's key", "npcbuilder", nil,
			spec.Fields{"items": at(7, []any{map[string]any{"itemName": "x", "price": 3.0}})},
			`error CS409 items[0] has no part "price" at NPCBuilder`,
		},
		{"an element's missing key", "npcbuilder", nil, spec.Fields{"items": at(7, []any{map[string]any{"type": "trade"}})}, "error CS407 items[0] has no itemName"},
		{
			"an element's word", "npcbuilder", nil,
			spec.Fields{"events": at(7, []any{map[string]any{"eventName": "x", "type": "items"}})},
			`error CS405 events[0].type: NPCBuilder does not know "items"`,
		},
		{
			"a number or a text", "npcbuilder", nil,
			spec.Fields{"items": at(7, []any{map[string]any{"itemName": "x", "value": 3.0}, map[string]any{"itemName": "y", "value": "three"}})},
			"",
		},
		{"the separator", "convai", nil, spec.Fields{"actions": at(7, []any{"Nod, twice"})}, "mira.yaml:7:3 error CS411"},
		{"opposites", "npcbuilder", nil, spec.Fields{"traits": at(7, []any{"brave", "Coward"})}, "mira.yaml:7:3 warning CS410 traits brave and coward are opposites"},
		{"a capital", "npcbuilder", nil, spec.Fields{"gender": at(7, "female")}, "mira.yaml:7:3 error CS405 gender: NPCBuilder writes Female with a capital"},
		{"switches as one", "npcbuilder", nil, spec.Fields{"filters": at(7, map[string]any{"active": true, "drugs": false})}, "mira.yaml:7:3 info CS400 filters are sent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch, target := character(c.common, spec.Target{Instance: c.driver, Fields: c.target})
			got := driver(t, c.driver).Desired(ch, target, spec.Instance{Name: c.driver})
			all := findings(got.Diagnostics)
			if c.want == "" {
				if len(all) > 0 {
					t.Errorf("found %v", all)
				}
				return
			}
			if !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, c.want) }) {
				t.Errorf("found %v, want %s", all, c.want)
			}
			for _, d := range got.Diagnostics {
				if d.Hint == "" || d.Character != "mira" || d.Target != c.driver {
					t.Errorf("lacks a hint or an address: %+v", d)
				}
			}
		})
	}
}

func TestDesiredNamesLosses(t *testing.T) {
	common := spec.Fields{"name": at(1, "Mira"), "title": at(2, "T"), "persona": at(3, "P"), "examples": at(4, "E"), "visibility": at(5, "public"), "lore": at(6, nil)}
	for name, want := range map[string][]diff.Loss{
		"alakazam":    {{Path: "title", How: "dropped"}},
		"characterai": {{Path: "persona", How: "folded", Note: "into definition"}, {Path: "examples", How: "folded", Note: "into definition"}},
		"convai": {
			{Path: "name", How: "mapped", Note: "to charName"},
			{Path: "title", How: "dropped"},
			{Path: "persona", How: "folded", Note: "into backstory"},
			{Path: "examples", How: "dropped"},
			{Path: "visibility", How: "dropped"},
		},
		"npcbuilder": {{Path: "title", How: "dropped"}, {Path: "persona", How: "dropped"}, {Path: "examples", How: "dropped"}, {Path: "visibility", How: "dropped"}},
	} {
		ch, target := character(common, spec.Target{Instance: name})
		for i := range want {
			want[i].Vendor = driver(t, name).Title
		}
		if d := cmp.Diff(want, driver(t, name).Desired(ch, target, spec.Instance{}).Losses); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestComposeIsChecked(t *testing.T) {
	for _, c := range []struct {
		compose map[spec.Path][]spec.Path
		want    string
	}{
		{map[spec.Path][]spec.Path{"backstories": {"persona"}}, "Convai has no text field backstories"},
		{map[spec.Path][]spec.Path{"temperature": {"persona"}}, "Convai has no text field temperature"},
		{map[spec.Path][]spec.Path{"backstory": {"role"}}, "role is not a common text field"},
	} {
		ch, target := character(nil, spec.Target{Instance: "convai", Compose: c.compose, ComposePos: spec.Pos{File: "mira.yaml", Line: 8}})
		got := findings(driver(t, "convai").Desired(ch, target, spec.Instance{}).Diagnostics)
		if len(got) != 1 || !strings.Contains(got[0], "mira.yaml:8 error CS353") || !strings.Contains(got[0], c.want) {
			t.Errorf("%v: %v", c.compose, got)
		}
	}
}

func TestScope(t *testing.T) {
	d := driver(t, "npcbuilder")
	in := spec.Instance{Name: "npcbuilder", Settings: map[string]string{"game_id": "g", "world_id": "w"}}
	for _, c := range []struct {
		target spec.Fields
		in     spec.Instance
		scope  string
	}{
		{nil, in, "g/w"},
		{spec.Fields{"world_id": at(1, "other")}, in, "g/other"},
		{spec.Fields{"game_id": at(1, "g2"), "world_id": at(2, "w2")}, spec.Instance{}, "g2/w2"},
		{spec.Fields{"game_id": at(1, "g2")}, spec.Instance{}, ""},
	} {
		ch, target := character(spec.Fields{"name": at(9, "Mira")}, spec.Target{Instance: "npcbuilder", Fields: c.target})
		got := d.Desired(ch, target, c.in)
		if got.Scope != c.scope {
			t.Errorf("%v: scope %q, want %q", c.target, got.Scope, c.scope)
		}
		missing := findings(d.Creatable(ch, target, got))
		if (c.scope == "") != slices.ContainsFunc(missing, func(s string) bool { return strings.Contains(s, "CS352") }) {
			t.Errorf("%v: %v", c.target, missing)
		}
	}
}

func TestCreatable(t *testing.T) {
	for _, c := range []struct {
		driver string
		common spec.Fields
		target spec.Fields
		want   []string
	}{
		{"convai", spec.Fields{"name": at(1, "Mira"), "lore": at(2, "L")}, spec.Fields{"voiceType": at(3, "v")}, nil},
		{"convai", nil, nil, []string{"needs name", "needs voiceType", "needs backstory"}},
		{"characterai", spec.Fields{"name": at(1, "Mira")}, nil, []string{"needs greeting"}},
		{"alakazam", nil, nil, []string{"needs name, or authored with premise"}},
		{"alakazam", nil, spec.Fields{"authored": at(3, true), "premise": at(4, "P")}, nil},
		{"alakazam", nil, spec.Fields{"authored": at(3, false), "premise": at(4, "P")}, []string{"needs name"}},
		// A value that was refused is not missing on top of that.
		{"characterai", spec.Fields{"name": at(1, "Mira"), "greeting": at(2, nil)}, nil, nil},
	} {
		ch, target := character(c.common, spec.Target{Instance: c.driver, Fields: c.target})
		d := driver(t, c.driver)
		got := findings(d.Creatable(ch, target, d.Desired(ch, target, spec.Instance{})))
		if len(got) != len(c.want) {
			t.Errorf("%s %v: %v, want %v", c.driver, c.target, got, c.want)
			continue
		}
		for i, w := range c.want {
			if !strings.Contains(got[i], w) {
				t.Errorf("%s: %s, want %s", c.driver, got[i], w)
			}
		}
	}
}

func TestCodesAreExplained(t *testing.T) {
	codes := providers.Codes()
	if !slices.IsSortedFunc(codes, func(a, b spec.CodeInfo) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("not sorted")
	}
	for i, c := range codes {
		if c.Meaning == "" || c.Severity == "" || i > 0 && codes[i-1].Code == c.Code {
			t.Errorf("%+v", c)
		}
	}
}

// Whole numbers, and settings under which nothing is created.
func TestWholeNumbersAndNoCreation(t *testing.T) {
	d := &providers.Driver{
		Name: "x", Title: "X", Settings: []providers.Setting{{Name: "branch", NoCreate: "X makes it live at once"}},
		Fields: providers.Table{{Path: "most", Kind: diff.Number, Whole: true, Write: "/most", Clear: providers.Stays("it counts")}},
	}
	for v, want := range map[any]int{3.0: 0, 3.5: 1} {
		ch, target := character(nil, spec.Target{Instance: "x", Fields: spec.Fields{"most": at(7, v)}})
		got := d.Desired(ch, target, spec.Instance{})
		if len(got.Diagnostics) != want || want == 1 && (got.Diagnostics[0].Pos.Line != 7 || got.Diagnostics[0].Code != providers.CodeShape) {
			t.Errorf("%v: %v", v, findings(got.Diagnostics))
		}
	}
	for set, want := range map[string]string{"": "", "staging": `X makes it live at once, and branch of the instance is "staging"`} {
		ch, target := character(nil, spec.Target{Instance: "x"})
		ds := d.Creatable(ch, target, d.Desired(ch, target, spec.Instance{Settings: map[string]string{"branch": set}}))
		if (want == "") != (len(ds) == 0) || want != "" && (ds[0].Message != want || ds[0].Code != providers.CodePlace) {
			t.Errorf("%q: %v", set, findings(ds))
		}
	}
}

// A part that the vendor fills in by itself is no difference to one that nobody
// set.
func TestPartThatIsFilledIn(t *testing.T) {
	table := providers.Table{{Path: "docs", Kind: diff.Objects, Write: "/docs", Parts: []providers.Part{
		{Name: "id", Kind: diff.Enum, Required: true}, {Name: "mode", Kind: diff.Enum, Default: "auto"},
	}}}
	for mode, want := range map[any]map[string]any{"auto": {"id": "a"}, "prompt": {"id": "a", "mode": "prompt"}, nil: {"id": "a"}} {
		live := table.Live(providers.Body{"docs": []any{map[string]any{"id": "a", "mode": mode, "more": 1}}}, nil)
		if d := cmp.Diff([]any{want}, live["docs"]); d != "" {
			t.Errorf("%v: %s", mode, d)
		}
	}
}
