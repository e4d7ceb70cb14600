package view

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/view/viewtest"
	"github.com/charsync/charsync/pkg/diff"
)

// walk calls check for each input in a folder of testdata.
func walk(t *testing.T, pattern string, check func(t *testing.T, file string, data []byte)) {
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			check(t, file, data)
		})
	}
}

func TestPlans(t *testing.T) {
	viewtest.Plans(t, func(t *testing.T, name string, plan *diff.Plan) {
		var out strings.Builder
		if err := Plan(&out, plan, Style{Width: 96, Unicode: true, Costs: true}); err != nil {
			t.Fatal(err)
		}
		viewtest.Golden(t, filepath.Join("testdata", "plan", name+".txt"), out.String())
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; last != plan.Counts().Summary() {
			t.Errorf("the last line is %q", last)
		}
		for _, s := range []Style{{Width: 60}, {Width: 100, Color: true, Unicode: true, Costs: true}} {
			if err := Plan(&strings.Builder{}, plan, s); err != nil {
				t.Error(err)
			}
		}
	})
}
