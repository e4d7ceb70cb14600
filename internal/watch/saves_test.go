package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is a project that is being watched, and what its runs were told.
type place struct {
	t     *testing.T
	dir   string
	runs  chan Batch
	gate  *gate
	saves int
}

// gate holds events back until the test asks for the next run: however slow
// the machine is, what is saved between two runs is one batch.
type gate struct {
	mu      sync.Mutex
	moved   *sync.Cond
	queue   []fsnotify.Event
	open    bool
	ended   bool
	marks   map[string]bool // that have arrived
	marked  int
	through chan fsnotify.Event
}

func newGate() *gate {
	g := &gate{marks: map[string]bool{}, through: make(chan fsnotify.Event)}
	g.moved = sync.NewCond(&g.mu)
	return g
}

// take queues events, and notes the test's own marks.
func (g *gate) take(events <-chan fsnotify.Event) {
	for e := range events {
		g.mu.Lock()
		if name := filepath.Base(e.Name); strings.HasPrefix(name, "mark-") {
			g.marks[name] = true
		} else {
			g.queue = append(g.queue, e)
		}
		g.moved.Broadcast()
		g.mu.Unlock()
	}
}

// feed passes on what is queued while the gate is open.
func (g *gate) feed(done <-chan struct{}) {
	for {
		g.mu.Lock()
		for !g.ended && (!g.open || len(g.queue) == 0) {
			g.moved.Wait()
		}
		if g.ended {
			g.mu.Unlock()
			return
		}
		e := g.queue[0]
		g.mu.Unlock()
		select {
		case g.through <- e:
		case <-done:
			return
		}
		g.mu.Lock()
		g.queue = g.queue[1:]
		g.mu.Unlock()
	}
}

func (g *gate) pending() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open && len(g.queue) > 0
}

func (g *gate) set(open, ended bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open, g.ended = open, g.ended || ended
	g.moved.Broadcast()
}

