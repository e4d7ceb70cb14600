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
