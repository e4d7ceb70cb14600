package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/spec"
)

// TestJudgedFindsTheSame: an engine that judges characters while they are
// loaded, and holds none of their texts, says what one says that holds all.
func TestJudgedFindsTheSame(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "persona": "TODO", "greeting": `"Hello {{char}!"`, "examples": `"Tom: Hi.\nNobody: Ho."`}, map[string]string{"alakazam": ""})
	w.manifest("tom", map[string]string{"name": "Tom", "lore": "Old."}, map[string]string{"characterai": "categories: [Books]", "npcbuilder": "role: guard"})
	w.manifest("one", map[string]string{"name": "One"}, map[string]string{"convai": "id: shared"})
	w.manifest("two", map[string]string{"name": "Two"}, map[string]string{"convai": "id: shared"})
	find := func(e *Engine) []spec.Diagnostic { return append(e.Validate(), e.Lint()...) }
	whole, judged := w.wholeEngine(), w.unloaded()
	w.load(judged, judged.Judge)
	for _, c := range judged.Set.Characters {
		if c.Fields != nil {
			t.Errorf("the texts of %s are held", c.Name)
		}
	}
	if ds := whole.Set.Diagnostics; len(ds) > 0 {
		t.Fatal(ds)
	}
	want := find(whole)
	codes := map[string]bool{}
	for _, d := range want {
		codes[d.Code] = true
	}
	for _, code := range []string{"CS341", "CS342", "CS344", codeSharedCharacter} {
		if !codes[code] {
			t.Errorf("nothing was found with %s: %v", code, want)
		}
	}
	if d := cmp.Diff(want, find(judged)); d != "" {
		t.Errorf("(-whole +judged)\n%s", d)
	}
}

// TestUnseenStopsPlans: planning finds hidden text and look-alikes, of
// characters that do not change too, and holds no more of them for it.
func TestUnseenStopsPlans(t *testing.T) {
	w := newWorld(t)
	w.manifest("mira", map[string]string{"name": "Mira", "persona": `"Keeps the inn.\U000E0068\U000E0069"`}, map[string]string{"alakazam": "", "convai": "voiceType: ENGLISH, backstory: \"Old\\u202E.\""})
	w.manifest("twin", map[string]string{"name": "\"M\\u0456ra\""}, map[string]string{"alakazam": ""})
	w.applied("Applied: 3 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	whole, planned := w.wholeEngine(), w.engine()
	if c := planned.Set.Find("mira"); c.Fields != nil {
		t.Error("the texts of an unchanged character are held")
	}
	want := whole.LintUnseen()
	var found []string
	for _, d := range want {
		found = append(found, d.Code+" "+string(d.Path)+" "+string(d.Severity))
	}
	if d := cmp.Diff([]string{"CS347 persona error", "CS347 backstory error", "CS348 name error"}, found); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff(want, planned.LintUnseen()); d != "" {
		t.Errorf("(-whole +planned)\n%s", d)
	}
	planned.Project.Lint = map[string]string{"hidden-text": "off", "lookalike": "warning"}
	if found := planned.LintUnseen(); len(found) != 1 || found[0].Severity != spec.Warning {
		t.Errorf("under the severities of the project: %v", found)
	}
}
