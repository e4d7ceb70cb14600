package diff

import (
	"fmt"

	"github.com/charsync/charsync/pkg/spec"
)

// About says what a document tells when it is not what an apply would do.
type About string

// What documents are about, beside the plans that can be applied.
const (
	// AboutDrift documents tell what changed on the providers since the last
	// apply. Their fields have the manifest's value before and the live one
	// after.
	AboutDrift About = "drift"
	// AboutBase documents tell what the manifests change against a revision of
	// Git. Their fields have that revision's value before.
	AboutBase About = "base"
)

// Revision is a revision of Git that manifests were compared with.
type Revision struct {
	Ref    string `json:"ref"`              // as it was named
	Commit string `json:"commit,omitempty"` // where this branch left it
}

// Applied says which run last changed something at a pair.
type Applied struct {
	Run     string `json:"run"`
	At      string `json:"at,omitempty"`      // RFC 3339, in UTC
	Who     string `json:"who,omitempty"`     // known where the record of the run is
	Command string `json:"command,omitempty"` // the same
}

// Sides names what stands before and after in the fields of a document.
func (p *Plan) Sides() (before, after string) {
	switch {
	case p.About == AboutDrift:
		return "in the manifest", "on the provider now"
	case p.About == AboutBase && p.Against != nil:
		return "at " + p.Against.Ref, "in the manifest"
	case p.Undo != "":
		return "on the provider now", "before the run"
	}
	return "on the provider now", "in the manifest"
}

// Unfit says why a document can't be applied, or "".
func (p *Plan) Unfit() string {
	switch p.About {
	case "":
		return ""
	case AboutDrift:
		return "it tells what changed on the providers, and not what is to be done about it"
	case AboutBase:
		return "it compares manifests with manifests of another revision, and no live character was read for it"
	}
	return fmt.Sprintf("it is about %.20q, which this program does not know", string(p.About))
}

// Summary is the last line of a document.
func (p *Plan) Summary() string {
	n := p.Counts()
	if p.About != AboutDrift {
		return n.Summary()
	}
	gone := 0
	for i := range p.Changes {
		if p.Changes[i].Gone != "" {
			gone++
		}
	}
	return fmt.Sprintf("Drift: %d changed, %d gone, %d in conflict.", n.Drifted-gone, gone, n.Conflict)
}

// MovedLive lists the fields whose live value is not what the lock remembers, for
// a character of which no manifest says what it should be. Live is after; what
// was before is not known, since the lock keeps digests.
func MovedLive(rules []Rule, live Doc, marks map[spec.Path]Mark) []FieldChange {
	var out []FieldChange
	for _, r := range rules {
		mark, marked := marks[r.Path]
		now, known := live[r.Path]
		if marked && known && liveMoved(r, now, mark) {
			out = append(out, FieldChange{Path: r.Path, Kind: r.Kind, Class: Drift, After: now})
		}
	}
	return out
}
