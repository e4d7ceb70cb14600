package watch

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

// bench is a watcher whose events and time are made by the test.
type bench struct {
	t      *testing.T
	dir    string
	events chan fsnotify.Event
	errors chan error
	w      *Watcher
	runs   []Batch
	during func(run int) // what happens while a run is under way
	active atomic.Int32
	start  time.Time
	at     []time.Duration // when each run began
}

// bubble runs a test in time of its own.
func bubble(t *testing.T, test func(b *bench)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		for _, name := range []string{"c/a.yaml", "c/b.yaml"} {
			put(t, dir, name, "before")
		}
		b := &bench{t: t, dir: dir, events: make(chan fsnotify.Event), errors: make(chan error), during: func(int) {}, start: time.Now()}
		w, err := open(Options{Dir: dir, Scope: Scope{Trees: []string{"c"}}}, source{
			events: b.events, errors: b.errors, close: func() error { return nil },
			add: func(string) error { return nil }, remove: func(string) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		b.w = w
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx, b.run) }()
		synctest.Wait()
		test(b)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// pass lets time of the bubble go by.
func pass(d time.Duration) { <-time.After(d) }

func (b *bench) run(_ context.Context, batch Batch) {
	if b.active.Add(1) > 1 {
		b.t.Error("two runs at a time")
	}
	b.runs, b.at = append(b.runs, batch), append(b.at, time.Since(b.start))
	b.during(len(b.runs))
	b.active.Add(-1)
}

// save writes a file and tells of it.
func (b *bench) save(name, text string) {
	put(b.t, b.dir, name, text)
	b.tell(name)
}

func (b *bench) tell(name string) {
	b.events <- fsnotify.Event{Name: filepath.Join(b.dir, filepath.FromSlash(name)), Op: fsnotify.Write}
}

// want compares the files of the runs after the first.
func (b *bench) want(runs ...[]string) {
	b.t.Helper()
	pass(time.Minute) // in the bubble: until nothing is left to do
	synctest.Wait()
	var got [][]string
	for _, r := range b.runs[1:] {
		got = append(got, r.Files)
	}
	if d := cmp.Diff(runs, got); d != "" {
		b.t.Errorf("runs (-want +got):\n%s", d)
	}
}

func TestQuietTime(t *testing.T) {
	bubble(t, func(b *bench) {
		for range 5 {
			b.save("c/a.yaml", "1"+time.Since(b.start).String())
			pass(100 * time.Millisecond)
		}
		b.save("c/b.yaml", "1")
		b.want([]string{"c/a.yaml", "c/b.yaml"})
		if want := 650 * time.Millisecond; b.at[1] != want {
			t.Errorf("the run began after %v, not %v", b.at, want)
		}
	})
}

func TestLimit(t *testing.T) {
	bubble(t, func(b *bench) {
		for range 72 { // for five seconds; no save is at the moment of a limit
			b.save("c/a.yaml", time.Since(b.start).String())
			pass(70 * time.Millisecond)
		}
		b.want([]string{"c/a.yaml"}, []string{"c/a.yaml"}, []string{"c/a.yaml"})
		if want := 2 * time.Second; b.at[1] != want {
			t.Errorf("the run began after %v, not %v", b.at[1], want)
		}
	})
}

func TestChangeDuringRun(t *testing.T) {
	bubble(t, func(b *bench) {
		b.during = func(run int) {
			if run != 2 {
				return
			}
			for range 30 { // for three seconds, longer than the limit
				b.save("c/b.yaml", time.Since(b.start).String())
				pass(100 * time.Millisecond)
			}
		}
		b.save("c/a.yaml", "1")
		b.want([]string{"c/a.yaml"}, []string{"c/b.yaml"})
	})
}

func TestSameBytes(t *testing.T) {
	bubble(t, func(b *bench) {
		b.save("c/a.yaml", "before")
		pass(time.Second)
		b.save("c/a.yaml", "1")
		b.save("c/a.yaml", "before")
		pass(time.Second)
		b.tell("c")
		b.want()
	})
}

func TestOverflow(t *testing.T) {
	bubble(t, func(b *bench) {
		put(t, b.dir, "c/a.yaml", "1")
		put(t, b.dir, "c/new/d.yaml", "1") // and nobody says so
		b.errors <- fsnotify.ErrEventOverflow
		b.want([]string{"c/a.yaml", "c/new/d.yaml"})
	})
}

func TestEmptiedFile(t *testing.T) {
	bubble(t, func(b *bench) {
		b.save("c/a.yaml", "")
		pass(400 * time.Millisecond)
		b.save("c/a.yaml", "written at leisure")
		b.want([]string{"c/a.yaml"})
		b.save("c/a.yaml", "") // and this is meant
		b.want([]string{"c/a.yaml"}, []string{"c/a.yaml"})
	})
}

// TestInterrupted: Run waits for the run under way, which may still ask.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w, err := open(Options{Dir: dir}, source{
			events: make(chan fsnotify.Event), errors: make(chan error),
			add: func(string) error { return nil }, remove: func(string) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		finished := false
		err = w.Run(ctx, func(ctx context.Context, _ Batch) {
			cancel()
			<-ctx.Done()
			pass(time.Second)
			if _, err := w.Cover(Scope{Trees: []string{"c"}}); err != nil {
				t.Error(err)
			}
			finished = true
		})
		if err != nil || !finished {
			t.Errorf("Run: %v, finished: %v", err, finished)
		}
		if _, err := w.Cover(Scope{}); !errors.Is(err, errEnded) {
			t.Errorf("Cover after Run: %v", err)
		}
	})
}

