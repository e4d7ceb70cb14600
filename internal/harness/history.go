package harness

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// situation is what is known before a command, to judge it by afterwards.
type situation struct {
	number      int
	lock        map[address]binding
	records     []string
	prune       bool
	destroyed   map[address]bool
	meddled     bool // colleagues worked while it ran
	interrupted bool
	killed      bool
	reading     bool // a command that may not write
	undo        bool
	everything  bool // all pairs were selected, and drift is written back
}

// ways of ending a command.
const (
	plainly = iota
	cancelled
	interrupted
	killed
)

// history lets a random number of random things happen.
func (w *world) history(ctx context.Context) error {
	for i := range 1 + w.dice.IntN(4) {
		if i > 0 || w.dice.chance(30) {
			for range w.dice.IntN(4) {
				w.step("manifest: %s", w.editManifest())
			}
		}
		if w.dice.chance(40) {
			w.betweenRuns()
		}
		if err := w.project.write(w.dir); err != nil {
			return err
		}
		w.inject()
		if err := w.act(ctx); err != nil {
			return err
		}
		w.gate.sandbox.ClearFaults()
		w.countFaults()
		if len(w.findings) > 0 {
			return nil
		}
	}
	return nil
}

// editManifest edits, and remembers what a change of a field that only
// creation takes allows.
func (w *world) editManifest() string {
	said := w.project.edit()
	if _, path, ok := strings.Cut(said, ": "); ok && (strings.HasSuffix(path, " style") || strings.HasSuffix(path, " region_id")) {
		at, _, _ := strings.Cut(said, ":")
		target, name, _ := strings.Cut(at, "/")
		w.replaced[address{target, name}] = true
	}
	if at, ok := strings.CutPrefix(said, "add target "); ok { // it may come back to another place
		target, name, _ := strings.Cut(at, "/")
		w.replaced[address{target, name}] = true
	}
	return said
}

// act runs one command that writes.
func (w *world) act(ctx context.Context) error {
	d := w.dice
	how := plainly
	switch n := d.IntN(100); {
	case n < 22 && len(w.options.Charsync) > 0:
		how = killed
	case n < 32:
		how = cancelled
	case n < 42:
		how = interrupted
	}
	switch n := d.IntN(100); {
	case n < 10:
		return w.frozen(ctx, how)
	case n < 15 && how == plainly:
		return w.destroy(ctx)
	case n < 27 && !w.project.clonesAtAlakazam():
		return w.undo(ctx, how)
	}
	args, before := w.applyArgs(), records(w.dir)
	err := w.command(ctx, how, args, situation{})
	if err != nil || how == plainly || newRecord(w.dir, before) == "" || !d.chance(30) {
		return err
	}
	s := situation{prune: slices.Contains(args, "--prune")}
	return w.command(ctx, plainly, []string{"apply", "--resume", "latest", "--yes", "--format", "json"}, s)
}

// clonesAtAlakazam reports a character that is cloned there. What an undo
// removes there stays in the account: a clone as a copy of its source, which a
// second clone whose answer is lost can't be told from.
func (p *project) clonesAtAlakazam() bool {
	return slices.ContainsFunc(p.characters, func(c *character) bool { return c.targets[alakazam]["cloneFrom"] != nil })
}

// undo takes the latest run that wrote something back. The plain runs that
// follow bring the manifests' values again.
func (w *world) undo(ctx context.Context, how int) error {
	args := []string{"undo", "--yes", "--format", "json", allowAll()}
	if w.dice.chance(30) {
		args = append(args, "--conflict", "overwrite")
	}
	return w.command(ctx, how, args, situation{undo: true})
}

// applyArgs are the flags of a random apply.
func (w *world) applyArgs() []string {
	d := w.dice
	args := []string{"apply", "--yes", "--parallelism", fmt.Sprint(pick(d, []int{1, 1, 2, 8}))}
	if d.chance(70) {
		args = append(args, "--format", "json")
	}
	if d.chance(80) {
		args = append(args, allowAll())
	}
	if d.chance(40) {
		args = append(args, "--prune")
	}
	if d.chance(20) {
		args = append(args, "--drift", pick(d, []string{"report", "fail"}))
	}
	if d.chance(40) {
		args = append(args, "--conflict", "overwrite")
	}
	return args
}

func allowAll() string {
	return "--allow=max-changes,max-deletes,protected,publish,replace,same-text,shrink"
}

