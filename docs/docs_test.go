// Package docs_test keeps the documentation true: what can be generated is
// compared with what the code says, and what is named has to exist.
//
//	go generate ./docs
//
// rewrites the parts between <!-- name:begin --> and <!-- name:end -->.
package docs_test

//go:generate go test . -run Generated -update

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the documentation")

// root is the repository: tests run in the folder of their package.
const root = ".."

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// texts are the Markdown files of the project, as slash paths from its root.
func texts(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*.md"} {
		found, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	if len(names) < 10 {
		t.Fatalf("only %d texts found: %v", len(names), names)
	}
	return names
}

// generated compares the part of a text between its markers with want, or
// writes it there.
func generated(t *testing.T, file, part, want string) {
	t.Helper()
	text := read(t, file)
	begin, end := "<!-- "+part+":begin -->\n", "<!-- "+part+":end -->"
	head, rest, ok := strings.Cut(text, begin)
	got, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s: no part %q", file, part)
	}
	want = "\n" + strings.TrimSpace(want) + "\n\n"
	if *update {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(file)), []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: part %q is stale; run: go generate ./docs\n%s", file, part, d)
	}
}
