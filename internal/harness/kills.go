package harness

import (
	"context"
	"fmt"
)

// killWhileCreating applies a project for the first time and kills that at a
// random point of a random creation: before the request is carried out, after
// it was and before the answer, or at the request that comes next.
func (w *world) killWhileCreating(ctx context.Context) error {
	d := w.dice
	vendor := w.project.vendors[0]
	nth := 1 + d.IntN(len(w.project.characters))
	h := &hook{when: func(x *exchange) bool { return x.vendor == vendor && x.create && x.makes >= nth }}
	switch d.IntN(3) {
	case 0:
		h.what = fmt.Sprintf("killed before creation %d", nth)
	case 1:
		h.what, h.after = fmt.Sprintf("killed after creation %d and before its answer", nth), true
	default:
		h.what = fmt.Sprintf("killed at what follows creation %d", nth)
		h.when = func(x *exchange) bool { return x.vendor == vendor && x.makes >= nth && !x.create }
	}
	args := []string{"apply", "--yes", "--parallelism", fmt.Sprint(pick(d, []int{1, 1, 2, 8}))}
	s := situation{number: w.gate.journal.begin(), everything: true}
	w.gate.expect(func(x *exchange) string { return w.intended(x, s) })
	v, err := w.childRun(&s, args, []*hook{h}, h)
	if err != nil {
		return err
	}
	w.gate.quiet(s.killed)
	w.commands++
	w.step("run %d: charsync apply → %d", s.number, v.code)
	w.judge(&s, v)
	w.countFaults()
	if !s.killed && len(w.findings) == 0 {
		return fmt.Errorf("the process was not killed (%s), exit %d: %s%s", h.what, v.code, v.out, v.err)
	}
	return ctx.Err()
}
