package apply

import (
	"fmt"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
)

func callsOf(p *diff.Plan, target string) diff.Calls {
	for _, c := range p.Calls {
		if c.Target == target {
			return c
		}
	}
	return diff.Calls{Target: target}
}

func TestCountsDebug(t *testing.T) {
	w := newWorld(t)
	w.cast(30)
	w.requests()
	p := w.plan()
	fmt.Println("plan new:", routes(w.requests()), p.Calls)
	w.applied("Applied: 120 created, 0 updated, 0 deleted, 0 failed, 0 skipped.")
	fmt.Println("create:", routes(w.requests()))
	p = w.plan()
	fmt.Println("no change:", routes(w.requests()), p.Calls)
	w.manifest("npc-007", map[string]string{
		"name": "Npc 7", "title": "Guard number 7", "description": "Stands at gate 7.", "greeting": "Stop at gate 7!", "persona": "A guard of gate 7 who has seen it all.", "visibility": "unlisted",
	}, map[string]string{
		"alakazam":    "free: true",
		"characterai": "categories: [Books], copyable: false",
		"convai":      "voiceType: \"US MALE 1\", temperature: 0.6, model_group_name: gpt-4o, languageCodes: [en-US], actions: [Nod]",
		"npcbuilder":  "role: guard, tone: casual, traits: [brave, kind], model: standard",
	})
	p = w.plan()
	fmt.Println("one plan:", routes(w.requests()), p.Calls)
	w.applied("Applied: 0 created, 4 updated, 0 deleted, 0 failed, 0 skipped.")
	fmt.Println("one plan+apply:", routes(w.requests()))
	w.empty()
	w.requests()
	e := w.engine()
	dp, _ := e.Destroy(t.Context())
	fmt.Println("destroy plan:", routes(w.requests()), dp.Calls)
	r, err := e.Apply(t.Context(), dp)
	fmt.Println(r.Summary(), err)
	fmt.Println("destroy apply:", routes(w.requests()))
	for _, c := range dp.Changes[:4] {
		fmt.Println(c.Requests)
	}
}
