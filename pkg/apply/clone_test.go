package apply

import (
	"fmt"
	"testing"

	"github.com/charsync/charsync/internal/sandbox"
)

// A clone whose answer was lost is told from the character that it was made
// of, which holds the same.
func TestLostClone(t *testing.T) {
	for _, vendor := range []string{"convai", "alakazam"} {
		route := map[string]string{"convai": "character.clone", "alakazam": "world.fork"}[vendor]
		for _, kind := range []sandbox.FaultKind{sandbox.FaultResetBefore, sandbox.FaultResetAfter} {
			t.Run(fmt.Sprintf("%s/%s", vendor, kind), func(t *testing.T) {
				w := newWorld(t)
				doc := map[string]any{"name": "Source", "persona": "Old."}
				target := ""
				if vendor == "convai" {
					doc = map[string]any{"charName": "Source", "backstory": "Old.", "voiceType": "US MALE 1"}
					target = `, voiceType: "US MALE 1"`
				}
				source, err := w.srv.Put(vendor, doc)
				if err != nil {
					t.Fatal(err)
				}
				w.manifest("mira", map[string]string{"name": "Mira", "persona": "New."}, map[string]string{vendor: "cloneFrom: " + source + target})
				w.srv.Inject(sandbox.Fault{Vendor: vendor, Route: route, Kind: kind})
				if r := w.apply(); r.Failed != 1 {
					t.Fatal(r.Summary())
				}
				before, _ := w.srv.Character(vendor, source)
				for range 2 {
					if r := w.apply(); r.Failed > 0 {
						t.Fatal(w.explain(r))
					}
				}
				w.empty()
				after, _ := w.srv.Character(vendor, source)
				if fmt.Sprint(before.Doc) != fmt.Sprint(after.Doc) || w.id("mira", vendor) == source {
					t.Errorf("the source was taken for its clone: %v", after.Doc)
				}
				if n := len(w.live(vendor)); n != 2 {
					t.Errorf("%d characters", n)
				}
			})
		}
	}
}
