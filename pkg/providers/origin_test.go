package providers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

func TestOrigin(t *testing.T) {
	d := &providers.Driver{Compose: map[spec.Path][]spec.Path{"backstory": {"persona", "scene", "lore"}}}
	said := func(text string) spec.Field { return spec.Field{Value: spec.Value{V: text, Set: true}} }
	c := &spec.Character{Fields: spec.Fields{"name": said("Mira"), "persona": said("Keeps."), "lore": said("Old.")}}
	plain := &spec.Target{}
	own := &spec.Target{Fields: spec.Fields{"backstory": said("Own."), "name": said("Myra")}}
	turned := &spec.Target{Compose: map[spec.Path][]spec.Path{"backstory": {"lore", "persona"}}}
	for _, test := range []struct {
		name   string
		target *spec.Target
		path   spec.Path
		want   []string
	}{
		{"common", plain, "name", []string{"name=Mira"}},
		{"overridden", own, "name", []string{"name=Myra"}},
		{"folded in order, without what is not said", plain, "backstory", []string{"persona=Keeps.", "lore=Old."}},
		{"folded in the target's order", turned, "backstory", []string{"lore=Old.", "persona=Keeps."}},
		{"the target's own text wins over folding", own, "backstory", []string{"backstory=Own."}},
		{"not said", plain, "greeting", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, part := range d.Origin(c, test.target, spec.Instance{}, test.path) {
				got = append(got, string(part.Path)+"="+part.Value.Text())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
