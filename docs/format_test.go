package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/internal/edit"
)

var fencedYAML = regexp.MustCompile("(?s)\n```yaml\n(.*?)\n```\n")

// TestManifestsInTheUsualLayout: what people copy from these pages is what
// charsync fmt would make of it.
func TestManifestsInTheUsualLayout(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, page := range append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "examples", "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fencedYAML.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "apiVersion: charsync.dev/") {
				continue
			}
			seen++
			in := m[1] + "\n"
			out, found, err := edit.Format(page, []byte(in))
			if err != nil || len(found) > 0 {
				t.Errorf("%s: %v %v", page, err, found)
			}
			if d := cmp.Diff(in, string(out)); d != "" {
				t.Errorf("%s (-written +formatted):\n%s", page, d)
			}
		}
	}
	if seen < 3 {
		t.Errorf("only %d manifests on these pages", seen)
	}
}
