package spec

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// said draws what stands under spec or in an overlay, in flow style.
func drawSaid() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var out []string
		for _, entry := range []string{"name: %s", "greeting: %s", "lore: {file: %s.md}", `visibility: "%.0spublic"`, "protect: %.0strue"} {
			if rapid.Bool().Draw(t, entry) {
				out = append(out, fmt.Sprintf(entry, rapid.SampledFrom([]string{"one", "two", "six"}).Draw(t, "text")))
			}
		}
		var targets []string
		for _, entry := range []string{
			"alakazam: {free: %v}", "convai: {temperature: 0.5, memorySettings: {enabled: %v}}",
			"convai: {voiceType: US FEMALE 1, compose: {backstory: [lore]}, KB: %[1]v, cloneFrom: x%[1]v}",
		} {
			if len(targets) < 2 && rapid.Bool().Draw(t, entry) {
				targets = append(targets, fmt.Sprintf(entry, rapid.Bool().Draw(t, "flag")))
			}
		}
		if len(targets) == 2 && strings.HasPrefix(targets[0], "convai") {
			targets = targets[:1]
		}
		return strings.Join(append(out, "targets: {"+strings.Join(targets, ", ")+"}"), ", ")
	})
}

// TestOverlayIsExtends: in its environment an overlay does what a document
// would do that says what the overlay says, and extends what the rest says;
// in others it does nothing.
func TestOverlayIsExtends(t *testing.T) {
	const head = "apiVersion: charsync.dev/v1\nkind: %s\nmetadata: {name: %s}\nspec: {%s}\n"
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		said, over, other := drawSaid().Draw(rt, "said"), drawSaid().Draw(rt, "over"), drawSaid().Draw(rt, "other")
		put := func(file, kind, name, spec string) { write(t, dir, file, fmt.Appendf(nil, head, kind, name, spec)) }
		for _, name := range []string{"one", "two", "six"} {
			write(t, dir, "characters/"+name+".md", []byte(name))
		}
		put("characters/a.yaml", "Character", "a", said+", environments: {stage: {"+over+"}, prod: {"+other+"}, none: null}")
		put("characters/plain.yaml", "Character", "a", said)
		put("characters/base.yaml", "Base", "base", said)
		put("characters/stage.yaml", "Character", "a", "extends: base.yaml, "+over)
		put("characters/prod.yaml", "Character", "a", "extends: base.yaml, "+other)
		p := DefaultProject(dir)
		p.Environments = map[string]Environment{"stage": {}, "prod": {}, "none": {}}
		load := func(file, env string) *Character {
			set, err := Load(context.Background(), p, LoadOptions{Paths: []string{file}, Env: env})
			if err != nil || len(set.Characters) != 1 || failed(set.Diagnostics) {
				rt.Fatalf("%s: %v %v", file, err, set.Diagnostics)
			}
			return set.Characters[0]
		}
		plain := load("characters/a.yaml", "")
		for env, same := range map[string]string{"": "plain", "none": "plain", "stage": "stage", "prod": "prod"} {
			got, want := load("characters/a.yaml", env), load("characters/"+same+".yaml", "")
			if !got.says(want) {
				rt.Fatalf("in %q:\n%+v\nwant\n%+v", env, got, want)
			}
			for path, field := range got.Fields {
				if at := got.OverlayAt(field.Pos); at != "" && at != env || (at != "") != (field.Pos != plain.Fields[path].Pos) {
					rt.Fatalf("in %q %s comes from %q", env, path, at)
				}
			}
		}
	})
}

// TestOverlayOfBase: what a base says of an environment counts before what it
// says otherwise, and behind what the manifest says.
func TestOverlayOfBase(t *testing.T) {
	const head = "apiVersion: charsync.dev/v1\nmetadata: {name: a}\n"
	dir := t.TempDir()
	write(t, dir, "base.yml", []byte(head+"kind: Base\nspec: {name: B, title: B, lore: B, scene: B, environments: {stage: {name: S, title: S, lore: S, targets: {convai: {}}}}}\n"))
	write(t, dir, "characters/a.yaml", []byte(head+"kind: Character\nspec: {extends: ../base.yml, name: C, title: C, environments: {stage: {name: O}}}\n"))
	p := DefaultProject(dir)
	p.Environments = map[string]Environment{"stage": {}}
	for env, want := range map[string]string{"": "C C B B 0", "stage": "O C S B 1"} {
		var kept *Character
		set, err := Load(context.Background(), p, LoadOptions{Env: env, Keep: func(c *Character) *Character {
			kept = c
			bare := *c
			bare.Fields = nil
			return &bare
		}})
		if err != nil || len(set.Diagnostics) > 0 {
			t.Fatal(err, set.Diagnostics)
		}
		again, err := set.Reload(set.Find("a"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []*Character{kept, again} {
			got := ""
			for _, path := range []Path{"name", "title", "lore", "scene"} {
				got += c.Fields.Lookup(path).Text() + " "
			}
			if got += fmt.Sprint(len(c.Targets)); got != want {
				t.Errorf("in %q: %s, want %s", env, got, want)
			}
		}
		if got := set.Overlaid()["stage"]; len(got) != 1 || got[0] != "a" {
			t.Errorf("overlaid: %v", got)
		}
	}
}
