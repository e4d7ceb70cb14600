package apply

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

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// crash is a process that is killed at one of its writes: what is on disk at
// that moment is all that is left of it, and nothing reaches the service any
// more.
type crash struct {
	providers.Provider
	shared *crashing
}

type crashing struct {
	mu    sync.Mutex
	w     *world
	left  int  // writes until it is killed
	after bool // killed after the request was carried out, not before
	dir   string
}

var errKilled = errors.New("killed")

func (c *crashing) write(do func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir != "" {
		return errKilled
	}
	if c.left--; c.left > 0 {
		return do()
	}
	if c.after {
		_ = do() // its answer never arrives
	}
	c.dir = c.w.TempDir()
	if err := os.CopyFS(c.dir, os.DirFS(c.w.dir)); err != nil {
		c.w.Error(err)
	}
	return errKilled
}

func (c crash) Create(ctx context.Context, key, scope string, body providers.Body) (id string, err error) {
	err = c.shared.write(func() error { id, err = c.Provider.Create(ctx, key, scope, body); return err })
	return id, err
}

func (c crash) Update(ctx context.Context, id string, body providers.Body) error {
	return c.shared.write(func() error { return c.Provider.Update(ctx, id, body) })
}

func (c crash) Delete(ctx context.Context, id string) error {
	return c.shared.write(func() error { return c.Provider.Delete(ctx, id) })
}

// Settle and Clone are passed on: hiding them would change what is planned.
func (c crash) Settle(ctx context.Context, key, scope string, body providers.Body) (string, error) {
	return c.Provider.(providers.Settler).Settle(ctx, key, scope, body)
}

// killed applies and is killed at a write. The world goes on with what is on
// disk at that moment. It reports false when there are not that many writes.
func (w *world) killed(write int, after bool) bool {
	w.Helper()
	e := w.engine(anything)
	p, err := e.Plan(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	return w.killedIn(e, p, write, after)
}

func (w *world) killedIn(e *Engine, p *diff.Plan, write int, after bool) bool {
	w.Helper()
	c := &crashing{w: w, left: write, after: after}
	for _, a := range e.Accounts {
		a.Provider = crash{a.Provider, c}
	}
	if _, err := e.Apply(context.Background(), p); err != nil {
		w.Fatal(err)
	}
	if c.dir == "" {
		return false
	}
	w.dir = c.dir
	return true
}

// threeActs makes a run that creates, updates and deletes at one service.
func (w *world) threeActs(vendor string) (before string) {
	w.Helper()
	w.castOf(vendor, 3, func(int) string { return "one" })
	w.apply()
	before = w.content(vendor)
	w.castOf(vendor, 4, func(i int) string { return []string{"two", "one", "one", "new"}[i] })
	w.delete("characters/npc-0001.yaml")
	return before
}

// content is what a service holds, without ids: what a manifest can say, and
// who of it is there.
func (w *world) content(vendor string) string {
	w.Helper()
	e := w.engine()
	a := e.Accounts[vendor]
	var docs []string
	for _, c := range w.live(vendor) {
		if c.Doc["archived"] == true || vendor == "alakazam" && c.Doc["visibility"] == "private" {
			continue
		}
		live := a.Driver.Fields.Live(providers.Body(c.Doc), nil)
		delete(live, "identifier")
		if live["dynamic_greeting_enabled"] == false {
			delete(live, "dynamic_greeting_enabled") // shown by default, and stored once the whole was sent back
		}
		var parts []string
		for _, rule := range a.Driver.Fields.Rules() {
			if v := rule.Canonical(live[rule.Path]); v != nil {
				parts = append(parts, fmt.Sprintf("%s=%v", rule.Path, v))
			}
		}
		docs = append(docs, strings.Join(parts, " "))
	}
	return sortedLines(docs)
}

// A run that is killed at any of its writes, before or after the service
// carried it out, is taken back: only what did happen, and all of that.
func TestUndoAfterKill(t *testing.T) {
	for _, vendor := range vendors() {
		for write := 1; write <= 4; write++ {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/write %d/after=%v", vendor, write, after), func(t *testing.T) {
					w := newWorld(t)
					before := w.threeActs(vendor)
					w.opts.Prune, w.opts.Parallelism = true, 1
					if !w.killed(write, after) {
						t.Skip("the run has fewer writes")
					}
					run, err := ReadRun(w.runDir(), w.lastRun())
					if err != nil || run.State != RunUnfinished {
						t.Fatalf("%v %+v", err, run)
					}
					r := w.undo(run.Head.ID, anything)
					if r.Failed+r.Skipped > 0 {
						t.Fatal(r.Summary(), w.explain(r))
					}
					if got := w.content(vendor); got != before {
						t.Errorf("after the undo:\n%s\nwant\n%s", got, before)
					}
					if strings.Contains(w.lockText(), "pending") {
						t.Error("something is in doubt:", w.lockText())
					}
					w.castOf(vendor, 3, func(int) string { return "one" })
					w.delete("characters/npc-0003.yaml")
					w.empty()
				})
			}
		}
	}
}

