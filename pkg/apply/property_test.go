package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/diff"
)

// texts are values that vendors treat differently: line ends, blanks, other
// scripts, and what looks like another type.
func texts(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{
		"Plain words.", "Other words.", "Two\nlines.", "A blank\n\nline.", "Ends in one\n", "Tab\there", "Überraschung – „Zitat“",
		"宿の主人", "🙂 with a face 👩🏽‍🚀", "مرحبا", "yes", "0123", "1e3", "<b>bold</b> & more", "{{char}} speaks", "\"quoted\" \\ back", "e\u0301 and é",
	}).Draw(t, label)
}

// drawnCast is a random set of characters: name → target → fields.
type drawnCast map[string]map[string]map[string]string

func drawCast(t *rapid.T) drawnCast {
	cast := drawnCast{}
	for i := range rapid.IntRange(1, 4).Draw(t, "characters") {
		name := fmt.Sprintf("npc-%d", i)
		cast[name] = map[string]map[string]string{}
		for _, vendor := range vendors() {
			if rapid.IntRange(0, 3).Draw(t, "absent") > 0 {
				cast[name][vendor] = drawFields(t, vendor)
			}
		}
		if len(cast[name]) == 0 {
			cast[name]["alakazam"] = drawFields(t, "alakazam")
		}
	}
	return cast
}

// drawFields draws a target; fields that creation needs are always there.
func drawFields(t *rapid.T, vendor string) map[string]string {
	f := map[string]string{}
	maybe := func(key string, draw func() string) {
		if rapid.Bool().Draw(t, key+"?") {
			f[key] = draw()
		}
	}
	text := func(key string) func() string { return func() string { return fmt.Sprintf("%q", texts(t, key)) } }
	pick := func(key string, words ...string) func() string {
		return func() string { return rapid.SampledFrom(words).Draw(t, key) }
	}
	f["name"] = fmt.Sprintf("%q", rapid.SampledFrom([]string{"Mira", "Old Tam", "Captain Ode"}).Draw(t, "name"))
	switch vendor {
	case "alakazam":
		for _, k := range []string{"description", "persona"} {
			maybe(k, text(k))
		}
		for _, k := range []string{"scene", "greeting", "lore", "examples"} {
			maybe(k, func() string { return rapid.SampledFrom([]string{`""`, "null", text(k)()}).Draw(t, k+" or empty") })
		}
		maybe("visibility", pick("visibility", "private", "unlisted"))
		maybe("free", pick("free", "true", "false"))
		maybe("stances", pick("stances", "[]", `[{id: a, label: "At the door", mood: wary, expression: "a smile"}]`, `[{id: a, label: B}, {id: c}]`))
		maybe("intro", pick("intro", "{title: T}", "{title: T, hint: H}"))
	case "characterai":
		f["greeting"] = text("greeting")()
		maybe("title", pick("title", `""`, `"Keeper of the inn"`, `"Guard"`))
		maybe("description", text("description"))
		maybe("definition", text("definition"))
		maybe("categories", pick("categories", "[]", "[Books]", "[Games, Books]"))
		maybe("visibility", pick("visibility", "private", "unlisted"))
		maybe("copyable", pick("copyable", "false"))
	case "convai":
		f["backstory"], f["voiceType"] = text("backstory")(), `"US MALE 1"`
		maybe("temperature", pick("temperature", "0", "0.42", "1"))
		maybe("model_group_name", pick("model", "gpt-4o"))
		maybe("languageCodes", pick("languages", "[en-US]", "[de-DE, en-US]"))
		maybe("actions", pick("actions", "[Nod]", "[Nod, Wave]"))
	case "npcbuilder":
		maybe("description", func() string {
			return rapid.SampledFrom([]string{`""`, text("description")()}).Draw(t, "description or empty")
		})
		maybe("role", pick("role", "guard", "innkeeper"))
		maybe("tone", pick("tone", "casual", "formal"))
		maybe("traits", pick("traits", "[]", "[brave]", "[kind, brave]"))
		maybe("model", pick("model", "standard"))
		maybe("items", pick("items", "[]", "[{type: trade, itemName: Pie, value: 3}]"))
	}
	return f
}

func (w *world) writeCast(cast drawnCast) {
	for name, targets := range cast {
		flow := map[string]string{}
		for vendor, fields := range targets {
			var parts []string
			for _, k := range slices.Sorted(maps.Keys(fields)) {
				parts = append(parts, k+": "+fields[k])
			}
			flow[vendor] = strings.Join(parts, ", ")
		}
		w.manifest(name, map[string]string{}, flow)
	}
}

