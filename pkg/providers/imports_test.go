package providers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// A prompt that people wrote is imported as persona alone, and whole. Where an
// instance folds something else, it keeps its own name.
func TestImportsOfComposedFields(t *testing.T) {
	d := &providers.Driver{
		Compose: map[spec.Path][]spec.Path{"prompt": {"persona", "scene"}}, Imports: map[spec.Path]spec.Path{"prompt": "persona"},
		Fields: unions(),
	}
	const text = "You are Mira.\n\n# The house\n\nIt is cold.\n"
	live := diff.Doc{"prompt": text, "name": "Mira"}
	for name, c := range map[string]struct {
		in   spec.Instance
		want map[spec.Path]any
	}{
		"as usual":  {spec.Instance{}, map[spec.Path]any{"name": "Mira", "persona": text}},
		"not there": {spec.Instance{Compose: map[spec.Path][]spec.Path{"prompt": {"lore"}}}, map[spec.Path]any{"name": "Mira", "prompt": text}},
	} {
		got := d.Manifest(live, c.in)
		if df := cmp.Diff(c.want, got); df != "" {
			t.Errorf("%s: %s", name, df)
		}
		if !d.Imported(got, "prompt", c.in) || !d.Imported(got, "name", c.in) || d.Imported(got, "temperature", c.in) {
			t.Errorf("%s: what it says something of is not known", name)
		}
	}
	back := d.Desired(&spec.Character{Name: "x", Fields: spec.Fields{"persona": {Value: spec.Value{Set: true, V: text}}}}, &spec.Target{Instance: "x"}, spec.Instance{})
	f, _ := d.Fields.Field("prompt")
	if !f.Rule().Equal(back.Doc["prompt"], text) {
		t.Errorf("the manifest wants %q", back.Doc["prompt"])
	}
	if got := d.Manifest(diff.Doc{"prompt": nil}, spec.Instance{}); len(got) != 0 {
		t.Errorf("an empty prompt: %v", got)
	}
}
