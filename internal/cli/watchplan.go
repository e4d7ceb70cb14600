package cli

import (
	"context"
	"slices"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
)

// plannable are the characters that are due and valid, and those whose
// manifest is gone while the lock still binds them.
func (r *watchRun) plannable(due []string) (present, gone []string) {
	w := r.world
	held := w.follower.Held()
	broken := hasErrors(w.follower.Diagnostics())
	for _, name := range due {
		switch c := w.follower.Find(name); {
		case held[name] || w.verdicts.wrong[name]:
		case c != nil:
			present = append(present, name)
		case !broken && len(w.bindings(name)) > 0: // with an error, who is gone can't be told
			gone = append(gone, name)
		}
	}
	return present, gone
}

// plan compares what is due with the providers, and under --apply carries the
// plan out.
func (r *watchRun) plan(ctx context.Context, present, gone []string) error {
	w, s := r.world, r.session
	switch {
	case w.behind && w.named == nil && w.follower.Set().Complete && len(w.verdicts.wrong) == 0:
		s.set = w.follower.Set()
	case len(gone) > 0:
		s.set = w.follower.Set() // who has no manifest is known from all of them
		s.selection.Names = slices.Concat(present, gone)
	default:
		s.set = w.follower.Part(present)
	}
	engine := s.engineOf(&r.flags.runFlags, w.accounts)
	if !r.reachable(engine, gone) {
		r.summed = r.summary()
		return r.line("%s", r.summed)
	}
	engine.Options.Selection = s.selection
	engine.Options.Command = "watch --apply"
	plan, err := engine.Plan(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	r.event.planned(plan)
	r.keepPlan(plan, present, gone)
	if r.flags.apply {
		err := s.carryOut(ctx, engine, plan, &r.flags.applyFlags, "")
		w.wroteLock(err)
		r.applied(err)
		return err
	}
	if err := r.showPlan(plan, reportFlags{format: formatText}, s.sources(r.flags.env)); err != nil {
		return err
	}
	return end(planCode(plan, engine.Options, false))
}

// reachable narrows the selection to the accounts that could be opened, and
// says once which could not. It reports whether there is one to ask.
func (r *watchRun) reachable(engine *apply.Engine, gone []string) bool {
	s := r.session
	used := map[string]bool{}
	for _, c := range s.chosen() {
		for i := range c.Targets {
			r.use(used, c.Targets[i].Instance)
		}
	}
	for _, name := range gone {
		for _, entry := range r.world.bindings(name) {
			r.use(used, entry.Target)
		}
	}
	var open []string
	for name := range used {
		account := engine.Accounts[name]
		switch {
		case account == nil:
		case account.Err == nil:
			open = append(open, name)
		case !r.missed[name]:
			r.missed[name] = true
			r.unasked[name] = account.Err.Error()
			r.note("%s is not asked, manifests for it are only validated: %s", name, view.SanitizeLine(account.Err.Error()))
		}
	}
	slices.Sort(open)
	s.selection.Targets = open
	return len(open) > 0
}

// use notes the instance that serves a target, where it is asked for.
func (r *watchRun) use(used map[string]bool, target string) {
	in, ok := r.session.project.Route(r.flags.env, target)
	if !ok {
		return
	}
	if asked := r.flags.targets; len(asked) == 0 || slices.Contains(asked, target) || slices.Contains(asked, in.Name) {
		used[in.Name] = true
	}
}
