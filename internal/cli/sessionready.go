package cli

import (
	"context"
	"slices"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/spec"
)

// prepare brings a command that plans to the point where its engine can work:
// the manifests are loaded and valid, the lock is read, the selection known.
func (a *app) prepare(ctx context.Context, f *runFlags, args []string, access access) (*session, *apply.Engine, error) {
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	if err := a.startAt(args); err != nil {
		return nil, nil, err
	}
	s, err := a.openSession()
	if err != nil {
		return nil, nil, err
	}
	engine, err := s.ready(ctx, f, args, access)
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, engine, nil
}

func (s *session) ready(ctx context.Context, f *runFlags, args []string, access access) (*apply.Engine, error) {
	if err := s.useEnv(f.env); err != nil {
		return nil, err
	}
	if access == writing {
		if err := s.hold(ctx, f.lockTimeout); err != nil {
			return nil, err
		}
	}
	if err := s.openLock(ctx); err != nil {
		return nil, err
	}
	engine, err := s.loaded(ctx, f, args, access)
	if err != nil {
		return nil, err
	}
	if !hasErrors(s.set.Diagnostics) { // else what is selected may be in what could not be read
		if err := s.wantSelected(f); err != nil {
			return nil, err
		}
	}
	if err := s.judge(args); err != nil {
		return nil, err
	}
	if err := s.narrow(ctx, f, access); err != nil {
		return nil, err
	}
	engine.Options.Selection = s.selection
	engine.Options.Cloned = s.cloned(ctx)
	engine.Options.Branches = s.otherBranches
	found := lint.Conceal(s.project.WithSource(only(s.validated(engine), spec.Error, spec.Warning)))
	if err := s.diagnose(found); err != nil {
		return nil, err
	}
	if hasErrors(found) {
		return nil, end(exitInvalid)
	}
	return engine, nil
}

// validated is what is wrong with the selected manifests, and what a reader of
// the plan would not see in them.
func (s *session) validated(e *apply.Engine) []spec.Diagnostic {
	defer s.timings.begin("validate")()
	found := append(e.Validate(), e.LintUnseen()...)
	spec.SortDiagnostics(found)
	return found
}

// loaded reads the manifests and makes the engine for those that are
// selected. What a plan of everything can do without is not held on to.
func (s *session) loaded(ctx context.Context, f *runFlags, args []string, access access) (*apply.Engine, error) {
	var err error
	if s.selection, err = s.choose(nil, f); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		if err := s.askable(f); err != nil {
			return nil, err
		}
	}
	engine := s.engine(f, access)
	keep := engine.Examine
	if s.whole || access == offline || len(args) > 0 || f.base != "" {
		keep = nil
	} else {
		end := engine.ReadAhead(ctx)
		s.closers = append(s.closers, func() error { end(); return nil })
	}
	if err := s.loadSome(ctx, nil, keep); err != nil {
		return nil, err
	}
	if s.selection, err = s.choose(args, f); err != nil {
		if invalid := s.judge(nil); invalid != nil {
			s.report(err)
			return nil, invalid
		}
		return nil, err
	}
	engine.Set = s.set
	return engine, s.askable(f)
}

// askable is mayAsk for a command that asks. It is for when all of the command
// line has been looked at, and nothing was read of a provider.
func (s *session) askable(f *runFlags) error {
	if f.asks == "" {
		return nil
	}
	return s.mayAsk(f.yes, f.asks)
}

// judge prints what loading found. Errors end the command, except those of
// files that a selection by name does not touch: these are printed, and
// deletion is off for the run.
func (s *session) judge(args []string) error {
	found := s.set.Diagnostics
	if len(args) == 0 || !hasErrors(found) {
		if err := s.diagnose(found); err != nil {
			return err
		}
		if hasErrors(found) {
			return end(exitInvalid)
		}
		return nil
	}
	files := map[string]bool{}
	for _, name := range s.selection.Names {
		if c := s.set.Find(name); c != nil {
			files[c.Pos.File] = true
		}
	}
	touched := false
	for _, d := range only(found, spec.Error) {
		touched = touched || files[d.Pos.File] || slices.Contains(s.selection.Names, d.Character)
	}
	if err := s.diagnose(found); err != nil {
		return err
	}
	if touched {
		return end(exitInvalid)
	}
	s.note("These errors are in other manifests than the selected ones: going on without them, and without deletions.")
	return nil
}
