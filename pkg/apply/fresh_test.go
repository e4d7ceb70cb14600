package apply

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charsync/charsync/pkg/diff"
)

// A colleague edits in the middle of a long run what the list had shown at its
// beginning. The edit is seen before it is written over.
func TestEditInTheMiddleOfALongRun(t *testing.T) {
	edits := map[string]map[string]any{
		"alakazam":   {"persona": "A colleague's words."},
		"convai":     {"temperature": 0.9}, // the list alone shows it
		"npcbuilder": {"description": "A colleague's words."},
	}
	for vendor, edit := range edits {
		for _, left := range []int{1, 5} { // changes that are still to come then
			t.Run(fmt.Sprintf("%s, %d left", vendor, left), func(t *testing.T) {
				const n = 8
				w := newWorld(t)
				w.castOf(vendor, n, func(i int) string { return fmt.Sprint(i) })
				if r := w.apply(); r.Failed > 0 {
					t.Fatal(w.explain(r))
				}
				w.castOf(vendor, n, func(i int) string { return fmt.Sprint(i, " anew") })
				last := fmt.Sprintf("npc-%04d", n-1)
				begun := 0
				r := w.apply(func(o *Options) {
					o.Parallelism = 1
					o.Events = func(ev Event) {
						if ev.Kind != "write" || ev.Text != string(diff.Update) {
							return
						}
						if begun++; begun == n-left+1 {
							w.now = w.now.Add(lookLasts + time.Second)
							w.edit(vendor, w.id(last, vendor), edit)
						}
					}
				})
				if r.Updated != n-1 || r.Skipped != 1 {
					t.Fatal(r.Summary(), w.explain(r))
				}
				for _, o := range r.Outcomes {
					if (o.Status == Skipped) != (o.Name == last) || o.Status == Skipped && (o.Rule != "stale" || len(o.Stale) == 0) {
						t.Errorf("%+v", o)
					}
				}
			})
		}
	}
}

// When nothing is slow, a list is read once; when much time passes it is read
// again, once for all that are still to come, and single reads take its place
// when few are left.
func TestLooksAreRepeatedOnlyWhenOld(t *testing.T) {
	const n = 12
	reads := func(pause func(begun int) time.Duration) int {
		w := newWorld(t)
		w.castOf("alakazam", n, func(i int) string { return fmt.Sprint(i) })
		w.apply()
		w.castOf("alakazam", n, func(i int) string { return fmt.Sprint(i, " anew") })
		e := w.engine()
		plan, err := e.Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		w.requests()
		begun := 0
		e.Options.Parallelism = 1
		e.Options.Events = func(ev Event) {
			if ev.Kind == "write" && ev.Text == string(diff.Update) {
				begun++
				w.now = w.now.Add(pause(begun))
			}
		}
		if r, err := e.Apply(context.Background(), plan); err != nil || r.Updated != n {
			t.Fatal(err, w.explain(r))
		}
		got, _ := split(w.requests())
		return got
	}
	const readBack = 1
	for _, c := range []struct {
		name  string
		pause func(int) time.Duration
		want  int
	}{
		{"fast", func(int) time.Duration { return lookLasts / (n + 1) }, 1 + readBack},
		{"one long pause", func(begun int) time.Duration {
			if begun == n/2 {
				return time.Hour
			}
			return 0
		}, 2 + readBack},
		{"twice too slow", func(int) time.Duration { return lookLasts / 5 }, 3 + readBack},
		{"a pause before each", func(int) time.Duration { return time.Minute }, 1 + n + readBack},
	} {
		if got := reads(c.pause); got != c.want {
			t.Errorf("%s: %d reads, want %d", c.name, got, c.want)
		}
	}
}

// A change that ends before it is looked at leaves the list, which may be read
// again for the others at that moment. The race detector sees it if it does not.
func TestEndsWhileTheListIsReadAgain(t *testing.T) {
	const n = 24
	w := newWorld(t)
	w.castOf("convai", n, func(i int) string { return fmt.Sprint(i) })
	w.apply()
	w.castOf("convai", n, func(i int) string { return fmt.Sprint(i, " anew") })
	e := w.engine()
	plan, err := e.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range e.Lock.Entries() { // another run has bound every other one anew
		if i%2 == 1 {
			entry.ID += "0"
			_ = e.Lock.Put(entry)
		}
	}
	var reads atomic.Int64
	e.Options.Now = func() time.Time { return w.now.Add(time.Duration(reads.Add(1)) * (lookLasts + time.Second)) }
	r, err := e.Apply(context.Background(), plan)
	if err != nil || r.Updated != n/2 || r.Skipped != n/2 {
		t.Fatal(err, r.Summary(), w.explain(r))
	}
}
