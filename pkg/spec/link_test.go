package spec

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLinks: what a name resolves to is judged, and a refusal quotes nothing
// of what it leads to.
func TestLinks(t *testing.T) {
	const canary = "canary-of-a-file-that-is-not-ours"
	const manifest = "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: mira}\nspec: {name: Mira, persona: {file: persona.md}}\n"
	for _, test := range []struct {
		name   string
		links  map[string]string // link → where it leads
		code   string            // "" is none
		number int               // of characters
	}{
		{"none", nil, "", 1},
		{"prose to prose", map[string]string{"characters/persona.md": "../texts/real.md"}, "", 1},
		{"prose through a folder", map[string]string{"folder": "texts", "characters/persona.md": "../folder/real.md"}, "", 1},
		{"prose into .git", map[string]string{"characters/persona.md": "../.git/config"}, CodeOutside, 0},
		{"prose into .charsync", map[string]string{"characters/persona.md": "../.charsync/runs/1/head.json"}, CodeOutside, 0},
		{"prose into .git in two steps", map[string]string{"door": ".git", "characters/persona.md": "../door/config"}, CodeOutside, 0},
		{"prose into .git of a folder below", map[string]string{"characters/persona.md": "../texts/.git/config"}, CodeOutside, 0},
		{"prose to the lock", map[string]string{"characters/persona.md": "../charsync.lock"}, CodeReference, 0},
		{"prose out of the project", map[string]string{"characters/persona.md": "../../outside.md"}, CodeOutside, 0},
		{"a manifest into .git", map[string]string{"characters/more.yaml": "../.git/config"}, CodeOutside, 1},
		{"a manifest to YAML in .git", map[string]string{"characters/more.yaml": "../.git/x.yaml"}, CodeOutside, 1},
		{"a manifest to a file of settings", map[string]string{"characters/more.yaml": "../.env"}, CodeUnreadable, 1},
		{"a loop", map[string]string{"characters/more.yaml": "more.yaml"}, CodeUnreadable, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			above := t.TempDir()
			dir := filepath.Join(above, "project")
			write(t, above, "outside.md", []byte(canary))
			write(t, dir, "characters/mira.yaml", []byte(manifest))
			write(t, dir, "texts/real.md", []byte("prose"))
			for _, secret := range []string{".git/config", ".git/x.yaml", ".charsync/runs/1/head.json", "texts/.git/config", "charsync.lock", ".env"} {
				write(t, dir, secret, []byte("\t"+canary+": [\n"))
			}
			if _, made := test.links["characters/persona.md"]; !made {
				write(t, dir, "characters/persona.md", []byte("prose"))
			}
			for name, to := range test.links {
				if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
					t.Skip(err)
				}
			}
			set, err := Load(context.Background(), DefaultProject(dir), LoadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(set.Characters) != test.number {
				t.Errorf("%d characters: %v", len(set.Characters), set.Diagnostics)
			}
			var codes []string
			for _, d := range only(set.Diagnostics, Error) {
				codes = append(codes, d.Code)
				if strings.Contains(d.Message+d.Hint+d.Source, canary) {
					t.Errorf("it quotes what it must not: %+v", d)
				}
			}
			if strings.Join(codes, " ") != test.code {
				t.Errorf("%q, want %q: %v", codes, test.code, set.Diagnostics)
			}
		})
	}
}

func only(ds []Diagnostic, severity Severity) []Diagnostic {
	var out []Diagnostic
	for _, d := range ds {
		if d.Severity == severity {
			out = append(out, d)
		}
	}
	return out
}

// TestLinkedConfiguration: charsync.yaml is not read through a link.
func TestLinkedConfiguration(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "other.yaml", []byte("canary: [\n"))
	file := filepath.Join(dir, ConfigFile)
	if err := os.Symlink("other.yaml", file); err != nil {
		t.Skip(err)
	}
	p, found := LoadProject(file)
	if p != nil || len(found) != 1 || found[0].Code != CodeUnreadable || strings.Contains(found[0].Source, "canary") {
		t.Errorf("%v %+v", p, found)
	}
}
