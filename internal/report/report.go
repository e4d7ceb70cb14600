// Package report makes of a plan what people read in a browser or in a pull
// request: characters, what happens to each at each of its targets, their
// limits and losses. Markdown and HTML are rendered from it and decide nothing
// themselves.
//
// Every text in it has passed view.Sanitize: nothing in it steers a terminal
// or hides from a reader. Escaping for a format is left to its renderer.
package report

import (
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Report is a plan as its readers see it.
type Report struct {
	Kind        string // plan, undo, drift, run
	Title       string // of the project or of the run; may be ""
	Digest      string
	Env         string
	Undo        string // the run that is taken back
	About       diff.About
	Complete    bool
	Against     string // which revision of Git it has to do with, in a sentence; or ""
	Nothing     string // why nothing happens to any character, where that is so
	Summary     string // the last line: what counts
	Tallies     []Tally
	Facts       []Fact
	Unchanged   int
	Before      string // what the two sides of a difference are
	After       string
	Targets     []Target
	Characters  []Character // those that something happens to, by name
	Orphans     []diff.Orphan
	Guards      []diff.Block
	Bindings    []string // edits of the lock, each in a line
	Settings    []string // edits of charsync.yaml
	Unseen      []string // texts that hold hidden characters
	Unplanned   []diff.Unplanned
	Diagnostics []spec.Diagnostic // those that belong to no character shown
	Calls       []diff.Calls
}

// Tally is one figure of the summary.
type Tally struct {
	N     int
	Words string
	Tone  Verdict
}

// Fact is where a report comes from, such as who ran what and when.
type Fact struct{ Name, Value string }

func (r *Report) fact(name, value string) {
	if value != "" {
		r.Facts = append(r.Facts, Fact{name, view.SanitizeLine(value)})
	}
}

// Target sums up what happens at one target.
type Target struct {
	Name   string
	Title  string // of the vendor
	Counts diff.Counts
}

// Character is one character with what happens to it.
type Character struct {
	Name    string // metadata.name
	Display string // what players see
	Source  string // file:line:col of the manifest, or ""
	Labels  []Label
	// The texts are what the manifest says, else what the plan holds of them;
	// "" where neither does.
	Title       string
	Greeting    string
	Persona     string
	Description string
	Pairs       []Pair
	Diagnostics []spec.Diagnostic
}

// Label is one label of a manifest.
type Label struct{ Key, Value string }

// Verdict is what happens to a pair, in a word. It chooses sign and colour.
type Verdict string

// The verdicts.
const (
	Creates   Verdict = "create"
	Updates   Verdict = "update"
	Replaces  Verdict = "replace"
	Deletes   Verdict = "delete"
	Drifted   Verdict = "drift"    // nothing but drift
	Conflicts Verdict = "conflict" // stopped by one
	Reported  Verdict = "report"   // shown, not acted upon
	Recorded  Verdict = "record"   // the lock alone
	Failed    Verdict = "failed"   // of a run
	Skipped   Verdict = "skipped"  // of a run
)

// Pair is a character at a target.
type Pair struct {
	Target   string
	Provider string // the driver: convai
	Vendor   string // its title: Convai
	ID       string
	Verdict  Verdict
	Deed     string // "update", "create as a clone of …"
	Reason   string
	Removal  string // what deleting really does
	Protect  bool
	Fields   []Field
	Blocked  []Stop
	Losses   []Loss
	Meters   []Meter
	Applied  string // the run that last changed something here, where that is asked
}

// Stop is why a pair is left out, or what went wrong with it.
type Stop struct{ Head, Message, Hint string }

// Loss is what a provider does not keep as the manifest has it.
type Loss struct {
	How   string // mapped, folded, dropped
	Paths []string
	Note  string
}

// Classes lists the classes of the fields of a character that are of interest
// to a reader, each once.
func (c *Character) Classes() []string {
	var out []string
	seen := map[diff.Class]bool{}
	for i := range c.Pairs {
		for _, f := range c.Pairs[i].Fields {
			if !seen[f.Class] {
				seen[f.Class] = true
				out = append(out, string(f.Class))
			}
		}
	}
	return out
}
