package state

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/pkg/spec"
)

// TestMain lets the test binary play another process that has the run lock.
func TestMain(m *testing.M) {
	if path := os.Getenv("CHARSYNC_TEST_HOLD"); path != "" {
		_, err := AcquireRun(context.Background(), path, Holder{Who: "other", Where: "far-away", Since: "2026-11-02T09:00:00Z", PID: os.Getpid()}, 0)
		fmt.Println("held", err)
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until killed, or told to go
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hold starts a process that takes the run lock.
func hold(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "CHARSYNC_TEST_HOLD="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(line) != "held <nil>" {
		t.Fatalf("%q %v", line, err)
	}
	return cmd
}

// A run that is killed leaves nothing that a person would have to clear away.
func TestRegressionLockKilledInCI(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".charsync", "run.lock")
	other := hold(t, path)
	_, err := AcquireRun(context.Background(), path, Holder{Who: "me"}, 0)
	var d spec.Diagnostic
	if !errors.As(err, &d) || d.Code != CodeHeld {
		t.Fatalf("two have the lock: %v", err)
	}
	for _, s := range []string{"other", "far-away", "2026-11-02", fmt.Sprint(other.Process.Pid)} {
		if !strings.Contains(d.Message, s) {
			t.Errorf("%q does not say %q", d.Message, s)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := AcquireRun(ctx, path, Holder{}, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting is not interrupted: %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	mine, err := AcquireRun(context.Background(), path, Holder{Who: "me"}, time.Minute)
	if err != nil {
		t.Fatalf("after a kill: %v", err)
	}
	if err := mine.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := AcquireRun(context.Background(), path, Holder{}, 0)
	if err != nil {
		t.Fatalf("after a release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}
