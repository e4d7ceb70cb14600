package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/watch"
)

// TestWatchCost: what a save costs does not grow with the number of manifests
// and of bindings. Allocations stand for work: they don't depend on the
// machine.
func TestWatchCost(t *testing.T) {
	few, many := savesAllocate(t, 30), savesAllocate(t, 1500)
	if many > few*1.2+50 {
		t.Errorf("a save takes %.0f allocations with 30 manifests and %.0f with 1500", few, many)
	}
}

func savesAllocate(t *testing.T, manifests int) float64 {
	t.Helper()
	files := map[string]string{}
	var lock strings.Builder
	lock.WriteString("{\"charsync_lock\":1}\n")
	name := func(i int) string { return fmt.Sprintf("characters/c-%d.yaml", i) }
	text := func(i, n int) string {
		return fmt.Sprintf("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: c-%d}\nspec: {name: Mira, greeting: Hello %04d, targets: {alakazam: {}}}\n", i, n)
	}
	for i := range manifests {
		files[name(i)] = text(i, 0)
		fmt.Fprintf(&lock, `{"name":"c-%d","target":"alakazam","provider":"alakazam","id":"x-%d","rev":1}`+"\n", i, i)
	}
	dir := project(t, files)
	if err := os.WriteFile(filepath.Join(dir, "charsync.lock"), []byte(lock.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	a := newApp(Env{Out: io.Discard, Err: io.Discard, Now: time.Now, Dir: dir})
	a.flags.parallelism, a.flags.logLevel, a.flags.logFormat = 1, "warn", "text"
	l := &lookout{app: a, flags: &watchFlags{}, dir: dir, pending: map[string]bool{}, missed: map[string]bool{}, unasked: map[string]string{}, stop: func() {}}
	w, found, err := l.newWorld(context.Background())
	if err != nil {
		t.Fatalf("%v, %v", err, found)
	}
	l.world = w
	l.run(context.Background(), watch.Batch{First: true})
	if w.behind {
		t.Fatal("the first run did not end well")
	}
	n := 0
	return testing.AllocsPerRun(20, func() {
		n++
		if err := os.WriteFile(filepath.Join(dir, name(7)), []byte(text(7, n)), 0o644); err != nil {
			t.Fatal(err)
		}
		l.run(context.Background(), watch.Batch{Files: []string{name(7)}})
		if got := w.follower.Find("c-7").Fields.Lookup("greeting").Text(); got != fmt.Sprintf("Hello %04d", n) {
			t.Fatalf("the greeting is %q", got)
		}
	})
}
