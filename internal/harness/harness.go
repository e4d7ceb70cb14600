package harness

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what is to be run. Now is required.
type Options struct {
	Seed     uint64   // of the first run; the others follow
	Runs     int      // random histories
	Repeat   int      // how often each seed is run; 0 is once
	Kills    int      // kills during creation, for each vendor
	Clones   int      // histories over two clones of a repository
	Vendors  []string // empty: all
	Parallel int      // runs at a time; 0 is one
	// Charsync is the command that runs charsync's own main, to be killed;
	// without it nothing is.
	Charsync []string
	ChildEnv []string // what its environment has beside credentials and addresses
	Path     string   // PATH of the child
	Dir      string   // where projects are made; "" is the system's folder for temporary files
	Now      func() time.Time
	Log      io.Writer // told of every finding at once; nil is silent
	Most     int       // characters of a project; 0 is 8
}

func (o Options) most() int {
	if o.Most > 0 {
		return o.Most
	}
	return 8
}

func (o Options) vendors() []string {
	if len(o.Vendors) > 0 {
		return o.Vendors
	}
	return Vendors()
}

// Report is what came of it.
type Report struct {
	Runs     int            // finished
	Clones   int            // finished, over two clones
	Kills    map[string]int // by vendor
	Commands int            // of charsync
	Requests int            // that reached a vendor
	Faults   map[string]int // by kind, as far as they hit
	Failures []Failure
	Took     time.Duration
}

// Failure is a run in which something was not as promised.
type Failure struct {
	Seed     uint64
	Mode     string // "history", "clones", or "kill" and the vendor
	Findings []string
	Steps    []string
}

// String says what happened and how to see it again.
func (f Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d (%s)\n", f.Seed, f.Mode)
	for _, s := range f.Steps {
		fmt.Fprintf(&b, "    %s\n", s)
	}
	for _, s := range f.Findings {
		fmt.Fprintf(&b, "  FOUND: %s\n", strings.TrimSpace(s))
	}
	again := fmt.Sprintf("-runs 1 -seed %d", f.Seed)
	if vendor, ok := strings.CutPrefix(f.Mode, "kill "); ok {
		again = fmt.Sprintf("-runs 0 -kills 1 -vendor %s -seed %d", vendor, f.Seed)
	}
	if f.Mode == "clones" {
		again = fmt.Sprintf("-runs 0 -clones 1 -seed %d", f.Seed)
	}
	fmt.Fprintf(&b, "  again: go run ./internal/harness/cmd %s\n", again)
	return b.String()
}

// job is one run that is to be made.
type job struct {
	seed   uint64
	vendor string // of a kill; "" is a history
	clones bool   // a history over two clones
}

// Run makes all runs. The error is about the harness itself, not about what
// it found.
func Run(ctx context.Context, o Options) (*Report, error) {
	began := o.Now()
	report := &Report{Kills: map[string]int{}, Faults: map[string]int{}}
	var mu sync.Mutex
	var broken error
	jobs := make(chan job)
	var workers sync.WaitGroup
	for range max(1, o.Parallel) {
		workers.Go(func() {
			for j := range jobs {
				w, err := runOne(ctx, o, j)
				mu.Lock()
				if err != nil && broken == nil {
					broken = fmt.Errorf("seed %d: %w", j.seed, err)
				}
				if w != nil {
					report.take(o, j, w)
				}
				mu.Unlock()
			}
		})
	}
	send := func(j job) bool {
		for range max(1, o.Repeat) {
			select {
			case jobs <- j:
			case <-ctx.Done():
				return false
			}
		}
		return true
	}
	for i := range o.Runs {
		if !send(job{seed: o.Seed + uint64(i)}) {
			break
		}
	}
	if o.Kills > 0 {
		for _, v := range o.vendors() {
			for i := range o.Kills {
				if !send(job{seed: o.Seed + uint64(i), vendor: v}) {
					break
				}
			}
		}
	}
	for i := range o.Clones {
		if !send(job{seed: o.Seed + uint64(i), clones: true}) {
			break
		}
	}
	close(jobs)
	workers.Wait()
	report.Took = o.Now().Sub(began)
	if broken == nil {
		broken = ctx.Err()
	}
	return report, broken
}

func (r *Report) take(o Options, j job, w *world) {
	mode := "history"
	switch {
	case j.vendor != "":
		mode = "kill " + j.vendor
		r.Kills[j.vendor] += w.faults["SIGKILL"]
	case j.clones:
		mode = "clones"
		r.Clones++
	default:
		r.Runs++
	}
	r.Commands += w.commands
	r.Requests += w.requests
	for kind, n := range w.faults {
		r.Faults[kind] += n
	}
	if len(w.findings) == 0 {
		return
	}
	f := Failure{Seed: j.seed, Mode: mode, Findings: w.findings, Steps: w.steps}
	r.Failures = append(r.Failures, f)
	if o.Log != nil {
		fmt.Fprintln(o.Log, f)
	}
}

// runOne makes one run, in a world of its own.
func runOne(ctx context.Context, o Options, j job) (*world, error) {
	if j.clones {
		return runTeam(ctx, o, j.seed)
	}
	vendors := o.vendors()
	if j.vendor != "" {
		vendors = []string{j.vendor}
	}
	w, err := openWorld(o, j.seed, vendors)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if j.vendor != "" {
		err = w.killWhileCreating(ctx)
	} else {
		err = w.history(ctx)
	}
	if err == nil && len(w.findings) == 0 {
		err = w.converge(ctx)
	}
	return w, err
}

// runTeam makes one run over two clones.
func runTeam(ctx context.Context, o Options, seed uint64) (*world, error) {
	t, err := openTeam(ctx, o, seed, o.vendors())
	if err != nil {
		return nil, err
	}
	defer t.close()
	if len(t.findings) == 0 {
		err = t.together(ctx)
	}
	if err == nil && len(t.findings) == 0 {
		err = t.settle(ctx)
	}
	return t.world, err
}

// String is the table of the run.
func (r *Report) String() string {
	var b strings.Builder
	row := func(what string, value any) { fmt.Fprintf(&b, "%-38s %v\n", what, value) }
	row("histories", r.Runs)
	if r.Clones > 0 {
		row("histories over two clones", r.Clones)
	}
	for _, v := range slices.Sorted(maps.Keys(r.Kills)) {
		row("kills while creating at "+v, r.Kills[v])
	}
	row("commands of charsync", r.Commands)
	row("requests that reached a vendor", r.Requests)
	for _, kind := range slices.Sorted(maps.Keys(r.Faults)) {
		row("  "+kind, r.Faults[kind])
	}
	row("runs with findings", len(r.Failures))
	row("duration", r.Took.Round(time.Second))
	return b.String()
}
