package harness

import (
	"context"
	"fmt"
	"os"
	"runtime"
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
	w.gate.expect(func(x *exchange) string { return w.intended(x, s) })
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
	w.last = v
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
	w.gate.quiet(false)
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
	w.gate.quiet(false)
	if h.fired {
		w.step("  %s", h.what)
		w.faults[map[bool]string{true: "SIGKILL", false: "SIGINT"}[s.killed]]++
	}
	return v, err
}
