package view

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file, or writes the file with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if w := strings.ReplaceAll(string(want), "\r\n", "\n"); w != got {
		t.Errorf("%s differs; run with -update and look at the change.\n--- got\n%s--- want\n%s", file, got, w)
	}
}

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
	walk(t, "plan/*.json", func(t *testing.T, file string, data []byte) {
		var plan diff.Plan
		decode(t, data, &plan)
		plan.Seal()
		var out strings.Builder
		if err := Plan(&out, &plan, Style{Width: 96, Unicode: true}); err != nil {
			t.Fatal(err)
		}
		golden(t, strings.TrimSuffix(file, ".json")+".txt", out.String())
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; last != plan.Counts().Summary() {
			t.Errorf("the last line is %q", last)
		}
		for _, s := range []Style{{Width: 60}, {Width: 100, Color: true, Unicode: true}} {
			if err := Plan(&strings.Builder{}, &plan, s); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(m.Run())
}
