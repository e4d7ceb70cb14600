package durable

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.yaml")
	for _, text := range []string{"first", "second, longer"} {
		if err := ReplaceAt(file, 0o640, Bytes([]byte(text))); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%q %v", got, err)
		}
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o640 {
		t.Errorf("%v %v", info, err)
	}
	broken := errors.New("broken")
	err := ReplaceAt(file, 0o640, func(w *bufio.Writer) error { _, _ = w.WriteString("half"); return broken })
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if got, _ := os.ReadFile(file); string(got) != "second, longer" || len(names(t, dir)) != 1 {
		t.Errorf("%q, beside it %v", got, names(t, dir))
	}
	if err := ReplaceAt(filepath.Join(dir, "gone", "a.yaml"), 0o640, Bytes(nil)); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestSweep leaves a kill's file behind, and files that only look like one.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var left string
	err = Replace(root, "a.yaml", 0o600, func(*bufio.Writer) error {
		all := names(t, dir)
		left = all[0]
		return os.Link(filepath.Join(dir, left), filepath.Join(dir, "kept-for-later"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "kept-for-later"), filepath.Join(dir, left)); err != nil {
		t.Fatal(err)
	}
	others := []string{
		".a.yaml-1234567.tmp", ".a.yaml-123456789.tmp", ".a.yaml-1234567G.tmp", ".a.yaml-12345678.tmp~", "a.yaml-12345678.tmp",
		".b.yaml-12345678.tmp", ".a.yaml.12345678.tmp", ".a.yaml",
	}
	for _, name := range others {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".a.yaml-00000000.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := append([]string{".a.yaml-00000000.tmp", "a.yaml"}, others...)
	if os.Symlink("a.yaml", filepath.Join(dir, ".a.yaml-11111111.tmp")) == nil { // not everybody may on Windows
		want = append(want, ".a.yaml-11111111.tmp")
	}
	slices.Sort(want)

	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, left), now, now); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(root, []string{"a.yaml"}, now); err != nil || !slices.Contains(names(t, dir), left) {
		t.Errorf("what may be under way is gone: %v %v", names(t, dir), err)
	}
	if err := Sweep(root, []string{"gone.yaml", "a.yaml"}, now.Add(time.Second)); err != nil || !slices.Equal(names(t, dir), want) {
		t.Errorf("%v, want %v: %v", names(t, dir), want, err)
	}
}

// TestSweepAtAnyAge is for those beside whom nobody writes.
func TestSweepAtAnyAge(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".a.lock-1a2b3c4d.tmp"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := SweepAt(filepath.Join(dir, "a.lock"), time.Time{}); err != nil || len(names(t, dir)) > 0 {
		t.Errorf("%v %v", names(t, dir), err)
	}
	if err := SweepAt(filepath.Join(dir, "gone", "a.lock"), time.Time{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
