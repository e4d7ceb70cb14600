//go:build unix

package apply

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/spec"
)

// A pipe where the lock or a plan file should be is refused, and not waited
// on for a writer that never comes.
func TestPipesAreNotOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "charsync.lock")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	for name, read := range map[string]func() error{
		"lock": func() error { _, _, err := state.Open(path); return err },
		"plan": func() error { _, err := ReadPlan(path); return err },
	} {
		done := make(chan error, 1)
		go func() { done <- read() }()
		select {
		case err := <-done:
			var d spec.Diagnostic
			if !errors.As(err, &d) || !strings.Contains(d.Message, "not a regular file") {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: the pipe was opened", name)
		}
	}
}
