package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charsync/charsync/internal/sandbox"
)

func wantExit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, not %s", got, args[0])
	}
}

// cutShort runs a program until the sandbox has carried out so many writes,
// then sends it the signal.
func cutShort(ts *testscript.TestScript, args []string, signal os.Signal) {
	if len(args) < 2 {
		ts.Fatalf("usage: interrupt|killafter WRITES PROGRAM ARG…")
	}
	writes, err := strconv.Atoi(args[0])
	ts.Check(err)
	server := served(ts)
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), environ(ts)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	before := written(server)
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	sent := false
	for !sent {
		select {
		case err := <-ended:
			ts.Fatalf("it ended before %d writes: %v\n%s%s", writes, err, out.String(), errs.String())
		case <-deadline:
			ts.Check(cmd.Process.Kill())
			ts.Fatalf("%d writes did not come", writes)
		case <-poll.C:
			if written(server)-before >= writes {
				ts.Check(cmd.Process.Signal(signal))
				sent = true
			}
		}
	}
	err = <-ended
	for server.Connections() > 0 { // what it had sent before it ended may still be carried out
		select {
		case <-deadline:
			ts.Fatalf("a connection stays open after the end")
		case <-poll.C:
		}
	}
	_, _ = io.WriteString(ts.Stdout(), out.String())
	_, _ = io.WriteString(ts.Stderr(), errs.String())
	if signal == os.Interrupt && cmd.ProcessState.ExitCode() != 130 {
		ts.Fatalf("interrupted, it ended with %v\n%s%s", err, out.String(), errs.String())
	}
}

func written(server *sandbox.Server) int {
	n := 0
	for _, r := range server.Requests("") {
		if r.Write {
			n++
		}
	}
	return n
}

func awaitWrites(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: await WRITES")
	}
	writes, err := strconv.Atoi(args[0])
	ts.Check(err)
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for written(served(ts)) < writes {
		select {
		case <-deadline:
			ts.Fatalf("%d writes did not come", writes)
		case <-poll.C:
		}
	}
}
