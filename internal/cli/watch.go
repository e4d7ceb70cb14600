package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/watch"
	"github.com/charsync/charsync/pkg/spec"
)

// watchFlags are those of watch.
type watchFlags struct {
	applyFlags
	apply bool
	exec  string
	quiet time.Duration
}

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
	lockFlag(cmd, &f.runFlags)
	return cmd
}

func (a *app) watch(ctx context.Context, f *watchFlags, args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.quiet < time.Millisecond || f.quiet > time.Minute {
		return failed("give a duration from 1ms to 1m, such as 300ms", "--quiet-time: %v is out of range", f.quiet)
	}
	f.yes = true // asking on every save would be no watching; --apply is the consent
	file, dir, err := a.locate()
	if err != nil {
		return err
	}
	p := spec.DefaultProject(dir)
	if file != "" {
		if read, _ := spec.LoadProject(file); read != nil {
			p = read // what is wrong with it, the first run says
		}
	}
	w, err := watch.Open(watch.Options{Dir: p.Dir, Quiet: f.quiet, Scope: watchScope(p, nil)})
	if err != nil {
		return notWatched(err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &lookout{
		app: a, flags: f, args: args, watcher: w, stop: stop,
		pending: map[string]bool{}, behind: true, missed: map[string]bool{},
	}
	l.announce(p)
	err = w.Run(ctx, l.run)
	if closeErr := w.Close(); err == nil && closeErr != nil {
		err = closeErr
	}
	switch {
	case err != nil:
		return notWatched(err)
	case l.failed != nil:
		return l.failed
	}
	return nil
}

func notWatched(err error) error {
	return failed("check that the project's folder is there; on Linux, many folders may need a higher fs.inotify.max_user_watches", "%w", err)
}

// announce says what is going on, and above all what will be written where.
func (l *lookout) announce(p *spec.Project) {
	where := "providers are only read"
	if l.flags.apply {
		switch {
		case l.app.flags.sandbox:
			where = "each save is applied to the sandbox"
		case l.flags.env != "":
			where = "each save is applied to the environment " + l.flags.env
		default:
			where = "each save is applied to the accounts that the manifests name (no --env)"
		}
	}
	l.note("Watching %s; %s. Interrupt to stop.", p.Dir, where)
}

// lookout is a watch at work: what it knows from one run to the next.
type lookout struct {
	*app
	flags   *watchFlags
	args    []string
	watcher *watch.Watcher
	stop    func() // ends the watch

	owners  owners          // of the last set, and what was good of those before
	prose   []string        // files that were referred to
	pending map[string]bool // characters that changed and were not planned yet
	behind  bool            // all of them: no plan of everything was made yet
	said    string          // the findings that were printed last
	missed  map[string]bool // accounts that were said to be left out
	started bool            // the command line was found to fit the project
	failed  error           // what ends the watch
}

// run is one run. What is wrong with manifests or providers is said, and the
// watch goes on.
func (l *lookout) run(ctx context.Context, b watch.Batch) {
	r := &watchRun{lookout: l, batch: b, event: newWatchEvent(l, b)}
	err := r.do(ctx)
	if r.session != nil {
		r.session.close()
	}
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
	if l.flags.exec != "" && r.headed {
		r.event.Code = int(codeOf(err))
		err := r.tell(ctx)
		if ctx.Err() != nil && err != nil {
			l.failed = end(exitInterrupted)
			return
		}
		l.report(err)
	}
}
