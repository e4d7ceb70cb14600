package docs_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/cli"
)

// help runs a command line and returns what it prints.
func help(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), cli.Env{
		Args: append(args, "--help"), In: strings.NewReader(""), Out: &out, Err: &errs,
		Environ: nil, Now: func() time.Time { return time.Unix(0, 0) }, Dir: t.TempDir(),
	})
	if code != 0 {
		t.Fatalf("%v --help: exit %d: %s", args, code, &errs)
	}
	return out.String()
}

var subcommand = regexp.MustCompile(`(?m)^  ([a-z]+) +\S`)

// subcommands reads the names of the commands in a help text: what stands
// between USAGE and EXAMPLES in lists, under whatever heading.
func subcommands(text string) []string {
	_, list, _ := strings.Cut(text, "\nUSAGE\n")
	_, list, _ = strings.Cut(list, "\n\n")
	list, _, _ = strings.Cut("\n"+list, "\nEXAMPLES\n")
	list, _, _ = strings.Cut(list, "\nFLAGS\n")
	var names []string
	for _, m := range subcommand.FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	return names
}

// TestGeneratedReference keeps the help of every command in docs/cli.md.
func TestGeneratedReference(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell, which Windows has not: the help in docs/cli.md is that for one")
	}
	var b strings.Builder
	block := func(title, text string) { fmt.Fprintf(&b, "### %s\n\n```\n%s```\n\n", title, text) }
	text := help(t)
	block("charsync", text)
	commands := subcommands(text)
	if len(commands) < 10 {
		t.Fatalf("commands: %v", commands)
	}
	for _, name := range commands {
		text := help(t, name)
		// The global flags are the same everywhere: once is enough.
		local, _, _ := strings.Cut(text, "\nGLOBAL FLAGS\n")
		_, status, _ := strings.Cut(text, "\nEXIT STATUS\n")
		block("charsync "+name, local+"\nEXIT STATUS\n"+status)
		for _, sub := range subcommands(text) {
			text := help(t, name, sub)
			local, _, _ := strings.Cut(text, "\nGLOBAL FLAGS\n")
			block("charsync "+name+" "+sub, local)
		}
	}
	generated(t, "docs/cli.md", "reference", b.String())
}

var spoken = regexp.MustCompile("(?m)(?:^    |`)charsync((?: [a-z]+)+)|`(--[a-z-]+)")

// TestCommandsExist finds every command and flag that the texts name in the
// help of the program.
func TestCommandsExist(t *testing.T) {
	root := help(t)
	flags := root
	known := map[string]bool{"charsync": true}
	for _, name := range subcommands(root) {
		text := help(t, name)
		flags += text
		known["charsync "+name] = true
		for _, sub := range subcommands(text) {
			flags += help(t, name, sub)
			known["charsync "+name+" "+sub] = true
		}
	}
	for _, file := range texts(t) {
		for _, m := range spoken.FindAllStringSubmatch(read(t, file), -1) {
			if flag := m[2]; flag != "" && flag != "--help" && !strings.Contains(flags, flag) {
				t.Errorf("%s: there is no flag %s", file, flag)
			}
			if words := strings.Fields(m[1]); len(words) > 0 && !known["charsync "+words[0]] {
				t.Errorf("%s: there is no command charsync %s", file, words[0])
			}
		}
	}
}
