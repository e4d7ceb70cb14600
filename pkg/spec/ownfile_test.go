package spec

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// charsync.yaml and the lock are no prose, in whatever spelling a file system
// may accept.
func TestOwnFilesAreNoProse(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"charsync.yaml":     "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: p}\nspec: {state: {path: state/tavern.lock}}\n",
		"characters/m.yaml": "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: mira}\nspec:\n  name: Mira\n  persona: {file: REF}\n  targets: {alakazam: {}}\n",
		"state/tavern.lock": "{}\n", "texts/lock.md": "Prose.\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	manifest := filepath.Join(dir, "characters", "m.yaml")
	template, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	for reference, refused := range map[string]bool{
		"../charsync.yaml": true, "../CHARSYNC.yaml": true, "../state/tavern.lock": true, "../state/../charsync.yaml": true, "../texts/lock.md": false,
	} {
		if err := os.WriteFile(manifest, []byte(strings.Replace(string(template), "REF", reference, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		p, ds := LoadProject(filepath.Join(dir, "charsync.yaml"))
		if p == nil {
			t.Fatal(ds)
		}
		set, err := Load(context.Background(), p, LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got := len(set.Diagnostics) == 1 && set.Diagnostics[0].Code == CodeReference && strings.Contains(set.Diagnostics[0].Message, "charsync's own") &&
			set.Diagnostics[0].Pos.Line == 6
		if got != refused || !refused && len(set.Diagnostics) > 0 {
			t.Errorf("%s: %v", reference, set.Diagnostics)
		}
	}
}
