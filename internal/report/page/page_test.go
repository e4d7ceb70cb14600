package page

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// plans are the models that every renderer has golden files of.
const plans = "../../view/testdata/plan"

func TestReports(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(plans, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			got, err := render("report", report.New(read(t, file), report.Sources{Driver: all.Driver, Base: applied}))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", name+".html"), string(got))
		})
	}
}

func read(t *testing.T, file string) *diff.Plan {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var plan diff.Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		t.Fatal(err)
	}
	plan.Seal()
	return &plan
}

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

// applied remembers what was applied last of the field in conflict.
func applied(_ diff.Address, p spec.Path) (any, bool) {
	return "Mira keeps the inn. She hates the duke, and says so quietly. Her brother went north and never came back. The whole village knows the story, and nobody tells it while she is in the room.", p == "backstory"
}
