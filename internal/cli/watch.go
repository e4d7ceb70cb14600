package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/watch"
	"github.com/charsync/charsync/internal/watch/preview"
	"github.com/charsync/charsync/pkg/spec"
)

// watchFlags are those of watch.
type watchFlags struct {
	applyFlags
	apply bool
	exec  string
	quiet time.Duration
	poll  time.Duration

	serve  string
	editor string
}

// pollEvery is how often --poll without a duration looks at the files.
const pollEvery = "1s"

// serveAnywhere is where --serve without an address serves.
const serveAnywhere = "127.0.0.1:0"

func (a *app) watchCommand() *cobra.Command {
	var f watchFlags
	cmd := manual{
		use:   "watch [NAME or PATH...] [flags]",
		short: "Validate and plan what changed, on every save",
		long: `Follows the manifests, the prose that they refer to and charsync.yaml. At the
start and after each save it validates, and where a credential is set (or with
--sandbox) plans the characters whose files changed. What does not validate is
named with its place and left as it was last. Nothing is written to a provider
without --apply. It ends when it is interrupted: with 0, or with 130 when that
cut a run short.`,
		examples: []string{
			"charsync watch",
			"charsync watch mira-innkeeper --sandbox",
			"charsync watch --apply --env stage --target convai",
			`charsync watch --exec "jq -r .files[]"`,
			"charsync watch --serve                   # a live page of the characters",
			"charsync watch --poll=2s                 # on a network file system",
		},
		exit: []code{exitDone, exitError, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error { return a.watch(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	f.registerPolicies(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.apply, "apply", false, "carry each plan out, the first one too, without asking; guards and conflicts hold")
	flags.StringVar(&f.exec, "exec", "", "after each run start `COMMAND` in a shell, with the event as JSON on its stdin")
	flags.DurationVar(&f.quiet, "quiet-time", watch.DefaultQuiet, "take files as saved when nothing moved for `DURATION`")
	flags.DurationVar(&f.poll, "poll", 0, "look at the files every `DURATION`, where the file system tells of no changes (alone: "+pollEvery+")")
	flags.Lookup("poll").NoOptDefVal = pollEvery
	flags.StringVar(&f.serve, "serve", "", "serve a live page of the characters at `ADDRESS`, on this machine alone (alone: any free port)")
	flags.Lookup("serve").NoOptDefVal = serveAnywhere
	flags.StringVar(&f.editor, "editor", preview.DefaultEditor, "let the page open places by the address `PATTERN`, with {path}, {line} and {column}; none for no links")
	lockFlag(cmd, &f.runFlags)
	return cmd
}

// checkWatch refuses durations that make no sense.
func (f *watchFlags) checkWatch() error {
	if err := checkSpan("quiet-time", f.quiet, time.Millisecond, time.Minute, "300ms"); err != nil {
		return err
	}
	if f.poll != 0 {
		if err := checkSpan("poll", f.poll, 50*time.Millisecond, time.Hour, "--poll=2s"); err != nil {
			return err
		}
	}
	return f.check()
}

func (a *app) watch(ctx context.Context, f *watchFlags, args []string) error {
	if err := f.checkWatch(); err != nil {
		return err
	}
	f.yes = true // asking on every save would be no watching; --apply is the consent

	p, err := a.loadLoosely() // what is wrong with it, the first run says
	if err != nil {
		return err
	}
	w, err := watch.Open(watch.Options{Dir: p.Dir, Quiet: f.quiet, Scope: watchScope(p, nil), Poll: f.poll, Now: a.env.Now})
	if err != nil {
		return notWatched(err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &lookout{app: a, flags: f, args: args, watcher: w, stop: stop, dir: p.Dir, pending: map[string]bool{}, missed: map[string]bool{}, unasked: map[string]string{}}
	l.announce(p)
	if err := l.openPreview(ctx); err != nil {
		return errors.Join(err, w.Close())
	}
	err = w.Run(ctx, l.run)
	err = errors.Join(err, w.Close(), l.close())
	switch {
	case err != nil:
		return notWatched(err)
	case l.failed != nil:
		return l.failed
	}
	return nil
}

func notWatched(err error) error {
	var limit *watch.LimitError
	if errors.As(err, &limit) {
		return failed(limit.Advice, "%w", err)
	}
	return failed("check that the project's folder is there and that you may read it", "%w", err)
}

// announce says what is going on, and above all what will be written where.
func (l *lookout) announce(p *spec.Project) {
	l.note("Watching %s; %s. Interrupt to stop.", p.Dir, l.writesWhere())
}

func (l *lookout) writesWhere() string {
	switch {
	case !l.flags.apply:
		return "providers are only read"
	case l.app.flags.sandbox:
		return "each save is applied to the sandbox"
	case l.flags.env != "":
		return "each save is applied to the environment " + l.flags.env
	}
	return "each save is applied to the accounts that the manifests name (no --env)"
}

// lookout is a watch at work: what it knows from one run to the next.
type lookout struct {
	*app
	flags   *watchFlags
	args    []string
	dir     string // of the project
	watcher *watch.Watcher
	sandbox *sandbox.Server // with --sandbox, from the first run on
	preview *preview.Server // with --serve
	stop    func()          // ends the watch

	world   *world            // nil until the project could be read, and while charsync.yaml is wrong
	pending map[string]bool   // characters that changed and were not planned yet
	said    string            // the findings that were printed last
	missed  map[string]bool   // accounts that were said to be left out
	unasked map[string]string // and why
	started bool              // the command line was found to fit the project
	failed  error             // what ends the watch
}

func (l *lookout) close() error {
	var err error
	if l.preview != nil {
		err = l.preview.Close()
	}
	if l.sandbox != nil {
		err = errors.Join(err, l.sandbox.Close())
	}
	return err
}

// run is one run. What is wrong with manifests or providers is said, and the
// watch goes on.
func (l *lookout) run(ctx context.Context, b watch.Batch) {
	l.idle.Store(false)
	defer l.idle.Store(true)
	r := &watchRun{lookout: l, batch: b, event: newWatchEvent(l, b)}
	err := r.do(ctx)
	if r.session != nil {
		r.session.close()
	}
	r.publish(err)
	switch c := codeOf(err); {
	case l.failed != nil: // the command line asks for what is not there
		l.stop()
		return
	case c == exitInterrupted, ctx.Err() != nil && (c == exitError || c == exitPart):
		l.failed = end(exitInterrupted)
		return
	case err != nil:
		r.header()
		l.report(err)
	}
	if l.flags.exec == "" || !r.headed {
		return
	}
	r.event.Code = int(codeOf(err))
	err = r.tell(ctx)
	if ctx.Err() != nil && err != nil {
		l.failed = end(exitInterrupted)
		return
	}
	l.report(err)
}
