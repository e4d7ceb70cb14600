package cli

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/view"
)

// sandboxFlags are those of the command sandbox and of what stands below it.
type sandboxFlags struct {
	addr     string
	data     string
	switches []string
	latency  time.Duration
	format   string
	verbose  bool
}

// inMemory is the --data of a sandbox that forgets everything at its end.
const inMemory = "-"

func (a *app) sandboxCommand() *cobra.Command {
	var f sandboxFlags
	m := manual{
		use:   "sandbox [serve] [flags]",
		short: "Serve the APIs of the providers on loopback",
		long: `Serves stand-ins of Character.AI, Alakazam, Convai, ElevenLabs, NPCBuilder and
Vapi over HTTP on loopback until it is interrupted, as strict as the services
themselves. On stdout it prints the variables that point charsync, or any client, at it. Its
data stays in .charsync/sandbox, where --sandbox looks too, unless --data names
another folder ("-" keeps it in memory).`,
		examples: []string{
			"charsync sandbox                                  # prints lines for your shell",
			"charsync sandbox --format json --addr 127.0.0.1:7070",
			"charsync sandbox --switch alakazam.get-one=404 --latency 200ms",
			"charsync sandbox requests --writes                # what was written so far",
		},
		exit: []code{exitDone, exitError},
	}
	serve := func(cmd *cobra.Command, _ []string) error { return a.serveSandbox(cmd.Context(), f) }
	cmd := m.command(knownCommand, serve)
	m.use, m.short = "serve [flags]", "Serve, as sandbox alone does"
	sub := m.command(noArgs, serve)
	cmd.PersistentFlags().StringVar(&f.data, "data", "", "keep the data in `DIR` instead of .charsync/sandbox; - is in memory")
	for _, c := range []*cobra.Command{cmd, sub} {
		c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:0", "listen on `HOST:PORT`, loopback only; port 0 takes a free one")
		c.Flags().StringArrayVar(&f.switches, "switch", nil, "turn a switch, `NAME=VALUE`; charsync sandbox switches lists them")
		c.Flags().DurationVar(&f.latency, "latency", 0, "hold every answer back for `DURATION`, such as 200ms")
		c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "print each request on stderr; so does --log-level debug")
		formatFlag(c, &f.format, sandboxFormats()...)
		complete(c, "switch", switchNames)
	}
	cmd.AddCommand(sub, a.sandboxRequestsCommand(&f), a.sandboxCharactersCommand(&f), a.sandboxEditCommand(&f), a.sandboxSwitchesCommand())
	return cmd
}

// sandboxFormats are the forms in which the variables are printed; text is
// the one for the shell that is usual on this system.
func sandboxFormats() []string { return []string{formatText, "sh", "powershell", "env", formatJSON} }

func switchNames(string) []string {
	var names []string
	for _, s := range sandbox.Switches() {
		names = append(names, s.Name+"=")
	}
	return names
}

func (a *app) serveSandbox(ctx context.Context, f sandboxFlags) error {
	if err := checkFormat(f.format, sandboxFormats()...); err != nil {
		return err
	}
	if err := checkSpan("latency", f.latency, 0, time.Hour, "200ms"); err != nil {
		return err
	}
	server, err := a.openSandbox(f)
	if err != nil {
		return err
	}
	defer server.Close()
	if err := server.Listen(f.addr); err != nil {
		return failed("give another --addr, such as 127.0.0.1:0", "%w", err)
	}
	err = a.result("", func(w io.Writer) error { return writeVariables(w, f.format, server.Environ()) })
	if err != nil {
		return err
	}
	a.idle.Store(true) // what it is asked is another program's
	a.note("The sandbox listens on %s. Interrupt it to stop.", server.URL(""))
	if f.verbose || a.flags.logLevel == "debug" {
		a.followRequests(ctx, server)
	} else {
		<-ctx.Done()
	}
	return nil
}

func (a *app) openSandbox(f sandboxFlags) (*sandbox.Server, error) {
	switches := map[string]string{}
	for _, s := range f.switches {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, failed("write NAME=VALUE; charsync sandbox switches lists them", "--switch: %q has no value", s)
		}
		switches[name] = value
	}
	if f.latency > 0 {
		switches["latency"] = strconv.FormatInt(f.latency.Milliseconds(), 10)
	}
	dir, err := a.sandboxData(f.data)
	if err != nil {
		return nil, err
	}
	server, err := sandbox.Open(sandbox.Options{Dir: dir, Switches: switches, Now: a.env.Now})
	if err != nil {
		return nil, failed("charsync sandbox switches lists what can be set; --data names another data folder", "%w", err)
	}
	return server, nil
}

// sandboxData is the folder that --data means; "" is in memory.
func (a *app) sandboxData(data string) (string, error) {
	switch data {
	case inMemory:
		return "", nil
	case "":
		dir, err := a.projectDir()
		return sandboxDir(dir), err
	}
	return a.path(data), nil
}

// writeVariables prints an environment the way a shell takes it in.
func writeVariables(w io.Writer, format string, vars map[string]string) error {
	if format == formatJSON {
		return view.JSON(w, vars)
	}
	usual := "export %s='%s'\n"
	if runtime.GOOS == "windows" {
		usual = "$env:%s = '%s'\n"
	}
	line := map[string]string{formatText: usual, "sh": "export %s='%s'\n", "powershell": "$env:%s = '%s'\n", "env": "%s=%s\n"}[format]
	names := make([]string, 0, len(vars))
	for name := range vars {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, err := fmt.Fprintf(w, line, name, vars[name]); err != nil {
			return err
		}
	}
	return nil
}
