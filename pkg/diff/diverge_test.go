package diff

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/spec"
)

// plans draws small plans over few pairs, so that equal ones are drawn too.
func plans() *rapid.Generator[*Plan] {
	return rapid.Custom(func(t *rapid.T) *Plan {
		p := &Plan{FormatVersion: FormatVersion, Complete: true}
		for i := range 2 {
			if rapid.IntRange(0, 3).Draw(t, "left out") == 0 {
				continue
			}
			c := Change{
				Address: Address{Target: "convai", Name: fmt.Sprint("c", i)}, Provider: "convai",
				Action: rapid.SampledFrom([]Action{Update, Report}).Draw(t, "action"),
				Reason: rapid.SampledFrom([]string{"", "why"}).Draw(t, "reason"),
				Source: spec.Pos{Line: rapid.IntRange(0, 2).Draw(t, "line")},
			}
			for _, path := range rapid.Permutation([]spec.Path{"greeting", "persona"}).Draw(t, "order") {
				if rapid.Bool().Draw(t, "field") {
					c.Fields = append(c.Fields, FieldChange{
						Path: path, Kind: Text, Class: Yours, BeforeKnown: rapid.Bool().Draw(t, "known"),
						After: rapid.SampledFrom([]any{nil, "a", "b"}).Draw(t, "after"), Send: true,
					})
				}
			}
			if rapid.IntRange(0, 4).Draw(t, "blocked") == 0 {
				c.Blocked = []Block{{Rule: "shrink", Message: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "message")}}
			}
			p.Changes = append(p.Changes, c)
		}
		p.Seal()
		return p
	})
}

// Two plans differ where they are compared if, and only if, their digests do.
func TestDivergenceIsWhatTheDigestIsOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := plans().Draw(t, "a"), plans().Draw(t, "b")
		found := Diverge(a, b)
		if (len(found) == 0) != (a.Digest == b.Digest) {
			t.Fatalf("%d differences, digests %s %s\n%+v\n%+v", len(found), a.Digest, b.Digest, a, b)
		}
		for _, d := range found {
			if d.Reviewed != nil && d.Now != nil && d.Reviewed.Action == d.Now.Action && len(d.Fields)+len(d.Blocked) == 0 {
				t.Fatalf("a difference that shows none: %+v", d)
			}
		}
	})
}

// A document about something else has another digest than the plan of the
// same operations, so that none can be made of the other.
func TestWhatADocumentIsAboutIsSealed(t *testing.T) {
	p := Plan{FormatVersion: FormatVersion, Complete: true}
	p.Seal()
	for _, about := range []About{AboutDrift, AboutBase} {
		other := p
		other.About = about
		if other.Intact() {
			t.Errorf("%s can be cut out", about)
		}
		if other.Unfit() == "" {
			t.Errorf("%s can be applied", about)
		}
	}
	if p.Unfit() != "" || (&Plan{About: "else"}).Unfit() == "" {
		t.Error("a plan, or what is not known")
	}
}
