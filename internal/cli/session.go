package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
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
	remote    state.Backend // of a shared state; nil until it is opened
	lease     state.Lease   // on it; nil where nothing is written
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
	if err := checkStateFolders(p); err != nil {
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

// localSession finds and reads the project, and serves nothing. The caller
// closes it.
func (a *app) localSession() (*session, error) {
	p, err := a.loadProject()
	if err != nil {
		return nil, err
	}
	return a.newSession(p)
}

// openSession finds and reads the project, and serves its sandbox under
// --sandbox. The caller closes it.
func (a *app) openSession() (*session, error) {
	s, err := a.localSession()
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

// engine puts together what plans and applies.
func (s *session) engine(f *runFlags, a access) *apply.Engine { return s.engineOf(f, s.accounts(a)) }

// accounts opens every account of the project.
func (s *session) accounts(a access) map[string]*apply.Account {
	return openAccounts(s.project, accountOptions{
		access: a, lookup: s.lookup, policy: s.policy(s.project), parallelism: s.flags.parallelism, log: s.log, userAgent: s.userAgent(), now: s.env.Now,
		onWait: func(w providers.Wait) { s.progress.wait(w.Instance, w.Reason, w.For) },
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
			Absent: s.absentManifests,
			Span:   s.timings.begin,
			Events: s.follow,
		},
	}
}

// follow tells of a command's progress.
func (s *session) follow(e apply.Event) {
	if e.Kind == "wait" {
		s.progress.wait(e.Instance, "for the service to show "+e.Text, e.Wait)
		return
	}
	s.progress.step(stageOf(e), e.Done, e.Total)
}

// stageOf is the row of the progress that an event belongs to: writing is
// counted over all accounts, everything else by account.
func stageOf(e apply.Event) string {
	if e.Kind == "write" {
		return e.Kind
	}
	return e.Kind + " " + e.Instance
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
