// Package viewtest gives the renderers of plans the same models to be tested
// with, and compares what they make with golden files.
package viewtest

import (
	"bytes"
	"embed"
	"encoding/json"
	"flag"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

//go:embed plan/*.json
var models embed.FS

var update = flag.Bool("update", false, "write the golden files anew")

// Plans calls check with each model, sealed, and its name.
func Plans(t *testing.T, check func(t *testing.T, name string, plan *diff.Plan)) {
	t.Helper()
	files, err := models.ReadDir("plan")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".json")
		t.Run(name, func(t *testing.T) { check(t, name, Plan(t, name)) })
	}
}

// Plan is the model of a name, sealed.
func Plan(t testing.TB, name string) *diff.Plan {
	t.Helper()
	data, err := models.ReadFile(path.Join("plan", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan diff.Plan
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&plan); err != nil {
		t.Fatal(err)
	}
	plan.Seal()
	return &plan
}

// Applied remembers what was applied last of the field that is in conflict in
// the model three-ways.
func Applied(_ diff.Address, p spec.Path) (any, bool) {
	return "Mira keeps the inn. She hates the duke, and says so quietly. Her brother went north and never came back. The whole village knows the story, and nobody tells it while she is in the room.", p == "backstory"
}

// Golden compares what was made with a file, or writes the file when the test
// runs with -update.
func Golden(t *testing.T, file, got string) {
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
