package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFmtSweeps leaves two temporary files beside a manifest: one that may be
// somebody's, and one that is abandoned.
func TestFmtSweeps(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	folder := filepath.Join(dir, "characters")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	const manifest = "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: a}\nspec: {name: A, targets: {alakazam: {}}}\n"
	young, old := filepath.Join(folder, ".a.yaml-00000001.tmp"), filepath.Join(folder, ".a.yaml-00000002.tmp")
	for file, at := range map[string]time.Time{
		filepath.Join(folder, "a.yaml"): now, young: now.Add(-59 * time.Minute), old: now.Add(-61 * time.Minute),
	} {
		if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	exit := Main(t.Context(), Env{
		Args: []string{"fmt"}, In: strings.NewReader(""), Out: &out, Err: &errs, Now: func() time.Time { return now }, Dir: dir,
	})
	if exit != 0 {
		t.Fatalf("exit %d: %s", exit, &errs)
	}
	if _, err := os.Stat(young); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", old, err)
	}
}
