package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/charsync/charsync/internal/watch"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/spec"
)

// watchRun is one run of a watch.
type watchRun struct {
	*lookout
	batch   watch.Batch
	session *session
	event   watchEvent
	headed  bool

	// For the preview.
	touched []string          // characters that may show otherwise now
	found   []spec.Diagnostic // what was found last
	planned *diff.Plan
	summed  string // what the run came to, in a line
}

func (r *watchRun) do(ctx context.Context) error {
	update, found, err := r.takeIn(ctx)
	r.touched, r.found = slices.Concat(update.Changed, update.Moved, update.Gone), found
	if err != nil {
		return errors.Join(r.show(found, true), err)
	}
	r.session = r.world.visit()
	if r.flags.apply {
		if err := r.session.hold(ctx, r.flags.lockTimeout); err != nil {
			r.postpone(update)
			return err
		}
	}
	if err := r.world.readLock(r.session); err != nil {
		r.postpone(update)
		return err
	}
	if err := r.asked(update); err != nil {
		return err
	}
	due := r.due(update)
	due, found = r.validate(due, update)
	r.found = found
	if err := r.show(found, len(due) > 0); err != nil || !r.headed {
		return err
	}
	present, gone := r.plannable(due)
	if len(present)+len(gone) == 0 {
		r.summed = r.summary()
		err = r.line("%s", r.summed)
	} else {
		err = r.plan(ctx, present, gone)
	}
	switch codeOf(err) {
	case exitDone, exitStale, exitRefused: // seen to; what failed is tried again with the next save
		r.world.behind = false
		clear(r.pending)
	}
	if err == nil && !r.event.Valid {
		err = end(exitInvalid)
	}
	return err
}

// postpone keeps in mind what a run could not look at.
func (r *watchRun) postpone(u spec.Update) {
	for _, name := range slices.Concat(u.Changed, u.Gone) {
		r.pending[name] = true
	}
}

// asked reads the command line against the project, where it may mean
// something else than before. What does not fit the project at the start ends
// the watch.
func (r *watchRun) asked(u spec.Update) error {
	w, s := r.world, r.session
	if !w.behind && (len(r.args) == 0 || len(u.Changed)+len(u.Gone) == 0) {
		return nil
	}
	s.set = w.follower.Set()
	err := s.checkEnv(r.flags.env)
	var selection apply.Selection
	if err == nil {
		selection, err = s.choose(r.args, &r.flags.runFlags)
	}
	switch {
	case err == nil:
		r.started = true
		w.named = nil
		if len(r.args) > 0 {
			w.named = map[string]bool{}
			for _, name := range selection.Names {
				w.named[name] = true
			}
		}
		selection.Names = nil
		w.session.selection, s.selection = selection, selection
		return nil
	case r.started:
	case errors.As(err, &unread{}): // a save may bring it to light
		r.postpone(u)
		return errors.Join(r.show(s.set.Diagnostics, true), err)
	default:
		r.failed = err
	}
	r.postpone(u)
	return err
}

// due are the characters that are to be looked at: those that changed or are
// gone, and those that earlier runs could not finish.
func (r *watchRun) due(u spec.Update) []string {
	names := map[string]bool{}
	for _, name := range slices.Concat(u.Changed, u.Gone) {
		names[name] = true
	}
	if r.world.behind { // also those that only the lock knows
		for _, e := range r.session.lock.Entries() {
			names[e.Name] = true
		}
		for _, name := range r.world.follower.Names() {
			names[name] = true
		}
	}
	maps.Copy(names, r.pending)
	if named := r.world.named; named != nil {
		maps.DeleteFunc(names, func(name string, _ bool) bool { return !named[name] })
	}
	maps.Copy(r.pending, names)
	return slices.Sorted(maps.Keys(names))
}

// validate judges what is due, and what moved, and gives every error that
// stands and all that was found about what is due. What is sound again because
// another character changed is due too.
func (r *watchRun) validate(due []string, u spec.Update) ([]string, []spec.Diagnostic) {
	w, s := r.world, r.session
	names := w.verdicts.together(w, slices.Concat(due, u.Moved))
	part := w.follower.Part(names)
	if len(part.Characters) > 0 || len(names) > 0 {
		s.set = part
		engine := s.engineOf(&r.flags.runFlags, w.accounts)
		r.touched = append(r.touched, names...)
		due = r.alsoDue(due, w.verdicts.put(part, names, lint.Conceal(s.project.WithSource(s.faults(engine)))))
	}
	var found []spec.Diagnostic
	for _, d := range w.follower.Diagnostics() {
		if d.Severity == spec.Error || w.behind || slices.Contains(r.batch.Files, d.Pos.File) || slices.Contains(u.Read, d.Pos.File) {
			found = append(found, d)
		}
	}
	found = append(found, w.verdicts.standing(due)...)
	spec.SortDiagnostics(found)
	return due, found
}

func (r *watchRun) alsoDue(due, more []string) []string {
	for _, name := range more {
		if !r.pending[name] && (r.world.named == nil || r.world.named[name]) {
			r.pending[name] = true
			due = append(due, name)
		}
	}
	slices.Sort(due)
	return due
}
