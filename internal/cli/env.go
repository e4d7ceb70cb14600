// Package cli is the command line of charsync: flags, prompts, progress and
// exit codes around the packages that do the work. It is the only package
// that prints, reads the environment, asks the clock or ends the process.
//
// The rules of output, which every command here obeys:
//
//   - stdout is the result and nothing else, so that it can be piped.
//   - stderr is progress, notes, prompts and diagnostics.
//   - An error says where, what, and in its hint what to do next.
//   - What a provider or a manifest said is sanitised before it is printed.
//   - Away from a terminal there is no colour, no prompt and no redrawing.
package cli

import (
	"io"
	"log"
	"os"
	"os/signal"
	"os/user"
	"runtime/debug"
	"strings"
	"time"

	"github.com/muesli/termenv"
	"golang.org/x/term"
)

// Env is everything that a run of charsync takes from the outside.
type Env struct {
	Args    []string // without the program's name
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Environ []string // "NAME=value"
	Now     func() time.Time
	Dir     string        // working directory, absolute
	Who     func() string // who is recorded as the author of a run: "user@host"; may be nil

	InTerminal  bool
	OutTerminal bool
	ErrTerminal bool
	Width       int // columns of the terminal; 0 when there is none

	// Interrupts delivers the user's wish to stop: the first asks to finish
	// what is in flight, the second to stop at once. It may be nil.
	Interrupts <-chan os.Signal
	// Stop ends the process at once. It may be nil where Interrupts is.
	Stop func(code int)
	// Outlive is called at the first interrupt: from then on the process does not
	// end because nobody reads its output. It may be nil.
	Outlive func()

	// Patience is how long a run goes on before its progress is told; 0 is a
	// second. Tests of what stands on stderr make it long.
	Patience time.Duration

	// Base is the Git revision before the change that is looked at, for commands
	// without --base: its charsync.yaml may name what that of the change may not.
	Base string

	Build *debug.BuildInfo // nil when the binary carries none
}

// OS is the environment of this process. It starts to catch interrupts, and
// silences the standard logger: net/http prints there what a server sends out
// of turn, past --quiet and past what hides secrets.
func OS() Env {
	log.SetOutput(io.Discard)
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, endings()...)
	env := Env{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Environ: os.Environ(), Now: time.Now, Dir: dir, Who: who,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Interrupts:  interrupts, Stop: os.Exit, Outlive: outlive,
	}
	if env.OutTerminal {
		if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			env.Width = width
		}
		// Old Windows consoles print escapes as they are unless asked. What
		// can't be switched on is no reason to stop.
		_, _ = termenv.EnableVirtualTerminalProcessing(termenv.NewOutput(os.Stdout))
	}
	env.Build, _ = debug.ReadBuildInfo()
	return env
}

func who() string {
	name := "unknown"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		return name
	}
	return name + "@" + host
}

func (e Env) who() string {
	if e.Who == nil {
		return "unknown"
	}
	return e.Who()
}

// lookup finds a variable. The last entry of a name counts, as for os/exec.
func (e Env) lookup(name string) string {
	for i := len(e.Environ) - 1; i >= 0; i-- {
		key, value, ok := strings.Cut(e.Environ[i], "=")
		if ok && key == name {
			return value
		}
	}
	return ""
}