// TestCover: a file that comes into scope is no change, and changes after
// that are.
func TestCover(t *testing.T) {
	bubble(t, func(b *bench) {
		put(t, b.dir, "prose/p.md", "p")
		wider := Scope{Trees: []string{"c"}, Files: []string{"prose/p.md"}}
		for i, want := range []bool{true, false} {
			more, err := b.w.Cover(wider)
			if err != nil || more != want {
				t.Errorf("%d: more %v, %v", i, more, err)
			}
		}
		b.tell("prose/p.md")
		pass(time.Second)
		b.save("prose/p.md", "pp")
		b.want([]string{"prose/p.md"})
		if _, err := b.w.Cover(Scope{Trees: []string{"c"}}); err != nil {
			t.Error(err)
		}
		b.save("prose/p.md", "nobody minds")
		b.want([]string{"prose/p.md"})
	})
}

func TestScope(t *testing.T) {
	a := newArea(Scope{
		Trees: []string{"a/characters"}, Files: []string{"charsync.yaml", "texts/x/p.md", "texts/odd.tmp"},
		Globs: []string{"*.yaml"}, Except: []string{"lock.yaml"},
	})
	files := map[string]bool{
		"a/characters/m.yaml": true, "a/characters/deep/er/m.md": true, "charsync.yaml": true, "other.yaml": true,
		"texts/x/p.md": true, "texts/odd.tmp": true, "texts/x/q.md": false, "lock.yaml": false, "README.md": false, "a/m.yaml": false,
		"a/characters/.git/x": false, "a/characters/.charsync/x": false, "a/characters/m.yaml~": false,
		"a/characters/.m.yaml.swp": false, "a/characters/.m.yaml.swo": false, "a/characters/4913": false,
		"a/characters/.#m.yaml": false, "a/characters/#m.yaml#": false, "a/characters/m.yaml.tmp": false,
		"a/characters/sedAb3dEf": false, "a/characters/sedge.yaml": true, "a/charactersque/m.yaml": false,
	}
	for file, want := range files {
		if got := a.file(file); got != want {
			t.Errorf("file %s: %v", file, got)
		}
	}
	folders := map[string]bool{
		".": true, "a": true, "a/characters": true, "a/characters/b": true, "texts": true, "texts/x": true,
		"b": false, "texts/y": false, "a/b": false, ".git": false, ".charsync": false, "a/characters/.git": false,
	}
	for folder, want := range folders {
		if got := a.folder(folder); got != want {
			t.Errorf("folder %s: %v", folder, got)
		}
	}
	if all := newArea(Scope{Trees: []string{"."}}); !all.folder("x/y") || !all.file("x/y.md") || all.folder("x/.git") {
		t.Error("a tree of the whole project")
	}
}
