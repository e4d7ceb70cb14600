package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/spec"
)

// session is a command at work on a project.
type session struct {
	*app
	log       *slog.Logger
	project   *spec.Project
	set       *spec.Set
	lock      *apply.Lock
	selection apply.Selection
	against   *diff.Plan // what --base came to
	whole     bool       // the command itself needs the texts of unchanged characters
	reads     string     // the environment that the manifests are read for; "" is none
	lockPath  string
	runDir    string
	command   string                       // for the run record
	lookup    func(variable string) string // of credentials and base URLs
	progress  *progress
	closers   []func() error
}

// access says what a command may do to providers.
type access int

const (
	offline access = iota // accounts are not opened at all
	reading               // a writing route is refused by the transport
	writing
)

// newSession is a session that serves nothing: for commands that stay on this
// machine. Under --sandbox its lock is the sandbox's.
func (a *app) newSession(p *spec.Project) (*session, error) {
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	s := &session{
		app: a, project: p, log: log, lookup: a.env.lookup, progress: a.newProgress(),
		lockPath: filepath.Join(p.Dir, filepath.FromSlash(p.State.Path)),
		runDir:   filepath.Join(p.Dir, ".charsync", "runs"),
	}
	if a.flags.sandbox {
		s.lockPath = filepath.Join(sandboxDir(p.Dir), "charsync.lock")
		s.runDir = filepath.Join(sandboxDir(p.Dir), "runs")
	}
	return s, nil
}

// openSession finds and reads the project, and serves its sandbox under
// --sandbox. The caller closes it.
func (a *app) openSession() (*session, error) {
	p, err := a.loadProject()
	if err != nil {
		return nil, err
	}
	s, err := a.newSession(p)
	if err != nil {
		return nil, err
	}
	if a.flags.sandbox {
		if err := s.startSandbox(); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

func (s *session) close() {
	s.progress.stop()
	for _, c := range slices.Backward(s.closers) {
		if err := c(); err != nil {
			s.log.Warn("closing", "error", err)
		}
	}
}

// load reads the manifests; paths narrows them to some files or folders.
func (s *session) load(ctx context.Context, paths []string) error { return s.loadSome(ctx, paths, nil) }

// loadSome is load with a say in what of each manifest is held on to.
func (s *session) loadSome(ctx context.Context, paths []string, keep func(*spec.Character) *spec.Character) error {
	defer s.timings.begin("load")()
	set, err := spec.Load(ctx, s.project, spec.LoadOptions{Paths: paths, Parallelism: s.flags.parallelism, Keep: keep, Env: s.reads})
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return failed("check the project folder and its permissions", "read the manifests: %w", err)
	}
	s.set = set
	return nil
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

// engine puts together what plans and applies.
func (s *session) engine(f *runFlags, a access) *apply.Engine { return s.engineOf(f, s.accounts(a)) }

// accounts opens every account of the project.
func (s *session) accounts(a access) map[string]*apply.Account {
	return openAccounts(s.project, accountOptions{
		access: a, lookup: s.lookup, parallelism: s.flags.parallelism, log: s.log, userAgent: s.userAgent(), now: s.env.Now,
	})
}

// engineOf is engine with accounts that are open already.
func (s *session) engineOf(f *runFlags, accounts map[string]*apply.Account) *apply.Engine {
	version := s.env.build().Version
	return &apply.Engine{
		Project: s.project, Set: s.set, Lock: s.lock,
		Accounts: accounts,
		Options: apply.Options{
			Env: f.env, Selection: s.selection, Policy: f.policy(s.project.Policy),
			Prune: f.prune, Allow: f.allowed(), Parallelism: s.flags.parallelism,
			Now: s.env.Now, Who: s.env.who(), Command: s.command, Version: version, Sandbox: s.flags.sandbox, RunDir: s.runDir,
			Span:   s.timings.begin,
			Events: func(e apply.Event) { s.progress.step(stageOf(e), e.Done, e.Total) },
		},
	}
}

// stageOf is the row of the progress that an event belongs to: writing is
// counted over all accounts, everything else by account.
func stageOf(e apply.Event) string {
	if e.Kind == "write" {
		return e.Kind
	}
	return e.Kind + " " + e.Instance
}

// prepare brings a command that plans to the point where its engine can work:
// the manifests are loaded and valid, the lock is read, the selection known.
func (a *app) prepare(ctx context.Context, f *runFlags, args []string, access access) (*session, *apply.Engine, error) {
	if err := f.check(); err != nil {
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
	if err := s.openLock(); err != nil {
		return nil, err
	}
	engine, err := s.loaded(ctx, f, args, access)
	if err != nil {
		return nil, err
	}
	if f.asks != "" { // whoever can't be asked is told first what is wrong with the command line
		if err := s.mayAsk(f.yes, f.asks); err != nil {
			return nil, err
		}
	}
	if len(s.selection.Selectors) > 0 && len(s.chosen()) == 0 {
		s.note("No character is selected.")
	}
	if err := s.judge(args); err != nil {
		return nil, err
	}
	if err := s.narrow(ctx, f); err != nil {
		return nil, err
	}
	engine.Options.Selection = s.selection
	if s.against != nil { // what is measured by shares is measured by all that is bound
		engine.Options.Bound = len(slices.DeleteFunc(s.lock.Entries(), func(e apply.Entry) bool { return e.ID == "" }))
	}
	found := lint.Conceal(s.project.WithSource(only(s.validated(engine), spec.Error, spec.Warning)))
	if err := s.diagnose(found); err != nil {
		return nil, err
	}
	if hasErrors(found) {
		return nil, end(exitInvalid)
	}
	return engine, nil
}

func (s *session) validated(e *apply.Engine) []spec.Diagnostic {
	defer s.timings.begin("validate")()
	return e.Validate()
}

// loaded reads the manifests and makes the engine for those that are
// selected. What a plan of everything can do without is not held on to.
func (s *session) loaded(ctx context.Context, f *runFlags, args []string, access access) (*apply.Engine, error) {
	var err error
	if s.selection, err = s.choose(nil, f); err != nil {
		return nil, err
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
	return engine, nil
}

// useEnv reads the manifests for an environment from now on.
func (s *session) useEnv(env string) error {
	if err := s.checkEnv(env); err != nil {
		return err
	}
	s.reads = env
	return nil
}

// checkEnv refuses an environment that charsync.yaml does not have.
func (s *session) checkEnv(env string) error {
	if _, ok := s.project.Environments[env]; ok || env == "" {
		return nil
	}
	if len(s.project.Environments) == 0 {
		return failed("add spec.environments to charsync.yaml", "--env: the project has no environment %q", env)
	}
	return oneOf("--env", env, slices.Sorted(maps.Keys(s.project.Environments)))
}

// userAgent says honestly who is asking.
func (a *app) userAgent() string {
	return "charsync/" + a.env.build().Version + " (+https://github.com/charsync/charsync)"
}