// settle waits until all that was done to the folders has arrived: a mark
// that is made now has.
func (g *gate) settle(dir string) error {
	g.mu.Lock()
	g.marked++
	mark := fmt.Sprintf("mark-%d", g.marked)
	g.mu.Unlock()
	if err := os.WriteFile(filepath.Join(dir, mark), nil, 0o644); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.marks[mark] {
		g.moved.Wait()
	}
	return nil
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// watched watches a folder with some files, over the file system itself.
func watched(t *testing.T, files map[string]string) *place {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		put(t, dir, name, text)
	}
	p := &place{t: t, dir: dir, runs: make(chan Batch, 1000), gate: newGate()}
	n, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	w, err := open(Options{
		Dir: dir, Quiet: 20 * time.Millisecond, Limit: time.Hour,
		Scope: Scope{Trees: []string{"characters"}, Files: []string{"charsync.yaml", "prose/mira.md"}, Except: []string{"charsync.lock"}},
	}, source{events: p.gate.through, errors: n.Errors, add: n.Add, remove: n.Remove, close: n.Close, pending: p.gate.pending})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done, ended := make(chan struct{}), make(chan error, 1)
	go p.gate.take(n.Events)
	go p.gate.feed(done)
	go func() { ended <- w.Run(ctx, func(_ context.Context, b Batch) { p.runs <- b }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		close(done)
		p.gate.set(false, true)
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	if b := <-p.runs; !b.First || len(b.Files) > 0 {
		t.Fatalf("the first run: %+v", b)
	}
	return p
}

// next opens the gate until the next batch, for which it waits thirty seconds
// at most.
func (p *place) next() Batch {
	p.t.Helper()
	p.must(p.gate.settle(p.dir))
	p.gate.set(true, false)
	defer p.gate.set(false, false)
	select {
	case b := <-p.runs:
		return b
	case <-time.After(30 * time.Second):
		p.t.Fatal("no run came")
		return Batch{}
	}
}

// once wants exactly one run, about exactly these files. That there is no
// second one is known when a later save has its run: batches keep their order.
func (p *place) once(files ...string) {
	p.t.Helper()
	if d := cmp.Diff(files, p.next().Files); d != "" {
		p.t.Errorf("the files of the run (-want +got):\n%s", d)
	}
	p.saves++
	p.put("characters/sentinel.yaml", fmt.Sprint("save ", p.saves))
	if d := cmp.Diff([]string{"characters/sentinel.yaml"}, p.next().Files); d != "" {
		p.t.Errorf("a second run came:\n%s", d)
	}
}

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *place) put(name, text string) { p.t.Helper(); put(p.t, p.dir, name, text) }

func (p *place) must(errs ...error) {
	p.t.Helper()
	for _, err := range errs {
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *place) rename(from, to string) { p.t.Helper(); p.must(os.Rename(p.path(from), p.path(to))) }
func (p *place) remove(name string)     { p.t.Helper(); p.must(os.RemoveAll(p.path(name))) }

// vim writes as vim does with its defaults: a probe, a backup by renaming, a
// new file, the backup removed.
func (p *place) vim(name, text string) {
	p.t.Helper()
	folder := name[:strings.LastIndexByte(name, '/')+1]
	swap := folder + "." + name[len(folder):] + ".swp"
	p.put(swap, "b0VIM 9.1")
	p.put(folder+"4913", "")
	p.remove(folder + "4913")
	p.rename(name, name+"~")
	p.put(name, text)
	p.must(os.Chmod(p.path(name), 0o644))
	p.remove(name + "~")
	p.remove(swap)
}

// sed writes as sed -i does: a new file, renamed over the old one.
func (p *place) sed(name, text string) {
	p.t.Helper()
	temporary := name[:strings.LastIndexByte(name, '/')+1] + "sedQx3Z9a"
	p.put(temporary, text)
	p.rename(temporary, name)
}

// truncate opens with O_TRUNC and writes piece by piece.
func (p *place) truncate(name string, pieces ...string) {
	p.t.Helper()
	f, err := os.OpenFile(p.path(name), os.O_WRONLY|os.O_TRUNC, 0)
	p.must(err)
	for _, piece := range pieces {
		_, err := f.WriteString(piece)
		p.must(err)
	}
	p.must(f.Close())
}

// TestSaves replays how editors save, three times over: a watch that follows
// the file instead of its folder is deaf after the first.
func TestSaves(t *testing.T) {
	t.Parallel()
	const mira = "characters/mira/mira.yaml"
	tests := []struct {
		name string
		save func(p *place, file, text string)
	}{
		{"vim", (*place).vim},
		{"vs-code", func(p *place, file, text string) { p.truncate(file, text) }},
		{"sed", (*place).sed},
		{"in-pieces", func(p *place, file, text string) { p.truncate(file, text[:1], text[1:2], text[2:]) }},
		{"emacs", func(p *place, file, text string) {
			p.must(os.Symlink("me@here.1", p.path("characters/mira/.#mira.yaml")))
			p.put("characters/mira/#mira.yaml#", text)
			p.rename(file, file+"~")
			p.put(file, text)
			p.remove("characters/mira/#mira.yaml#")
			p.remove("characters/mira/.#mira.yaml")
		}},
		{"atomic-tmp", func(p *place, file, text string) {
			p.put(file+".tmp", text)
			p.rename(file+".tmp", file)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := watched(t, map[string]string{mira: "zero", "charsync.yaml": "c", "prose/mira.md": "p"})
			for i := range 3 {
				for _, file := range []string{mira, "charsync.yaml", "prose/mira.md"} {
					if tt.name == "emacs" && file != mira {
						continue
					}
					tt.save(p, file, fmt.Sprintf("text %d", i))
					p.once(file)
				}
			}
		})
	}
}

// TestRegressionAtomicSaveKillsWatch: saves by every way, into new and into
// renamed folders too, are all seen, and once.
func TestRegressionAtomicSaveKillsWatch(t *testing.T) {
	t.Parallel()
	p := watched(t, map[string]string{"characters/mira.yaml": "0"})
	for i := range 3 {
		text := fmt.Sprint("vim ", i)
		p.vim("characters/mira.yaml", text)
		p.once("characters/mira.yaml")
		p.sed("characters/mira.yaml", "sed"+text)
		p.once("characters/mira.yaml")
		p.truncate("characters/mira.yaml", "code", text)
		p.once("characters/mira.yaml")
	}
	p.put("characters/new/deep/a.yaml", "a")
	p.once("characters/new/deep/a.yaml")
	p.rename("characters/new", "characters/renamed")
	p.once("characters/new/deep/a.yaml", "characters/renamed/deep/a.yaml")
	for i := range 3 {
		p.vim("characters/renamed/deep/a.yaml", fmt.Sprint("a", i))
		p.once("characters/renamed/deep/a.yaml")
	}
	p.put("characters/new/deep/a.yaml", "the old place again")
	p.once("characters/new/deep/a.yaml")
}

// TestFolders: what comes and goes with folders.
func TestFolders(t *testing.T) {
	t.Parallel()
	p := watched(t, map[string]string{"characters/mira/mira.yaml": "m", "characters/mira/prose/a.md": "a", "prose/mira.md": "p"})
	outside := t.TempDir()
	put(t, outside, "set/one.yaml", "1")
	put(t, outside, "set/more/two.yaml", "2")

	p.must(os.Rename(filepath.Join(outside, "set"), p.path("characters/set")))
	p.once("characters/set/more/two.yaml", "characters/set/one.yaml")
	p.put("characters/set/more/two.yaml", "22")
	p.once("characters/set/more/two.yaml")

	p.must(os.Rename(p.path("characters/set"), filepath.Join(outside, "set")))
	p.once("characters/set/more/two.yaml", "characters/set/one.yaml")
	put(t, outside, "set/one.yaml", "out of sight")

	p.remove("characters/mira/mira.yaml")
	p.once("characters/mira/mira.yaml")
	p.remove("characters/mira")
	p.once("characters/mira/prose/a.md")
	p.put("characters/mira/mira.yaml", "m")
	p.put("characters/mira/prose/a.md", "a")
	p.once("characters/mira/mira.yaml", "characters/mira/prose/a.md")

	p.remove("prose")
	p.once("prose/mira.md")
	p.put("prose/mira.md", "p")
	p.once("prose/mira.md")
	p.put("prose/other.md", "nobody refers to it")
	p.put(".git/index", "x")
	p.put(".charsync/runs/1", "x")
	p.put("charsync.lock", "x")
	p.put("README.md", "x")
	p.put("charsync.yaml", "c")
	p.once("charsync.yaml")
}

// TestTreeAppears: the folder of the manifests is made after the start, and
// removed, and made again.
func TestTreeAppears(t *testing.T) {
	t.Parallel()
	p := watched(t, nil)
	for i := range 3 {
		p.put("characters/a/b/c.yaml", fmt.Sprint(i))
		if got := p.next().Files; !slices.Equal(got, []string{"characters/a/b/c.yaml"}) {
			t.Fatalf("got %v", got)
		}
		p.vim("characters/a/b/c.yaml", fmt.Sprint("again", i))
		if got := p.next().Files; !slices.Equal(got, []string{"characters/a/b/c.yaml"}) {
			t.Fatalf("got %v", got)
		}
		p.remove("characters")
		if got := p.next().Files; !slices.Equal(got, []string{"characters/a/b/c.yaml"}) {
			t.Fatalf("got %v", got)
		}
	}
}

// TestCheckout: 500 files change, 100 come and 100 go, as git checkout does
// it: unlinked and written anew. It is one run.
func TestCheckout(t *testing.T) {
	t.Parallel()
	files, want := map[string]string{}, []string{}
	for i := range 500 {
		files[fmt.Sprintf("characters/set%d/c%d.yaml", i%20, i)] = "before"
	}
	for i := range 100 {
		files[fmt.Sprintf("characters/gone%d/c%d.yaml", i%5, i)] = "before"
	}
	p := watched(t, files)
	for name := range files {
		p.must(os.Remove(p.path(name)))
		if strings.Contains(name, "/set") {
			p.put(name, "after")
		}
		want = append(want, name)
	}
	for i := range 5 {
		p.must(os.Remove(p.path(fmt.Sprintf("characters/gone%d", i))))
	}
	for i := range 100 {
		name := fmt.Sprintf("characters/come%d/c%d.yaml", i%5, i)
		p.put(name, "after")
		want = append(want, name)
	}
	slices.Sort(want)
	p.once(want...)
}

// TestNothingIsMissed: with no gate, and folders that come and move while
// others are being taken in, every file is told of in the end. How many runs
// that takes depends on the machine.
func TestNothingIsMissed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Open(Options{Dir: dir, Quiet: 5 * time.Millisecond, Scope: Scope{Trees: []string{"characters"}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	told, ended := make(chan []string, 10_000), make(chan error, 1)
	go func() { ended <- w.Run(ctx, func(_ context.Context, b Batch) { told <- b.Files }) }()
	want := map[string]bool{}
	for i := range 60 {
		for j := range 3 {
			name := fmt.Sprintf("characters/f%d/g%d/h/c.yaml", i, j)
			put(t, dir, name, "text")
			if i%2 == 0 {
				want[name] = true
			}
		}
		if i%2 == 0 {
			continue
		}
		moved := fmt.Sprintf("characters/moved%d", i)
		if err := os.Rename(filepath.Join(dir, fmt.Sprintf("characters/f%d", i)), filepath.Join(dir, moved)); err != nil {
			t.Fatal(err)
		}
		for j := range 3 {
			want[fmt.Sprintf("%s/g%d/h/c.yaml", moved, j)] = true
		}
		name := moved + "/g0/h/late.yaml"
		put(t, dir, name, "text")
		want[name] = true
	}
	deadline := time.After(30 * time.Second)
	for len(want) > 0 {
		select {
		case files := <-told:
			for _, file := range files {
				delete(want, file)
			}
		case <-deadline:
			t.Fatalf("never told of: %v", want)
		}
	}
	cancel()
	if err := errors.Join(<-ended, w.Close()); err != nil {
		t.Error(err)
	}
}