// TestPropertyApplyThenNothing: whatever the manifests say, whatever is then
// edited in them or behind our back, an apply is followed by an empty plan;
// what was not managed has not moved, and the counts agree with what the
// services did.
func TestPropertyApplyThenNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		defer w.close()
		cast := drawCast(rt)
		w.writeCast(cast)
		w.settlesTo(rt, "create")
		for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
			bystanders := w.outsideEdits(rt)
			for name, targets := range cast {
				for vendor := range targets {
					if rapid.Bool().Draw(rt, "edit manifest") {
						cast[name][vendor] = drawFields(rt, vendor)
					}
				}
			}
			w.writeCast(cast)
			w.settlesTo(rt, "update")
			for key, want := range bystanders {
				c, err := w.srv.Character(key[0], key[1])
				if err != nil || fmt.Sprint(c.Doc["bystander"]) != want {
					rt.Fatalf("%v: the unmanaged key is %v, want %s (%v)", key, c.Doc["bystander"], want, err)
				}
			}
		}
	})
}

// outsideEdits changes live characters as somebody in a console would, and
// returns what of it nothing manages.
func (w *world) outsideEdits(rt *rapid.T) map[[2]string]string {
	out := map[[2]string]string{}
	for _, vendor := range vendors() {
		for _, c := range w.live(vendor) {
			if rapid.IntRange(0, 2).Draw(rt, "outside") > 0 {
				continue
			}
			key := driftKey(vendor)
			if vendor == "characterai" {
				key = "definition"
			}
			value := fmt.Sprintf("outside %d", rapid.IntRange(0, 9).Draw(rt, "value"))
			w.edit(vendor, c.ID, map[string]any{key: "Edited elsewhere.", "bystander": value})
			out[[2]string{vendor, c.ID}] = value
		}
	}
	return out
}

// settlesTo applies, overwriting conflicts, and insists that nothing is left.
func (w *world) settlesTo(rt *rapid.T, what string) {
	everything := func(o *Options) {
		o.Policy.Conflict = "overwrite"
		o.Allow = map[string]bool{}
		for _, g := range Guards() {
			o.Allow[g] = true
		}
	}
	e := w.engine(everything)
	if ds := e.Validate(); hasErrors(ds) || hasErrors(e.Set.Diagnostics) {
		rt.Fatalf("the manifests are not valid: %v %v", ds, e.Set.Diagnostics)
	}
	w.requests()
	p, err := e.Plan(context.Background())
	if err != nil {
		rt.Fatal(err)
	}
	if writes := w.writes(); len(writes) > 0 {
		rt.Fatalf("planning wrote: %s", routes(writes))
	}
	w.sameWhole(rt, p, everything)
	counts := p.Counts()
	r, err := e.Apply(context.Background(), p)
	if err != nil || r.Failed+r.Skipped > 0 {
		rt.Fatalf("%s: %v %s", what, err, w.explain(r))
	}
	if r.Created != counts.Create || r.Updated != counts.Update || r.Deleted != counts.Delete {
		rt.Fatalf("%s: planned %s, did %s", what, counts.Summary(), r.Summary())
	}
	planned := 0
	for _, c := range p.Calls {
		planned += c.Writes
	}
	writes := w.writes()
	if len(writes) != planned {
		rt.Fatalf("%s: %d writes, the plan said %d: %s", what, len(writes), planned, routes(writes))
	}
	settled := w.engine(everything)
	again, err := settled.Plan(context.Background())
	if err != nil {
		rt.Fatal(err)
	}
	for _, q := range settled.resolve().list {
		if !q.settled {
			rt.Fatalf("%s: %s was held although the lock remembers all of it", what, q.Address)
		}
	}
	if len(again.Changes) > 0 || !again.Complete {
		rt.Fatalf("%s: a plan right after is not empty: %+v %+v", what, again.Changes[0], again.Changes[0].Fields)
	}
}

// sameWhole insists that a plan is the one that is made of all values, when
// none has been let go of.
func (w *world) sameWhole(rt *rapid.T, got *diff.Plan, change func(*Options)) {
	want, err := w.wholeEngine(change).Plan(context.Background())
	if err != nil {
		rt.Fatal(err)
	}
	var a, b bytes.Buffer
	if err := errors.Join(EncodePlan(&a, got), EncodePlan(&b, want)); err != nil {
		rt.Fatal(err)
	}
	if d := cmp.Diff(b.String(), a.String()); d != "" {
		rt.Fatalf("the plan differs from that of an engine that holds everything (-whole +examined):\n%s", d)
	}
}

// What is sent renders a difference, for whatever is live.
func TestRegressionChangeMeansDiff(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		defer w.close()
		cast := drawnCast{"npc": {}}
		vendor := rapid.SampledFrom(vendors()).Draw(rt, "vendor")
		cast["npc"][vendor] = drawFields(rt, vendor)
		w.writeCast(cast)
		w.settlesTo(rt, "create")
		cast["npc"][vendor] = drawFields(rt, vendor)
		w.writeCast(cast)
		p := w.plan()
		for _, c := range p.Changes {
			for _, f := range c.Fields {
				shown := diff.Explain(f).Effect != diff.Same
				if sends := f.Send; sends && !shown {
					rt.Fatalf("%s is sent and shows no difference: %+v", f.Path, f)
				}
			}
		}
	})
}
