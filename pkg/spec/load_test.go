package spec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func load(t *testing.T, p *Project, o LoadOptions) *Set {
	t.Helper()
	set, err := Load(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestGood loads every manifest of testdata/ok and compares the characters
// with NAME.json. There may be no findings.
func TestGood(t *testing.T) {
	for _, file := range cases(t, "testdata/ok") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "characters/x.yaml", read(t, file))
			p := DefaultProject(dir)
			p.Instances["convai-stage"] = Instance{Name: "convai-stage", Type: "convai"}
			set := load(t, p, LoadOptions{})
			if len(set.Diagnostics) > 0 {
				t.Fatal(render(set.Diagnostics))
			}
			got, err := json.MarshalIndent(set.Characters, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".json"
			if *update {
				write(t, ".", golden, append(got, '\n'))
			}
			if d := cmp.Diff(strings.TrimSpace(string(read(t, golden))), string(got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

const head = "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: mira}\nspec:\n"

// TestReferences: text comes from files beside the manifest, with LF line
// ends, without a byte order mark and without line ends at the end, and
// otherwise to the byte.
func TestReferences(t *testing.T) {
	dir := t.TempDir()
	prose := " \tleading, trailing  \nNEL \u0085 and LS \u2028 and a lone \r stay\u00a0\n\n\ttab"
	write(t, dir, "characters/a/mira.yaml", []byte(head+"  persona: {file: ../prose/mira.md}\n  scene: {file: empty.md}\n  targets:\n    convai: {backstory: {file: ../prose/mira.md}}\n"))
	write(t, dir, "characters/prose/mira.md", []byte("\ufeff"+strings.ReplaceAll(prose, "\n", "\r\n")+"\r\n\n\r\n"))
	write(t, dir, "characters/a/empty.md", nil)
	set := load(t, DefaultProject(dir), LoadOptions{})
	if len(set.Diagnostics) > 0 {
		t.Fatal(render(set.Diagnostics))
	}
	c := set.Find("mira")
	want := Value{V: prose, Set: true, Pos: Pos{"characters/a/mira.yaml", 5, 12}, Ref: "characters/prose/mira.md"}
	if d := cmp.Diff(want, c.Lookup(nil, "persona")); d != "" {
		t.Error(d)
	}
	if got := c.Lookup(c.Target("convai"), "backstory"); got.V != prose || got.Ref != want.Ref {
		t.Errorf("backstory is %+v", got)
	}
	if got := c.Lookup(nil, "scene"); !got.Empty() || got.Ref != "characters/a/empty.md" {
		t.Errorf("an empty file is %+v", got)
	}
	if got := c.Lookup(nil, "lore"); got.Set {
		t.Errorf("an absent field is %+v", got)
	}
}

// TestLookup: dotted paths reach into mappings and lists, with the position
// of each value.
func TestLookup(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "characters/x.yaml", []byte(head+"  greeting: Hi\n  targets:\n    npcbuilder:\n      items:\n        - {type: trade, itemName: Sword}\n      traits: [brave, kind]\n      name: Ho\n"))
	c := load(t, DefaultProject(dir), LoadOptions{}).Find("mira")
	if c == nil {
		t.Fatal(render(load(t, DefaultProject(dir), LoadOptions{}).Diagnostics))
	}
	npc := c.Target("npcbuilder")
	for _, test := range []struct {
		path      Path
		want      any
		line, col int
	}{
		{"items.0.itemName", "Sword", 9, 35},
		{"items.0", map[string]any{"type": "trade", "itemName": "Sword"}, 9, 11},
		{"traits.1", "kind", 10, 23},
		{"name", "Ho", 11, 13},
	} {
		want := Value{V: test.want, Set: true, Pos: Pos{"characters/x.yaml", test.line, test.col}}
		if d := cmp.Diff(want, c.Lookup(npc, test.path)); d != "" {
			t.Errorf("%s: %s", test.path, d)
		}
	}
	for _, path := range []Path{"items.1", "items.x", "items.0.nothing", "traits.1.x", "", "items.-1"} {
		if v := npc.Fields.Lookup(path); v.Set {
			t.Errorf("%q is %+v", path, v)
		}
	}
	if c.Lookup(nil, "greeting").Text() != "Hi" || c.Target("convai") != nil {
		t.Error("the common field, or a target that is not there")
	}
}

// TestOrder: the result does not depend on how many files are read at a time.
func TestOrder(t *testing.T) {
	dir := t.TempDir()
	for i := range 60 {
		text := strings.Replace(manifest(i%50), "greeting", []string{"greeting", "greting"}[i%2], 1)
		write(t, dir, fmt.Sprintf("characters/%d/%d.yaml", i%7, i), []byte(text))
	}
	one := load(t, DefaultProject(dir), LoadOptions{Parallelism: 1})
	if len(one.Characters) == 0 || len(one.Diagnostics) < 30 || one.Complete {
		t.Fatalf("%d characters, %d findings", len(one.Characters), len(one.Diagnostics))
	}
	for range 3 {
		if d := cmp.Diff(one, load(t, DefaultProject(dir), LoadOptions{Parallelism: 8}), cmpopts.IgnoreUnexported(Set{})); d != "" {
			t.Fatal(d)
		}
	}
}

// TestPaths: named files and folders are loaded, and the set says that it is
// not the whole.
func TestPaths(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"characters/a.yaml", "characters/b/b.yaml", "drafts/c.yml", "d.yaml", ".charsync/runs/e.yaml", "characters/.git/f.yaml", "characters/note.md"} {
		base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(name), ".yaml"), ".yml")
		write(t, dir, name, []byte("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: "+base+"}\nspec: {targets: {convai: {}}}\n"))
	}
	write(t, dir, "compose.yaml", []byte("services: {{ broken"))
	write(t, dir, ConfigFile, []byte("apiVersion: charsync.dev/v1\nkind: Project\n"))
	configured, findings := LoadProject(filepath.Join(dir, ConfigFile))
	if configured == nil {
		t.Fatal(findings)
	}
	for _, test := range []struct {
		project *Project
		paths   []string
		want    string
	}{
		{configured, nil, "a b"},
		{configured, []string{"."}, "a b"},
		{configured, []string{"characters/b"}, "b"},
		{configured, []string{"drafts"}, "c"},
		{configured, []string{"drafts", filepath.Join(dir, "d.yaml"), "d.yaml"}, "c d"},
		{configured, []string{ConfigFile}, ""},
	} {
		set := load(t, test.project, LoadOptions{Paths: test.paths})
		var names []string
		for _, c := range set.Characters {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%v: %q, want %q", test.paths, got, test.want)
		}
		if set.Partial != (len(test.paths) > 0) || !set.Complete {
			t.Errorf("%v: partial %v, complete %v: %s", test.paths, set.Partial, set.Complete, render(set.Diagnostics))
		}
	}
}

// TestWithoutConfiguration: a folder with manifests works too, and YAML files
// of others beside them are none of our business.
func TestWithoutConfiguration(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mira.yaml", []byte(head+"  targets: {convai: {}}\n"))
	write(t, dir, "compose.yaml", []byte("services: {{ broken"))
	set := load(t, DefaultProject(dir), LoadOptions{})
	if set.Find("mira") == nil || len(set.Diagnostics) > 0 {
		t.Errorf("%d characters\n%s", len(set.Characters), render(set.Diagnostics))
	}
}

func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "characters/mira.yaml", []byte(manifest(1)))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Load(ctx, DefaultProject(dir), LoadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := Load(context.Background(), DefaultProject(filepath.Join(dir, "none")), LoadOptions{}); err == nil {
		t.Error("no error for a project that is not there")
	}
}

