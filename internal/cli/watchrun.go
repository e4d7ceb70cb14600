package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/internal/watch"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// namedFiles is how many files a header names.
const namedFiles = 3

// watchRun is one run of a watch.
type watchRun struct {
	*lookout
	batch   watch.Batch
	session *session
	event   watchEvent
	headed  bool
}

func (r *watchRun) do(ctx context.Context) error {
	p, err := r.reload()
	if err != nil {
		return err
	}
	s, err := r.newSession(p)
	if err != nil {
		return err
	}
	r.session = s
	if err := r.read(ctx); err != nil {
		return err
	}
	if r.flags.apply {
		if err := s.hold(ctx, r.flags.lockTimeout); err != nil {
			return err
		}
	}
	if err := s.openLock(); err != nil {
		return err
	}
	if s.selection, err = r.asked(); err != nil {
		return err
	}
	all, names := r.due()
	found := r.validate(all, names)
	if err := r.show(found, all || len(names) > 0); err != nil || !r.headed {
		return err
	}
	if r.narrow(all, names, found) {
		err = r.plan(ctx)
	} else {
		err = r.line("%s", r.summary())
	}
	switch codeOf(err) {
	case exitDone, exitStale, exitRefused: // seen to; what failed is tried again with the next save
		r.behind = false
		clear(r.pending)
	}
	if err == nil && !r.event.Valid {
		err = end(exitInvalid)
	}
	return err
}

// reload reads charsync.yaml anew. While it is wrong nothing else is done.
func (r *watchRun) reload() (*spec.Project, error) {
	file, dir, err := r.locate()
	if err != nil {
		return nil, err
	}
	if file == "" {
		return spec.DefaultProject(dir), nil
	}
	p, found := spec.LoadProject(file)
	if p != nil && !hasErrors(found) {
		if slices.Contains(r.batch.Files, configName(p)) {
			r.behind = true // anything may mean something else now
		}
		return p, nil
	}
	r.behind = true
	return nil, errors.Join(r.show(found, true), end(exitInvalid))
}

// read loads the manifests, and sees to it that all they refer to is watched.
func (r *watchRun) read(ctx context.Context) error {
	s := r.session
	if err := s.load(ctx, nil); err != nil {
		return err
	}
	files := ownersOf(s.set).files()
	if !s.set.Complete {
		files = append(files, r.prose...) // what could not be read may still refer to it
		slices.Sort(files)
		files = slices.Compact(files)
	}
	more, err := r.watcher.Cover(watchScope(s.project, files))
	if err != nil {
		return err
	}
	r.prose = files
	if more {
		return s.load(ctx, nil)
	}
	return nil
}

// asked is the selection of the command line. One that does not fit the
// project at the start ends the watch.
func (r *watchRun) asked() (apply.Selection, error) {
	s := r.session
	err := s.checkEnv(r.flags.env)
	var selection apply.Selection
	if err == nil {
		selection, err = s.choose(r.args, &r.flags.runFlags)
	}
	switch {
	case err == nil:
		r.started = true
	case r.started:
	case hasErrors(s.set.Diagnostics): // the name may be in what could not be read
		return selection, errors.Join(r.show(s.set.Diagnostics, true), err)
	default:
		r.failed = err
	}
	return selection, err
}

// due are the characters that have changed and are asked for: all, or those
// with a changed file. One that could not be read keeps its last good state.
func (r *watchRun) due() (all bool, names []string) {
	s := r.session
	now := ownersOf(s.set)
	for _, file := range r.batch.Files {
		maps.Copy(r.pending, r.owners[file])
		maps.Copy(r.pending, now[file])
	}
	if !s.set.Complete {
		now.keep(r.owners, s.set)
	}
	r.owners = now
	if r.behind {
		return true, s.selection.Names
	}
	for name := range r.pending {
		known := s.set.Find(name) != nil || s.set.Complete && len(s.lock.Show(name)) > 0
		if known && (len(r.args) == 0 || slices.Contains(s.selection.Names, name)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return false, names
}

// validate gives every error of loading, and all that is found about the
// characters that are due.
func (r *watchRun) validate(all bool, names []string) []spec.Diagnostic {
	s := r.session
	var found []spec.Diagnostic
	for _, d := range s.set.Diagnostics {
		if d.Severity == spec.Error || all || slices.Contains(r.batch.Files, d.Pos.File) {
			found = append(found, d)
		}
	}
	if !all && len(names) == 0 {
		return found
	}
	whole := s.selection
	defer func() { s.selection = whole }()
	s.selection.Names = names
	return append(found, s.project.WithSource(s.engine(&r.flags.runFlags, offline).Validate())...)
}

// show prints the header and what was found. A run that has nothing to do and
// nothing new to say stays silent.
func (r *watchRun) show(found []spec.Diagnostic, due bool) error {
	var b bytes.Buffer
	shown := only(found, spec.Error, spec.Warning)
	if err := view.Diagnostics(&b, shown, r.errStyle()); err != nil {
		return err
	}
	if !due && b.String() == r.said {
		return nil
	}
	r.said = b.String()
	r.header()
	r.event.found(found)
	if err := r.diagnose(found); err != nil {
		return err
	}
	if r.event.Valid {
		return nil
	}
	return r.line("Not valid: %s. What is named there is left as it was last.", counted(r.event.Errors, "error"))
}

// header opens the output of a run: when, and because of what.
func (r *watchRun) header() {
	if r.headed {
		return
	}
	r.headed = true
	between, what := "", "start"
	if files := r.batch.Files; len(files) > 0 {
		between, what = "\n", strings.Join(files[:min(len(files), namedFiles)], ", ")
		if more := len(files) - namedFiles; more > 0 {
			what += fmt.Sprintf(" and %d more", more)
		}
	}
	// A write that fails shows again, and is reported, with the next line.
	_ = r.line("%s%s %s", between, r.env.Now().Format("15:04:05"), view.SanitizeLine(what))
}

func (r *watchRun) line(format string, args ...any) error {
	return r.result("", func(w io.Writer) error {
		_, err := fmt.Fprintf(w, format+"\n", args...)
		return err
	})
}

func (r *watchRun) summary() string {
	if !r.event.Valid {
		return "Nothing else has changed."
	}
	return "Valid: " + counted(len(r.session.set.Characters), "character") + "."
}

// plan compares what is selected with the providers, and under --apply
// carries the plan out.
func (r *watchRun) plan(ctx context.Context) error {
	s, access := r.session, reading
	if r.flags.apply {
		access = writing
	}
	if r.app.flags.sandbox {
		if err := s.startSandbox(); err != nil {
			return err
		}
	}
	engine := s.engine(&r.flags.runFlags, access)
	if !r.reachable(engine) {
		return r.line("%s", r.summary())
	}
	engine.Options.Selection = s.selection
	engine.Options.Command = "watch --apply"
	plan, err := engine.Plan(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	r.event.planned(plan)
	if r.flags.apply {
		return s.carryOut(ctx, engine, plan, &r.flags.applyFlags, "")
	}
	if err := r.showPlan(plan, formatText, ""); err != nil {
		return err
	}
	return end(planCode(plan, engine.Options, false))
}
