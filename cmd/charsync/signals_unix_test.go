//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
)

// signalled is a project with eight characters at a served sandbox.
type signalled struct {
	server  *sandbox.Server
	dir     string
	environ []string
}

func newSignalled(t *testing.T) *signalled {
	t.Helper()
	server, err := sandbox.Open(sandbox.Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if err := server.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s := &signalled{server: server, dir: t.TempDir()}
	s.environ = []string{"HOME=" + t.TempDir(), "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE")}
	for name, value := range server.Environ() {
		s.environ = append(s.environ, name+"="+value)
	}
	for i := range 8 {
		s.write(t, fmt.Sprintf("characters/guest-%d.yaml", i), fmt.Sprintf(
			"apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: guest-%[1]d}\nspec:\n  name: Guest %[1]d\n  targets: {convai: {voiceType: US FEMALE 1, backstory: Guest %[1]d.}}\n", i))
	}
	return s
}

func (s *signalled) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *signalled) command(t *testing.T, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir, c.Env = s.dir, s.environ
	return c
}

// reaches waits until so many writes have arrived.
func (s *signalled) reaches(t *testing.T, writes int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); written(s.server) < writes; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d writes did not come", writes)
		}
	}
}

// slowed makes each write but the first take a while.
func (s *signalled) slowed() {
	s.server.Inject(sandbox.Fault{Kind: sandbox.FaultLatency, Vendor: "convai", Route: "write", Skip: 1, Times: -1, Delay: 200 * time.Millisecond})
}

// settles wants what a stopped run left to be finished by the next one.
func (s *signalled) settles(t *testing.T) {
	t.Helper()
	s.server.ClearFaults()
	if out, err := s.command(t, "charsync", "apply", "--yes").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if live, err := s.server.Characters("convai"); err != nil || len(live) != 8 {
		t.Errorf("%d characters live, of 8: %v", len(live), err)
	}
}

// TestSignalsStopGracefully: whichever of the three signals ends a run, it
// finishes what is in flight, tells what was done, and ends with 130.
func TestSignalsStopGracefully(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			s := newSignalled(t)
			s.slowed()
			c := s.command(t, "charsync", "apply", "--yes", "--parallelism", "1")
			var out bytes.Buffer
			c.Stdout, c.Stderr = &out, &out
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			s.reaches(t, 2)
			if err := c.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = c.Wait()
			if code := c.ProcessState.ExitCode(); code != 130 || !strings.Contains(out.String(), "Interrupted: finishing what is in flight") || !strings.Contains(out.String(), "\nApplied: ") {
				t.Errorf("%v\n%s", c.ProcessState, &out)
			}
			s.settles(t)
		})
	}
}

// TestHangupIgnored: a run that nohup has started goes on when the terminal
// is closed.
func TestHangupIgnored(t *testing.T) {
	s := newSignalled(t)
	s.slowed()
	c := s.command(t, "sh", "-c", `trap "" HUP; exec charsync apply --yes --parallelism 1`)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	s.reaches(t, 2)
	if err := c.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil || !strings.Contains(out.String(), "Applied: 8 created") {
		t.Errorf("%v\n%s", err, &out)
	}
}

// TestSignalWithoutReader: the interrupt of a terminal ends what reads our
// output too, as tee; what is in flight is finished and recorded all the same.
func TestSignalWithoutReader(t *testing.T) {
	s := newSignalled(t)
	s.slowed()
	c := s.command(t, "charsync", "apply", "--yes", "--parallelism", "1")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = write, write
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	s.reaches(t, 2)
	for _, end := range []io.Closer{write, read} {
		if err := end.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != 130 {
		t.Errorf("%v", c.ProcessState)
	}
	list, err := s.command(t, "charsync", "state", "list").CombinedOutput()
	if err != nil || strings.Contains(string(list), "in doubt") || !strings.Contains(string(list), "guest-") {
		t.Errorf("%v\n%s", err, list)
	}
	s.settles(t)
}

// TestSignalEndsRendering: a result that nobody reads to its end is not waited
// for when a signal arrives, and a file that was to be written is not there.
func TestSignalEndsRendering(t *testing.T) {
	s := newSignalled(t)
	s.write(t, "characters/long.yaml",
		"apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: long}\nspec:\n  name: Long\n  targets: {convai: {voiceType: US FEMALE 1, backstory: {file: long.txt}}}\n")
	s.write(t, "characters/long.txt", strings.Repeat("The soup is hot, and the bread is fresh.\n", 5000))
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			c := s.command(t, "charsync", "render", "--format", "json")
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			var errs bytes.Buffer
			c.Stderr = &errs
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			r := bufio.NewReader(out)
			if _, err := r.ReadByte(); err != nil { // it renders, and comes no further than the pipe is wide
				t.Fatal(err)
			}
			if err := c.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			ended := make(chan *os.ProcessState, 1)
			go func() {
				state, _ := c.Process.Wait()
				ended <- state
			}()
			select {
			case state := <-ended:
				if state.ExitCode() != 130 {
					t.Errorf("%v", state)
				}
			case <-time.After(time.Minute):
				_ = c.Process.Kill()
				t.Fatal("it waits for a reader")
			}
			_, _ = io.Copy(io.Discard, r)
		})
	}
}
