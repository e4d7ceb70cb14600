package browsertest

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// TestExample opens the plan of an example character, with a drift and a
// conflict, beside its manifest. It is the picture of the README:
//
//	go test ./internal/browsertest -run Example -pictures ../../docs/images
func TestExample(t *testing.T) {
	b := Start(t)
	address := save(t, example(t))
	p := b.Open(address, Reader{Width: 1140, Height: 860})
	p.quiet()
	p.picture("report")
	for what, expression := range map[string]string{
		"the greeting in a bubble":     `document.querySelector('.bubble').textContent.includes('Wipe your boots.')`,
		"the title of the manifest":    `document.querySelector('.title').textContent === 'Keeper of the Gilded Hare'`,
		"the persona":                  `document.querySelector('.persona').textContent.includes('Mira Aldous keeps')`,
		"a section for each target":    `document.querySelectorAll('.pair').length === 3`,
		"the drift":                    `document.querySelector('.field.class-drift del').textContent.includes('and of its secrets')`,
		"the conflict":                 `document.querySelector('.field.class-conflict').textContent.replace(/\s+/g, ' ').includes('since the last apply0.3 → 0.9')`,
		"a meter with two bounds":      `Array.from(document.querySelectorAll('.figures')).some(f => f.textContent.includes('3,200 heeded, of 32,000'))`,
		"an edit that was told before": `Array.from(document.querySelectorAll('.fold summary')).some(s => s.textContent.includes('as in alakazam persona'))`,
		"a turn of a dialogue":         `Array.from(document.querySelectorAll('.speaker')).some(s => s.textContent === '{{char}}')`,
	} {
		if !Eval[bool](p, expression) {
			t.Errorf("%s is not there", what)
		}
	}
	phone := b.Open(address, Reader{Width: 390, Height: 844, Dark: true})
	phone.quiet()
	phone.picture("report-example-phone")
	dark := b.Open(address+"#mira-innkeeper/convai", Reader{Dark: true, Width: 1180, Height: 1000})
	dark.picture("report-example-dark")
}

func example(t *testing.T) *report.Report {
	t.Helper()
	data, err := os.ReadFile("testdata/mira-innkeeper.json")
	if err != nil {
		t.Fatal(err)
	}
	var plan diff.Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		t.Fatal(err)
	}
	project, found := spec.LoadProject("../../examples/charsync.yaml")
	if project == nil {
		t.Fatal(found)
	}
	set, err := spec.Load(context.Background(), project, spec.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return report.New(&plan, report.Sources{
		Driver: all.Driver, Set: set,
		Base: func(_ diff.Address, p spec.Path) (any, bool) { return 0.3, p == "temperature" },
	})
}