// frozen plans into a file, lets colleagues work, and applies the file.
func (w *world) frozen(ctx context.Context, how int) error {
	file := filepath.Join(w.dir, "frozen.plan")
	_ = os.Remove(file) // the one of an earlier step, if any
	args := []string{"plan", "--out", file, allowAll()}
	prune := w.dice.chance(40)
	if prune {
		args = append(args, "--prune")
	}
	if err := w.command(ctx, plainly, args, situation{reading: true}); err != nil {
		return err
	}
	if _, err := os.Stat(file); err != nil {
		return nil //nolint:nilerr // the plan was incomplete: nothing was frozen
	}
	w.betweenRuns()
	return w.command(ctx, how, []string{"apply", file, "--format", "json"}, situation{prune: prune})
}

// destroy removes one character, at all its targets but Alakazam: there it
// would stay with the same content beside the one that the next apply makes.
func (w *world) destroy(ctx context.Context) error {
	c := pick(w.dice, w.project.characters)
	s := situation{destroyed: map[address]bool{}}
	args := []string{"destroy", c.slug, "--yes", "--format", "json", allowed("max-deletes", "protected")}
	for v := range c.targets {
		if v != alakazam {
			s.destroyed[address{v, c.slug}] = true
		}
	}
	if len(s.destroyed) == 0 {
		return nil
	}
	for _, v := range Vendors() {
		if s.destroyed[address{v, c.slug}] {
			args = append(args, "--target", v)
		}
	}
	return w.command(ctx, plainly, args, s)
}

func allowed(rules ...string) string { return "--allow=" + strings.Join(rules, ",") }

// command runs one command in one of the ways, and judges it.
func (w *world) command(ctx context.Context, how int, args []string, s situation) error {
	var err error
	s.number = w.gate.journal.begin()
	if s.lock, err = readLock(w.dir); err != nil {
		return err
	}
	s.records = records(w.dir)
	for _, arg := range args {
		s.prune = s.prune || arg == "--prune"
	}
	line := strings.ReplaceAll(strings.Join(args, " "), w.dir, "…")
	s.everything = args[0] == "apply" && args[1] == "--yes" && !strings.Contains(line, "--drift") && s.destroyed == nil
	w.forgetManagedPlants()
	hooks := w.meddlers(&s)
	w.gate.intent = func(x *exchange) string { return w.intended(x, s) }
	var v invocation
	switch how {
	case killed:
		v, err = w.killedRun(&s, args, hooks)
	case cancelled, interrupted:
		v = w.stoppedRun(ctx, how, &s, args, hooks)
	default:
		w.gate.begin(hooks)
		v = w.inside(ctx, nil, args...)
	}
	if err != nil {
		return err
	}
	w.gate.quiet(s.killed)
	for _, h := range hooks {
		if h.fired {
			w.step("  %s", h.what)
		}
	}
	w.commands++
	w.step("run %d: charsync %s → %d", s.number, line, v.code)
	w.judge(&s, v)
	return nil
}

// meddlers are the colleagues of one run.
func (w *world) meddlers(s *situation) []*hook {
	d := w.dice
	var hooks []*hook
	if s.reading || s.destroyed != nil {
		return nil
	}
	for d.chance(25) && len(hooks) < 3 {
		h := w.meddler(pick(d, w.project.vendors), 1+d.IntN(14), d.chance(25))
		inner := h.do
		h.do = func(x *exchange) bool { s.meddled = true; return inner(x) }
		hooks = append(hooks, h)
	}
	return hooks
}

// moment is a random request: a write twice as often as any.
func (w *world) moment() (string, func(*exchange) bool, bool) {
	d := w.dice
	vendor, nth, after := pick(d, w.project.vendors), 1+d.IntN(8), d.chance(50)
	when := "before"
	if after {
		when = "after"
	}
	if d.chance(65) {
		return fmt.Sprintf("%s write %d to %s", when, nth, vendor), func(x *exchange) bool { return x.vendor == vendor && x.write && x.writes >= nth }, after
	}
	return fmt.Sprintf("%s request %d to %s", when, nth, vendor), func(x *exchange) bool { return x.vendor == vendor && x.number >= nth }, after
}

