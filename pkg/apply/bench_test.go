package apply

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// bigCast makes n characters of about 6 KB at all four services, live and
// bound, as if they had been applied.
func bigCast(b *testing.B, n int) *world {
	b.Helper()
	w := newWorld(b)
	long := strings.Repeat("She has kept the inn for twenty-two winters, and remembers every guest who paid late. ", 68)
	for i := range n {
		w.manifest(fmt.Sprintf("npc-%06d", i), map[string]string{
			"name": fmt.Sprintf("Npc %d", i), "greeting": fmt.Sprintf("Halt at gate %d!", i), "visibility": "unlisted",
			"persona": fmt.Sprintf("Guard %d. %s", i, long), "description": fmt.Sprintf("Stands at gate %d.", i),
		}, map[string]string{
			"alakazam": "free: true", "characterai": "categories: [Books]",
			"convai": "voiceType: \"US MALE 1\", temperature: 0.5, languageCodes: [en-US]", "npcbuilder": "role: guard, traits: [brave]",
		})
	}
	e := w.engine()
	lock := e.Lock
	for _, q := range e.resolve().list { // outside of a run: written once
		if err := lock.Put(w.plant(q)); err != nil {
			b.Fatal(err)
		}
	}
	if err := lock.Finish(); err != nil {
		b.Fatal(err)
	}
	return w
}

// plant puts a pair's character into the sandbox as wanted.
func (w *world) plant(q *pair) Entry {
	d := q.account.Driver
	body, late := d.Fields.Creating(q.whole.Doc)
	rest := diff.Doc{}
	for _, p := range late {
		rest[p] = q.whole.Doc[p]
	}
	more, err := d.Fields.Updating(rest, nil, providers.Keeps)
	if err != nil {
		w.Fatal(err)
	}
	maps.Copy(body, more)
	if q.Target == "npcbuilder" {
		body["game_id"], body["world_id"] = "game123", "world456"
	}
	id, err := w.srv.Put(q.Target, body)
	if err != nil {
		w.Fatal(err)
	}
	entry := Entry{Address: q.Address, Provider: d.Name, ID: d.JoinID(q.whole.Scope, id), Fields: map[spec.Path]diff.Mark{}}
	for _, r := range d.Fields.Rules() {
		if v, ok := q.whole.Doc[r.Path]; ok {
			entry.Fields[r.Path] = diff.Mark{File: r.Digest(v)}
		}
	}
	return entry
}

// BenchmarkPlanUnchanged is the plan that finds nothing to do: loading,
// reading over HTTP and comparing. Time and memory grow with the number of
// characters.
func BenchmarkPlanUnchanged(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := bigCast(b, n)
			w.requests()
			b.ReportAllocs()
			requests := 0
			for b.Loop() {
				p, err := w.engine().Plan(context.Background())
				if err != nil || len(p.Changes) > 0 || !p.Complete {
					b.Fatalf("%v: %d changes", err, len(p.Changes))
				}
				requests = 0
				for _, c := range p.Calls {
					requests += c.Made
				}
			}
			b.ReportMetric(float64(requests), "requests/op")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/character")
		})
	}
}

// BenchmarkComparing is the same without manifests to load and requests to
// send: the engine alone.
func BenchmarkComparing(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := bigCast(b, n)
			e := w.wholeEngine()
			chosen := e.resolve()
			b.ReportAllocs()
			for b.Loop() {
				for _, q := range chosen.list {
					entry, _ := e.Lock.Entry(q.Address)
					if c := e.compare(q, entry, entry.ID, q.whole.Doc); c != nil {
						b.Fatalf("%+v", c)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/character")
		})
	}
}

// BenchmarkCreate creates a thousand characters at each service.
func BenchmarkCreate(b *testing.B) {
	for _, vendor := range vendors() {
		b.Run(vendor+"/1000", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b)
				w.castOf(vendor, 1000, func(i int) string { return fmt.Sprint(i) })
				e := w.engine()
				b.StartTimer()
				p, err := e.Plan(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				if r, err := e.Apply(context.Background(), p); err != nil || r.Created != 1000 {
					b.Fatal(err, r.Summary())
				}
			}
		})
	}
}
