package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// run runs a command line in a folder, without a terminal.
func runIn(dir string, environ []string, args ...string) (int, string) {
	var out bytes.Buffer
	code := Main(context.Background(), Env{Args: args, In: strings.NewReader(""), Out: &out, Err: &out, Environ: environ, Now: time.Now, Dir: dir})
	return code, out.String()
}

// TestOwner: a charsync.yaml of somebody else is not picked up.
func TestOwner(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		t.Skip("giving files away needs rights")
	}
	dir := project(t, map[string]string{"charsync.yaml": "apiVersion: charsync.dev/v1\nkind: Project\n", "characters/mira.yaml": mira})
	file := filepath.Join(dir, "charsync.yaml")
	if err := os.Chown(file, 12345, -1); err != nil {
		t.Skip(err)
	}
	path := "PATH=" + os.Getenv("PATH")
	if code, out := runIn(dir, []string{path}, "validate"); code != 1 || !strings.Contains(out, "belongs to another user") || !strings.Contains(out, "CHARSYNC_ALLOW_OWNERS=12345") {
		t.Errorf("%d: %s", code, out)
	}
	for _, allowed := range []string{"CHARSYNC_ALLOW_OWNERS=7,12345", "CHARSYNC_ALLOW_OWNERS=*", "SUDO_UID=12345", "CHARSYNC_CONFIG=" + file} {
		if code, out := runIn(dir, []string{path, allowed}, "validate"); code != 0 {
			t.Errorf("%s: %d: %s", allowed, code, out)
		}
	}
}

// TestLinkedFolders: what charsync keeps for itself is not reached through a
// link that a commit brought along.
func TestLinkedFolders(t *testing.T) {
	for _, name := range ownFolders() {
		dir := project(t, map[string]string{"characters/mira.yaml": mira})
		elsewhere := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
		for _, args := range [][]string{{"apply", "--sandbox", "--yes"}, {"runs"}, {"plan", "--sandbox"}, {"sandbox", "characters"}} {
			if code, out := runIn(dir, nil, args...); code != 1 || !strings.Contains(out, "is a symbolic link") {
				t.Errorf("%s, %q: %d: %s", name, args, code, out)
			}
		}
		if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
			t.Errorf("%s: %v was written through it, %v", name, left, err)
		}
	}
}