func (w *world) runDir() string { return filepath.Join(w.dir, ".charsync", "runs") }

// A run that is killed at any of its writes is finished from its record: the
// manifests, edited meanwhile, are not read, nothing is done twice, and the
// end is what the plan said.
func TestResumeAfterKill(t *testing.T) {
	for _, vendor := range vendors() {
		for write := 1; write <= 4; write++ {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/write %d/after=%v", vendor, write, after), func(t *testing.T) {
					straight := newWorld(t)
					straight.threeActs(vendor)
					straight.opts.Prune = true
					straight.apply(anything)
					want := straight.content(vendor)

					w := newWorld(t)
					w.threeActs(vendor)
					w.opts.Prune, w.opts.Parallelism = true, 1
					if !w.killed(write, after) {
						t.Skip("the run has fewer writes")
					}
					w.castOf(vendor, 4, func(int) string { return "edited after the plan" })
					r := w.resume(w.lastRun())
					if r.Failed+r.Skipped > 0 {
						t.Fatal(r.Summary(), w.explain(r))
					}
					if got := w.content(vendor); got != want {
						t.Errorf("resumed:\n%s\nwant\n%s", got, want)
					}
					if again := w.resume(w.lastRun()); len(again.Outcomes) > 0 {
						t.Errorf("there is something left to resume: %s", again.Summary())
					}
					w.castOf(vendor, 4, func(i int) string { return []string{"two", "one", "one", "new"}[i] })
					w.delete("characters/npc-0001.yaml")
					w.empty()
				})
			}
		}
	}
}

// resume finishes a run, as another process would.
func (w *world) resume(id string) *Result {
	w.Helper()
	e := w.engine()
	e.Set = nil
	run, err := ReadRun(w.runDir(), id)
	if err != nil {
		w.Fatal(err)
	}
	p, err := e.Resume(run)
	if err != nil {
		w.Fatal(err)
	}
	r, err := e.Apply(context.Background(), p)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// What moved since the plan of a stopped run is refused, with what moved.
func TestResumeIsStale(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.vendor, func(t *testing.T) {
			w := newWorld(t)
			s.with(w, "Base text.")
			w.apply()
			s.with(w, "File text.")
			if !w.killed(1, false) {
				t.Fatal("no write")
			}
			w.edit(s.vendor, w.id("mira", s.vendor), map[string]any{s.stored: "A colleague's words."})
			r := w.resume(w.lastRun())
			if r.Skipped != 1 || r.Outcomes[0].Rule != "stale" || len(r.Outcomes[0].Stale) != 1 {
				t.Errorf("%s %+v", r.Summary(), r.Outcomes)
			}
		})
	}
}

// An interrupted run can be finished, or taken back.
func TestInterruptedRunIsTakenBack(t *testing.T) {
	for _, finish := range []bool{true, false} {
		t.Run(fmt.Sprintf("finish=%v", finish), func(t *testing.T) {
			w := newWorld(t)
			w.castOf("convai", 6, func(i int) string { return fmt.Sprint(i) })
			e := w.engine(func(o *Options) { o.Parallelism = 1 })
			p, err := e.Plan(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			n := 0
			a := e.Accounts["convai"]
			a.Provider = hook{a.Provider, func(op string) {
				if n++; op == "create" && n > 2 {
					cancel()
				}
			}}
			r, err := e.Apply(ctx, p)
			if err != nil || !r.Interrupted || r.Created == 0 || r.Created == 6 {
				t.Fatal(err, r.Summary())
			}
			run, err := ReadRun(w.runDir(), w.lastRun())
			if err != nil || run.State != RunInterrupted {
				t.Fatal(err, run.State)
			}
			if finish {
				if again := w.resume(run.Head.ID); again.Created != 6-r.Created || again.Failed+again.Skipped > 0 {
					t.Fatal(again.Summary())
				}
				w.empty()
				return
			}
			if back := w.undo("", anything); back.Deleted != r.Created || back.Failed+back.Skipped > 0 {
				t.Fatal(back.Summary())
			}
			if n := len(w.live("convai")); n != 0 {
				t.Errorf("%d characters are left", n)
			}
		})
	}
}

func sortedLines(lines []string) string {
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