// TestIncomplete: any error leaves the set incomplete, and sound characters
// in it.
func TestIncomplete(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "characters/mira.yaml", []byte(head+"  targets: {convai: {}}\n---\n"+strings.Replace(head, "mira", "broken", 1)+"  targets: {convay: {}}\n"))
	set := load(t, DefaultProject(dir), LoadOptions{})
	if set.Complete || set.Find("mira") == nil || set.Find("broken") != nil {
		t.Errorf("complete %v, %d characters", set.Complete, len(set.Characters))
	}
	if c := set.Find("mira"); c.Doc != 0 || c.Pos != (Pos{"characters/mira.yaml", 3, 18}) {
		t.Errorf("%+v", c)
	}
}

// TestWithSource: findings of later stages get their line, too.
func TestWithSource(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "characters/mira.yaml", []byte("\ufeffone\r\ntwo\r\n"))
	p := DefaultProject(dir)
	got := p.WithSource([]Diagnostic{
		{Pos: Pos{"characters/mira.yaml", 2, 1}},
		{Pos: Pos{"characters/none.yaml", 2, 1}},
		{Pos: Pos{"characters/mira.yaml", 1, 1}, Source: "kept"},
		{},
	})
	var lines []string
	for _, d := range got {
		lines = append(lines, d.Source)
	}
	if d := cmp.Diff([]string{"two", "", "kept", ""}, lines); d != "" {
		t.Error(d)
	}
}
