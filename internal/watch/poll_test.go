package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestPoll: looking again and again finds what the system would tell, also a
// change within one step of the file system's clock.
func TestPoll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "c/a.yaml", "1")
	stay := filepath.Join(dir, "c", "a.yaml")
	synctest.Test(t, func(t *testing.T) {
		age := time.Now().Add(-time.Hour)
		date := func() {
			if err := os.Chtimes(stay, age, age); err != nil {
				t.Fatal(err)
			}
		}
		date()
		w, err := Open(Options{Dir: dir, Scope: Scope{Trees: []string{"c"}}, Poll: time.Second, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		runs, ended := make(chan []string, 10), make(chan error, 1)
		go func() { ended <- w.Run(ctx, func(_ context.Context, b Batch) { runs <- b.Files }) }()
		<-runs
		pass(500 * time.Millisecond) // away from the moments at which it looks
		want := func(files ...string) {
			t.Helper()
			pass(10 * time.Second)
			select {
			case got := <-runs:
				if !slices.Equal(got, files) {
					t.Errorf("got %v, not %v", got, files)
				}
			default:
				if len(files) > 0 {
					t.Errorf("no run about %v", files)
				}
			}
		}
		put(t, dir, "c/new/deep/b.yaml", "1")
		want("c/new/deep/b.yaml")
		put(t, dir, "c/a.yaml", "another size")
		want("c/a.yaml")
		if err := os.Rename(filepath.Join(dir, "c/new"), filepath.Join(dir, "c/moved")); err != nil {
			t.Fatal(err)
		}
		want("c/moved/deep/b.yaml", "c/new/deep/b.yaml")
		want()

		age = time.Now()
		put(t, dir, "c/a.yaml", "now")
		date()
		pass(2 * time.Second)
		if got := <-runs; !slices.Equal(got, []string{"c/a.yaml"}) {
			t.Errorf("got %v", got)
		}
		put(t, dir, "c/a.yaml", "NOW")
		date()
		want("c/a.yaml")
		if err := os.RemoveAll(filepath.Join(dir, "c")); err != nil {
			t.Fatal(err)
		}
		want("c/a.yaml", "c/moved/deep/b.yaml")
		cancel()
		if err := errors.Join(<-ended, w.Close()); err != nil {
			t.Error(err)
		}
	})
}

// TestLimits: the limits of the system are said with what to do.
func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{syscall.ENOSPC, "max_user_watches"},
		{syscall.EMFILE, "max_user_instances"},
	} {
		dir := t.TempDir()
		_, err := open(Options{Dir: dir}, source{add: func(string) error { return &os.PathError{Op: "add", Path: dir, Err: tt.err} }})
		var limit *LimitError
		if !errors.As(err, &limit) || !strings.Contains(limit.Advice, tt.want) || !strings.Contains(limit.Advice, "--poll") {
			t.Errorf("%v: %v", tt.err, err)
		}
	}
}

// TestInclude: files that come in one by one are watched from then on.
func TestInclude(t *testing.T) {
	bubble(t, func(b *bench) {
		put(t, b.dir, "prose/deep/p.md", "p")
		for _, want := range []bool{true, false} {
			if more, err := b.w.Include([]string{"prose/deep/p.md", "prose/missing.md", "c/a.yaml"}); err != nil || more != want {
				t.Errorf("more %v, %v", more, err)
			}
		}
		b.tell("prose/deep/p.md")
		pass(time.Second)
		b.save("prose/deep/p.md", "pp")
		pass(time.Second)
		b.save("prose/missing.md", "now it is there")
		b.want([]string{"prose/deep/p.md"}, []string{"prose/missing.md"})
	})
}
