package docs_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestGeneratedFuzz lists the command of every fuzz target, so that none is
// forgotten.
func TestGeneratedFuzz(t *testing.T) {
	target := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)
	var lines []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && p != root:
			return fs.SkipDir
		case strings.HasSuffix(rel, "_test.go") && !strings.HasPrefix(rel, "docs/"):
			for _, m := range target.FindAllStringSubmatch(read(t, rel), -1) {
				lines = append(lines, fmt.Sprintf("go test -run '^$' -fuzz '^%s$' -fuzztime 10m -fuzzminimizetime 10s ./%s\n", m[1], path.Dir(rel)))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(lines, func(a, b string) int {
		return cmp.Or(strings.Compare(a[strings.Index(a, "./"):], b[strings.Index(b, "./"):]), strings.Compare(a, b))
	})
	generated(t, "docs/reliability.md", "fuzz", "```\n"+strings.Join(lines, "")+"```\n")
}
