package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// Main runs one command line and returns its exit code.
func Main(ctx context.Context, env Env) int {
	a := newApp(env)
	ctx, release := a.interruptible(ctx)
	defer release()
	a.stopping = ctx.Done()
	root := newRoot(a)
	root.SetArgs(env.Args)
	err := a.measured(func() error { return root.ExecuteContext(ctx) })
	return int(a.report(err))
}

// app is one run: the environment, the flags, and what they lead to.
type app struct {
	env   Env
	err   io.Writer // env.Err, safe for several goroutines
	flags globals
	start string // where the search for charsync.yaml begins; "" is the working directory

	// before gives a project as it was before the change that is looked at, or
	// nil; it is itself nil where no change is.
	before func(*spec.Project) *spec.Project

	stopping <-chan struct{}          // closed by the first interrupt; nil never is
	progress atomic.Pointer[progress] // what may be on the screen now
	idle     atomic.Bool              // nothing is in flight: it waits for a save, a request or an answer
	timings  *timings
	profile  *os.File // nil unless --cpuprofile asks for one
}

func newApp(env Env) *app {
	return &app{env: env, err: &lockedWriter{w: view.Commandless(env.Err)}, timings: newTimings(env.Now)}
}

// report prints what an error has to say that was not said yet.
func (a *app) report(err error) code {
	c := codeOf(err)
	var t told
	if err == nil || errors.As(err, &t) {
		return c
	}
	if c == exitInterrupted && errors.Is(err, context.Canceled) {
		fmt.Fprintln(a.err, "Interrupted. Nothing more was done.")
		return c
	}
	var d spec.Diagnostic
	if errors.As(err, &d) {
		if view.Diagnostics(a.err, []spec.Diagnostic{d}, a.errStyle()) == nil {
			return c
		}
	}
	fmt.Fprintf(a.err, "error: %s\n", view.Sanitize(err.Error()))
	var f *failure
	if errors.As(err, &f) && f.hint != "" {
		fmt.Fprintf(a.err, "  hint: %s\n", view.SanitizeLine(f.hint))
	}
	return c
}

// note prints a line for people on stderr, unless -q was given.
func (a *app) note(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintf(a.err, format+"\n", args...)
	}
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
