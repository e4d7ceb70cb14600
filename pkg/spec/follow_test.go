package spec

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// followed is a project on disk with a follower.
type following struct {
	t   testing.TB
	dir string
	p   *Project
	f   *Follower
	env string
}

func follow(t testing.TB, files map[string]string) *following {
	t.Helper()
	return followIn(t, "", files)
}

// followIn follows a project with the environments stage and prod.
func followIn(t testing.TB, env string, files map[string]string) *following {
	t.Helper()
	w := &following{t: t, dir: t.TempDir(), env: env}
	for name, text := range files {
		w.put(name, text)
	}
	w.p = DefaultProject(w.dir)
	w.p.Environments = map[string]Environment{"stage": {}, "prod": {}}
	f, err := Follow(context.Background(), w.p, LoadOptions{Parallelism: 2, Env: w.env})
	if err != nil {
		t.Fatal(err)
	}
	w.f = f
	return w
}

func (w *following) put(name, text string) {
	w.t.Helper()
	file := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *following) remove(name string) {
	w.t.Helper()
	if err := os.RemoveAll(filepath.Join(w.dir, filepath.FromSlash(name))); err != nil {
		w.t.Fatal(err)
	}
}

func (w *following) update(files ...string) Update {
	w.t.Helper()
	u, err := w.f.Update(context.Background(), files)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

func (w *following) codes() string {
	var out []string
	for _, d := range w.f.Diagnostics() {
		out = append(out, d.Pos.File+" "+d.Code)
	}
	return strings.Join(out, ", ")
}

func character(name, greeting string) string {
	return fmt.Sprintf("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: %s}\nspec: {name: Mira, greeting: %s, targets: {alakazam: {}}}\n", name, greeting)
}

func TestFollow(t *testing.T) {
	w := follow(t, map[string]string{
		"characters/a.yaml": character("a", "{file: shared.md}"), "characters/shared.md": "Hello.\n",
		"characters/b.yaml": character("b", "{file: shared.md}") + "---\n" + character("bb", "Hi"), "characters/c.yaml": character("c", "Hi"),
	})
	want := func(what string, got, want Update) {
		t.Helper()
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
	}
	w.put("characters/shared.md", "Hello there.\n")
	want("shared prose", w.update("characters/shared.md"), Update{Changed: []string{"a", "b"}, Moved: []string{"bb"}, Read: []string{"characters/a.yaml", "characters/b.yaml"}})
	if got := w.f.Find("b").Fields.Lookup("greeting").Text(); got != "Hello there." {
		t.Errorf("the greeting is %q", got)
	}

	w.put("characters/b.yaml", "# a comment\n"+character("b", "{file: shared.md}")+"---\n"+character("bb", "Hi"))
	want("a line more", w.update("characters/b.yaml"), Update{Moved: []string{"b", "bb"}, Read: []string{"characters/b.yaml"}})

	w.put("characters/c.yaml", "apiVersion: [\n")
	want("broken", w.update("characters/c.yaml"), Update{Moved: []string{"c"}, Read: []string{"characters/c.yaml"}})
	if c := w.f.Find("c"); c == nil || c.Fields.Lookup("greeting").Text() != "Hi" || !w.f.Held()["c"] || w.f.Set().Complete {
		t.Errorf("the last good state: %+v", c)
	}
	if got := w.codes(); got != "characters/c.yaml "+CodeSyntax {
		t.Errorf("found %s", got)
	}
	w.put("characters/c.yaml", character("c", "Hello"))
	want("mended", w.update("characters/c.yaml"), Update{Changed: []string{"c"}, Read: []string{"characters/c.yaml"}})

	w.put("characters/0.yaml", character("c", "Another"))
	want("a second one before the first", w.update("characters/0.yaml"), Update{Changed: []string{"c"}, Read: []string{"characters/0.yaml"}})
	if got := w.codes(); got != "characters/c.yaml "+CodeDuplicateName {
		t.Errorf("found %s", got)
	}
	w.remove("characters/0.yaml")
	want("and gone again", w.update("characters/0.yaml"), Update{Changed: []string{"c"}})

	w.remove("characters/shared.md")
	w.update("characters/shared.md")
	if !strings.Contains(w.codes(), "characters/a.yaml") || !strings.Contains(w.codes(), "characters/b.yaml") {
		t.Errorf("missing prose: %s", w.codes())
	}
	w.put("characters/shared.md", "Hello there.\n")
	want("prose is back", w.update("characters/shared.md"), Update{Changed: []string{"a", "b", "bb"}, Read: []string{"characters/a.yaml", "characters/b.yaml"}})

	w.remove("characters")
	want("everything gone", w.update("characters/a.yaml", "characters/b.yaml", "characters/c.yaml"), Update{Gone: []string{"a", "b", "bb", "c"}})
	if got := w.codes(); !strings.Contains(got, CodeNoManifests) {
		t.Errorf("found %q", got)
	}
}

// TestFollowBase: who extends a base is read again when it changes, comes or
// goes, over several steps and also where nothing else of it is watched.
func TestFollowBase(t *testing.T) {
	base := func(said string) string {
		return "apiVersion: charsync.dev/v1\nkind: Base\nmetadata: {name: base}\nspec: {" + said + "}\n"
	}
	w := followIn(t, "stage", map[string]string{
		"characters/a.yaml": character("a", "Hi, extends: ../bases/near.yaml"), "characters/b.yaml": character("b", "Hi"),
		"bases/near.yaml": base("extends: far.yaml"), "bases/far.yaml": base("lore: Old"),
	})
	change := func(file, text, want string) {
		t.Helper()
		w.put(file, text)
		u := w.update(file)
		if got := w.f.Find("a").Fields.Lookup("lore").Text(); got != want || !slices.Equal(u.Changed, []string{"a"}) || len(u.Moved) > 0 {
			t.Errorf("%s: %q, want %q: %+v", file, got, want, u)
		}
	}
	change("bases/far.yaml", base("lore: New"), "New")
	w.put("bases/near.yaml", base("extends: far.yaml, environments: {stage: {lore: {file: lore.md}}}"))
	w.update("bases/near.yaml")
	change("bases/lore.md", "Staged\n", "Staged")
	change("bases/lore.md", "Staged again\n", "Staged again")
	w.remove("bases/far.yaml")
	w.update("bases/far.yaml")
	if got := w.codes(); !strings.Contains(got, "bases/near.yaml "+CodeUnreadable) {
		t.Errorf("found %q", got)
	}
	change("bases/far.yaml", base("lore: Back"), "Staged again")
}

// TestFollowPart: a part knows of the others, and deletes nothing.
func TestFollowPart(t *testing.T) {
	w := follow(t, map[string]string{"characters/a.yaml": character("a", "Hi"), "characters/b.yaml": character("b", "Hi")})
	s := w.f.Part([]string{"b", "nobody", "b"})
	if len(s.Characters) != 1 || s.Find("a") != nil || s.Known("a") == nil || s.Known("nobody") != nil || s.Complete || !s.Partial {
		t.Errorf("the part: %+v", s)
	}
}

// TestFollowIsLoad: whatever happens to the files, a follower says what
// loading them anew says, but for the last good state of what is broken.
func TestFollowIsLoad(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := followIn(t, rapid.SampledFrom([]string{"", "stage"}).Draw(rt, "env"), map[string]string{"characters/a.yaml": character("a", "Hi")})
		manifests := []string{"characters/a.yaml", "characters/b.yaml", "characters/x/c.yaml", "characters/x/d.yml.yaml", "characters/e.txt"}
		prose := []string{"characters/p.md", "characters/x/p.md"}
		bases := []string{"bases/one.yaml", "bases/two.yaml"}
		name := rapid.SampledFrom([]string{"a", "b", "c"})
		greeting := rapid.SampledFrom([]string{
			"Hi", "Hello", "{file: p.md}", "{file: x/p.md}", "[", "{}",
			"Hi, extends: ../bases/one.yaml", "Hi, extends: ../bases/two.yaml", "Hi, environments: {stage: {lore: {file: p.md}}}",
			"Hi, extends: ../bases/one.yaml, environments: {stage: {greeting: {file: x/p.md}}}",
		})
		said := rapid.SampledFrom([]string{
			"{lore: x}", "{lore: {file: ../characters/p.md}}", "{lor: x}", "[", "{extends: one.yaml}", "{extends: two.yaml, title: x}",
			"{environments: {stage: {lore: {file: p.md}}}}", "{environments: {stage: {title: y}}}",
		})
		for range rapid.IntRange(1, 12).Draw(rt, "updates") {
			var changed []string
			for range rapid.IntRange(1, 3).Draw(rt, "files") {
				file := rapid.SampledFrom(slices.Concat(manifests, prose, bases)).Draw(rt, "file")
				changed = append(changed, file)
				switch {
				case rapid.IntRange(0, 4).Draw(rt, "what") == 0:
					w.remove(file)
				case slices.Contains(prose, file):
					w.put(file, rapid.SampledFrom([]string{"One.\n", "Two.\n", ""}).Draw(rt, "prose"))
				case slices.Contains(bases, file):
					w.put(file, "apiVersion: charsync.dev/v1\nkind: Base\nmetadata: {name: base}\nspec: "+said.Draw(rt, "said")+"\n")
				default:
					text := character(name.Draw(rt, "name"), greeting.Draw(rt, "greeting"))
					if rapid.Bool().Draw(rt, "two") {
						text += "---\n" + character(name.Draw(rt, "name"), greeting.Draw(rt, "greeting"))
					}
					w.put(file, text)
				}
			}
			before := map[string]*Character{}
			for _, n := range w.f.Names() {
				before[n] = w.f.Find(n)
			}
			u := w.update(changed...)
			loaded, err := Load(context.Background(), w.p, LoadOptions{Env: w.env})
			if err != nil {
				rt.Fatal(err)
			}
			got := w.f.Set()
			if loaded.Complete != got.Complete {
				rt.Fatalf("complete: %v, %v: %s", loaded.Complete, got.Complete, w.codes())
			}
			if loaded.Complete {
				if d := cmp.Diff(loaded.Diagnostics, got.Diagnostics); d != "" {
					rt.Fatalf("diagnostics (-load +follow):\n%s", d)
				}
				if d := cmp.Diff(loaded.Characters, got.Characters); d != "" {
					rt.Fatalf("characters (-load +follow):\n%s", d)
				}
			}
			for _, c := range loaded.Characters {
				if mine := w.f.Find(c.Name); mine == nil || !w.f.Held()[c.Name] && !cmp.Equal(c, mine) {
					rt.Fatalf("%s: %s", c.Name, cmp.Diff(c, mine))
				}
			}
			for _, n := range w.f.Names() {
				if now := w.f.Find(n); before[n] != now && !slices.Contains(u.Changed, n) && !slices.Contains(u.Moved, n) {
					rt.Fatalf("%s changed without a word", n)
				}
			}
			for n := range before {
				if gone := w.f.Find(n) == nil; gone != slices.Contains(u.Gone, n) {
					rt.Fatalf("%s: gone %v, and told %v", n, gone, u.Gone)
				}
			}
		}
	})
}
