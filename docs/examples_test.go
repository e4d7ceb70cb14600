package docs_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// TestExamples finds every field of every provider in at least one example,
// and nothing to complain about in any.
func TestExamples(t *testing.T) {
	project, found := spec.LoadProject(filepath.Join(root, "examples", "charsync.yaml"))
	for _, d := range found {
		t.Errorf("%v", d)
	}
	set, err := spec.Load(context.Background(), project, spec.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range set.Diagnostics {
		t.Errorf("%v", d)
	}
	if len(set.Characters) < 8 {
		t.Fatalf("only %d characters", len(set.Characters))
	}
	used := map[string]bool{}
	for _, c := range set.Characters {
		for i := range c.Targets {
			target := &c.Targets[i]
			in := project.Instances[target.Instance]
			driver, ok := all.Driver(in.Type)
			if !ok {
				t.Fatalf("%s: no driver %q", c.Name, in.Type)
			}
			desired := driver.Desired(c, target, in)
			for _, d := range desired.Diagnostics {
				if d.Severity == spec.Info {
					continue // what a provider does not have is no fault of an example
				}
				t.Errorf("%v: %s", d, d.Hint)
			}
			for path := range desired.Doc {
				used[driver.Name+" "+string(path)] = true
			}
		}
	}
	for _, d := range all.Drivers() {
		for _, f := range d.Fields {
			if !f.ReadOnly() && !used[d.Name+" "+string(f.Path)] {
				t.Errorf("no example sets %s of %s", f.Path, d.Title)
			}
		}
	}
}
