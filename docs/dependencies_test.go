package docs_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	required = regexp.MustCompile(`(?m)^\t(\S+) (v\S+)`)
	row      = regexp.MustCompile(`(?m)^\| (\S+\.\S+/\S+) \| (v[^,]+),`)
)

// TestDependencies compares the list with what the code imports, and the
// releases with go.mod.
func TestDependencies(t *testing.T) {
	versions := map[string]string{}
	for _, m := range required.FindAllStringSubmatch(read(t, "go.mod"), -1) {
		versions[m[1]] = m[2]
	}
	want := map[string]string{}
	for _, imported := range imports(t) {
		for module, version := range versions {
			if imported == module || strings.HasPrefix(imported, module+"/") {
				want[module] = version
			}
		}
	}
	got := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(read(t, "docs/dependencies.md"), -1) {
		got[m[1]] = m[2]
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("docs/dependencies.md (+) against the imports and go.mod (-):\n%s", d)
	}
}

// imports lists what the project's Go files import, tests included.
func imports(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, file := range goFiles(t) {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, p)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != root && (strings.HasPrefix(name, ".") || name == "testdata") {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			files = append(files, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go file found")
	}
	return files
}

// source is the text of every Go file together.
func source(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, file := range goFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}