// stoppedRun cancels the command's context, or sends it an interrupt, at a
// random request.
func (w *world) stoppedRun(ctx context.Context, how int, s *situation, args []string, hooks []*hook) invocation {
	where, when, after := w.moment()
	interrupts := make(chan os.Signal, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &hook{what: "interrupted " + where, when: when, after: after}
	h.do = func(*exchange) bool {
		s.interrupted = true
		if how == interrupted {
			interrupts <- os.Interrupt
		} else {
			cancel()
		}
		return false
	}
	hooks = append(hooks, h)
	w.gate.begin(hooks)
	v := w.inside(ctx, interrupts, args...)
	if h.fired {
		w.step("  %s", h.what)
		w.faults[map[bool]string{true: "interrupt", false: "cancelled"}[how == interrupted]]++
	}
	return v
}

// killedRun runs the command in a process of its own, and kills that at a
// random request, before or after it was carried out. Now and then it is
// interrupted in place of that.
func (w *world) killedRun(s *situation, args []string, hooks []*hook) (invocation, error) {
	where, when, after := w.moment()
	h := &hook{what: "killed " + where, when: when, after: after}
	if runtime.GOOS != "windows" && w.dice.chance(20) {
		h.what = "interrupted " + where
	}
	return w.childRun(s, args, append(hooks, h), h)
}

// childRun runs a command in a process of its own; h is the hook that ends it.
func (w *world) childRun(s *situation, args []string, hooks []*hook, h *hook) (invocation, error) {
	var c *child
	ready := make(chan struct{})
	h.do = func(*exchange) bool {
		<-ready
		if strings.HasPrefix(h.what, "interrupted") {
			s.interrupted = true
			_ = c.cmd.Process.Signal(os.Interrupt) // one that has ended already was not interrupted
			return false
		}
		s.killed = true
		c.kill()
		return true
	}
	w.gate.begin(hooks)
	c, err := w.start(args...)
	if err != nil {
		return invocation{}, err
	}
	close(ready)
	v, err := c.wait(args)
	if h.fired {
		w.step("  %s", h.what)
		w.faults[map[bool]string{true: "SIGKILL", false: "SIGINT"}[s.killed]]++
	}
	return v, err
}

// converge applies plainly until nothing is left to do.
func (w *world) converge(ctx context.Context) error {
	w.gate.sandbox.ClearFaults()
	args := []string{"apply", "--yes", "--format", "json", "--prune", "--conflict", "overwrite", "--drift", "enforce", allowAll()}
	const most = 4
	for n := 1; ; n++ {
		s := situation{number: w.gate.journal.begin(), prune: true, records: records(w.dir), everything: true}
		var err error
		if s.lock, err = readLock(w.dir); err != nil {
			return err
		}
		w.forgetManagedPlants()
		w.gate.intent = func(x *exchange) string { return w.intended(x, s) }
		w.gate.begin(nil)
		v := w.inside(ctx, nil, args...)
		w.gate.quiet(s.killed)
		w.commands++
		w.step("plain run %d (%d) → %d", n, s.number, v.code)
		w.judge(&s, v)
		w.countFaults()
		if len(w.findings) > 0 {
			return nil
		}
		left := v
		if v.code == 0 && len(w.gate.journal.of(s.number)) == 0 {
			if left = w.emptyPlan(ctx); left.code == 0 {
				break
			}
		}
		if n == most || len(w.findings) > 0 {
			w.find("after %d plain applies there is still something to do: exit %d\n%s%s", n, left.code, left.out, left.err)
			return nil
		}
	}
	w.finalStore()
	w.bystandersMoved()
	return nil
}

// emptyPlan asks for a plan. One that exits with 0 must say that it is empty.
// It may not be, even after an apply that had nothing to write: a creation
// that was in doubt and that no manifest wants any more is bound by one run
// and removed by the next.
func (w *world) emptyPlan(ctx context.Context) invocation {
	number := w.gate.journal.begin()
	w.gate.begin(nil)
	v := w.inside(ctx, nil, "plan", "--prune", "--detailed-exitcode")
	const empty = "Plan: 0 to create, 0 to update, 0 to delete, 0 drifted, 0 in conflict.\n"
	if (v.code == 0) != strings.HasSuffix(v.out, empty) {
		w.find("the plan exits with %d and says\n%s%s", v.code, v.out, v.err)
	}
	for _, d := range w.gate.journal.of(number) {
		w.find("plan wrote: %s", d)
	}
	return v
}
