package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// lesson is one fenced block of the tutorial.
type lesson struct {
	language string
	lines    []string
}

var fenced = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func lessons(t *testing.T) []lesson {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "tutorial.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []lesson
	for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
		out = append(out, lesson{m[1], strings.Split(strings.TrimSuffix(m[2], "\n"), "\n")})
	}
	return out
}

// TestTutorial runs every command of docs/tutorial.md in turn, in a shell, and
// compares what it prints: line by line, where "..." stands for any lines. Its
// patches are applied.
func TestTutorial(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell, which Windows has not: the tutorial's commands are written for one")
	}
	for _, program := range []string{"git", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs the program %s, which is not installed", program)
		}
	}
	var script bytes.Buffer
	script.WriteString("mkdir charsync/examples\ncopytree $EXAMPLES/cards charsync/examples/cards\n" +
		"env GIT_AUTHOR_NAME=w GIT_AUTHOR_EMAIL=w@example.com\nenv GIT_COMMITTER_NAME=w GIT_COMMITTER_EMAIL=w@example.com\n")
	var files bytes.Buffer
	commands := 0
	add := func(name, data string) { fmt.Fprintf(&files, "-- %s --\n%s\n", name, data) }
	for _, l := range lessons(t) {
		switch l.language {
		case "diff":
			commands++
			name := fmt.Sprintf("patch%d", commands)
			add(name, strings.Join(l.lines, "\n"))
			fmt.Fprintf(&script, "exec git apply --recount $WORK/%s\n", name)
		case "console":
			for i, line := range l.lines {
				command, ok := strings.CutPrefix(line, "$ ")
				if !ok {
					continue
				}
				commands++
				end := i + 1
				for end < len(l.lines) && !strings.HasPrefix(l.lines[end], "$ ") {
					end++
				}
				if dir, ok := strings.CutPrefix(command, "cd "); ok {
					fmt.Fprintf(&script, "cd %s\n", dir)
					continue
				}
				name := fmt.Sprintf("command%d", commands)
				add(name, command)
				add(name+".out", strings.Join(l.lines[i+1:end], "\n"))
				fmt.Fprintf(&script, "exec sh -e $WORK/%s\nprinted $WORK/%s.out\n", name, name)
			}
		}
	}
	if commands < 20 {
		t.Fatalf("only %d commands", commands)
	}
	file := filepath.Join(t.TempDir(), "tutorial.txtar")
	if err := os.WriteFile(file, append(script.Bytes(), files.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	p := scriptParams(t)
	p.Files, p.UpdateScripts = []string{file}, false
	p.Cmds["printed"] = wantPrinted
	testscript.Run(t, p)
}

// wantPrinted compares stdout with the lines of a file, of which "..." stands
// for any; where stdout ends, stderr goes on.
func wantPrinted(ts *testscript.TestScript, _ bool, args []string) {
	want := strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")
	got := strings.Split(ts.ReadFile("stdout")+ts.ReadFile("stderr"), "\n")
	if want[0] == "" {
		return
	}
	at, loose := 0, false
	for _, line := range want {
		if line == "..." {
			loose = true
			continue
		}
		next := slices.Index(got[at:], line)
		if next < 0 || next > 0 && !loose {
			ts.Fatalf("not printed there: %q\nafter %q", line, got[:at])
		}
		at, loose = at+next+1, false
	}
}
