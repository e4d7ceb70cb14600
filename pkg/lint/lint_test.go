package lint_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

var update = flag.Bool("update", false, "rewrite the expected findings")

// findings loads a project and reads its prose.
func findings(t testing.TB, dir string) []spec.Diagnostic {
	t.Helper()
	p := spec.DefaultProject(dir)
	if _, err := os.Stat(filepath.Join(dir, spec.ConfigFile)); err == nil {
		loaded, ds := spec.LoadProject(filepath.Join(dir, spec.ConfigFile))
		if loaded == nil || len(ds) > 0 {
			t.Fatal(ds)
		}
		p = loaded
	}
	set, err := spec.Load(context.Background(), p, spec.LoadOptions{})
	if err != nil || !set.Complete {
		t.Fatal(err, set.Diagnostics)
	}
	ds := p.Locate(lint.Check(p, subjects(set), set.Characters))
	spec.SortDiagnostics(ds)
	return lint.Conceal(p.WithSource(ds))
}

func subjects(set *spec.Set) []lint.Subject {
	var out []lint.Subject
	for _, c := range set.Characters {
		s := lint.Subject{Character: c}
		for i := range c.Targets {
			d, _ := all.Driver(c.Targets[i].Instance)
			s.Targets = append(s.Targets, lint.Target{Target: &c.Targets[i], Driver: d, Instance: spec.Instance{Name: d.Name, Type: d.Name}})
		}
		out = append(out, s)
	}
	return out
}

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// told is a finding on one line, with the words that it underlines.
func told(t *testing.T, dir string, d spec.Diagnostic) string {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(d.Pos.File)))
	if err != nil {
		t.Fatal(err)
	}
	line := []rune(strings.Split(string(data), "\n")[d.Pos.Line-1])
	word := string(line[d.Pos.Col-1 : min(len(line), d.Pos.Col-1+d.Length)])
	if d.Code == lint.CodeSecret {
		if strings.Contains(d.Source+d.Message+d.Hint, word) {
			t.Errorf("the secret is shown: %+v", d)
		}
		word = "…"
	}
	return fmt.Sprintf("%s: %s %s %s: <%s> %s", d.Pos, d.Severity, d.Code, d.Path, word, d.Message)
}

func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < len(lint.Rules())-2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			want := -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				write(t, dir, f.Name, f.Data)
			}
			var got strings.Builder
			for _, d := range findings(t, dir) {
				fmt.Fprintln(&got, told(t, dir, d))
			}
			if *update {
				archive.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(string(archive.Files[want].Data), got.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

// Every rule is found by some case, and every one has a severity in the
// schema of charsync.yaml.
func TestEveryRuleHasACase(t *testing.T) {
	var said strings.Builder
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(data)
	}
	for _, r := range lint.Rules() {
		if r.ID != lint.Effective && !strings.Contains(said.String(), string(r.Severity)+" "+r.Code) {
			t.Errorf("no case finds %s (%s)", r.ID, r.Code)
		}
		dir := t.TempDir()
		for _, severity := range []string{"off", "warning", "error"} {
			write(t, dir, spec.ConfigFile, fmt.Appendf(nil, "apiVersion: charsync.dev/v1\nkind: Project\nspec: {lint: {%s: %s}}\n", r.ID, severity))
			p, ds := spec.LoadProject(filepath.Join(dir, spec.ConfigFile))
			if p == nil || len(ds) > 0 || p.Lint[r.ID] != severity {
				t.Errorf("%s: %s: %v", r.ID, severity, ds)
			}
		}
	}
}

// Wherever a word is left in, in whatever prose, it is found at its place.
func TestLeftoversAreFoundWhereTheyAre(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		prose := rapid.SliceOfN(rapid.StringMatching(`[a-zäß千🦊 ]{0,30}[a-z.]`), 1, 6)
		before, after := prose.Draw(r, "before"), prose.Draw(r, "after")
		text := strings.Join(before, "\n") + " TODO " + strings.Join(after, "\n\n")
		var manifest strings.Builder
		field := spec.Path(rapid.SampledFrom([]string{"persona", "lore", "greeting"}).Draw(r, "field"))
		if err := spec.Emit(&manifest, spec.Document{Name: "m", Fields: map[spec.Path]any{"name": "M", field: text}}); err != nil {
			r.Fatal(err)
		}
		write(t, dir, "characters/m.yaml", []byte(manifest.String()))
		found := 0
		lines := strings.Split(manifest.String(), "\n")
		for _, d := range findings(t, dir) {
			if d.Code == lint.CodeLeftover {
				found++
				if here := string([]rune(lines[d.Pos.Line-1])[d.Pos.Col-1:]); !strings.HasPrefix(here, "TODO") || d.Length != 4 {
					r.Fatalf("said to be at %s:\n%s", d.Pos, &manifest)
				}
			}
		}
		if found != 1 {
			r.Fatalf("found %d times:\n%s", found, &manifest)
		}
	})
}

// Texts made to be slow: this ends, and says no more than it should.
func TestHostileTexts(t *testing.T) {
	for _, piece := range []string{
		"{{", "}}", "{{char", "{char}", "{{{user}}}", "TODO ", "TODO", "<insert ", "[your ", "${", "sk-", "sk-ant-", "eyJ", "-----BEGIN ", "Aa: x\n",
		"lorem ipsum ", "# charsync:ignore placeholder x\n", "\n\n", ":", "xox", "AKIA", "discord.com/api/webhooks/",
	} {
		const size = 1 << 20
		s := strings.Repeat(piece, size/len(piece))
		value := spec.Value{V: s, Set: true, Pos: spec.Pos{File: "m.yaml", Line: 1, Col: 1}}
		c := &spec.Character{Name: "m", Fields: spec.Fields{"examples": {Value: value}, "persona": {Value: value}}}
		ds := lint.Check(&spec.Project{Dir: t.TempDir()}, []lint.Subject{{Character: c}}, []*spec.Character{c})
		if len(ds) > 2*25*len(lint.Rules()) {
			t.Errorf("%q: %d findings", piece, len(ds))
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	paragraph := strings.Repeat("She keeps the inn, and pours the ale (two coppers) for {{user}}; nobody asks. ", 6)
	var chars []*spec.Character
	var size int64
	var list []lint.Subject
	for i := range 1000 {
		fields := spec.Fields{}
		for n, p := range []string{"persona", "lore", "scene", "examples"} {
			s := strings.Repeat(fmt.Sprintf("%d %s\n\n", i, paragraph), n+1)
			size += int64(len(s))
			fields[p] = spec.Field{Value: spec.Value{V: s, Set: true, Pos: spec.Pos{File: "m.yaml", Line: n + 1, Col: 1}}}
		}
		fields["name"] = spec.Field{Value: spec.Value{V: fmt.Sprintf("Mira%d", i), Set: true}}
		chars = append(chars, &spec.Character{Name: fmt.Sprintf("mira-%d", i), Fields: fields})
		list = append(list, lint.Subject{Character: chars[i]})
	}
	p := &spec.Project{Dir: b.TempDir()}
	b.SetBytes(size)
	b.ResetTimer()
	for b.Loop() {
		lint.Check(p, list, chars)
	}
}
