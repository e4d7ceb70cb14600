package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/state/statetest"
)

// canary is in every credential of a shared state, and may be in no output.
const canary = "canary-0123456789abcdef"

// fleet is a project that several machines, folders here, work on.
type fleet struct {
	t       *testing.T
	server  *sandbox.Server
	setting string // spec.state
	environ []string
	pairs   int
}

func eachBackend(t *testing.T, test func(t *testing.T, f *fleet)) {
	for name, start := range map[string]func(dir string) (statetest.Server, string, map[string]string){
		"s3": func(dir string) (statetest.Server, string, map[string]string) {
			s := statetest.S3(dir, canary)
			return s, fmt.Sprintf("{backend: s3, bucket: %s, prefix: tavern, region: us-east-1, endpoint: %q, usePathStyle: true}", statetest.Bucket, s.URL), statetest.S3Environ(dir, canary)
		},
		"postgres": func(dir string) (statetest.Server, string, map[string]string) {
			s := statetest.Postgres(dir)
			return s, "{backend: postgres}", map[string]string{"CHARSYNC_STATE_URL": strings.Replace(s.URL, "studio@", "studio:"+canary+"@", 1)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "charsync-fleet") //nolint:usetesting // the path of a socket must be short
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			data := filepath.Join(dir, "server")
			if err := os.Mkdir(data, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			s, setting, variables := start(data)
			if s.URL == "" {
				t.Skip("no server: " + s.Reason)
			}
			t.Cleanup(s.Stop)
			test(t, newFleet(t, setting, variables))
		})
	}
}

func newFleet(t *testing.T, setting string, variables map[string]string) *fleet {
	t.Helper()
	server, err := sandbox.Open(sandbox.Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	f := &fleet{t: t, server: server, setting: setting, pairs: 24}
	f.environ = []string{
		"HOME=" + t.TempDir(), "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE"), "USER=studio",
	}
	if err := server.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for name, value := range server.Environ() {
		f.environ = append(f.environ, name+"="+value)
	}
	for name, value := range variables {
		f.environ = append(f.environ, name+"="+value)
	}
	return f
}

// machine is a fresh checkout of the project.
func (f *fleet) machine() string {
	f.t.Helper()
	dir := f.t.TempDir()
	files := map[string]string{"charsync.yaml": fmt.Sprintf(
		"apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: tavern}\nspec:\n  state: %s\n  policy: {maxChanges: 100%%, maxDeletes: 100%%}\n", f.setting)}
	for i := range f.pairs / 2 {
		files[fmt.Sprintf("characters/guest-%d.yaml", i)] = fmt.Sprintf(
			"apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: guest-%[1]d}\nspec:\n  name: Guest %[1]d\n  persona: Sits at table %[1]d and waits for the soup.\n  description: A guest.\n"+
				"  targets:\n    convai: {voiceType: US FEMALE 1}\n    npcbuilder: {game_id: tavern, world_id: gilded-hare, role: innkeeper}\n", i)
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
	return dir
}

func (f *fleet) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "charsync", args...)
	c.Dir, c.Env = dir, f.environ
	return c
}

// run runs charsync to its end, and looks for credentials in what it printed
// and wrote.
func (f *fleet) run(dir string, args ...string) (out string, code int) {
	f.t.Helper()
	data, err := f.command(f.t.Context(), dir, args...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		f.t.Fatal(err)
	}
	f.conceals(dir, data)
	return string(data), code
}

func (f *fleet) conceals(dir string, output []byte) {
	f.t.Helper()
	if bytes.Contains(output, []byte(canary)) {
		f.t.Errorf("a credential was printed:\n%s", output)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(canary)) {
			f.t.Errorf("a credential is in %s", path)
		}
		return err
	})
	if err != nil {
		f.t.Error(err)
	}
}

// live counts the characters at the services.
func (f *fleet) live() int {
	f.t.Helper()
	n := 0
	for _, vendor := range []string{"convai", "npcbuilder"} {
		all, err := f.server.Characters(vendor)
		if err != nil {
			f.t.Fatal(err)
		}
		n += len(all)
	}
	return n
}

// settled wants each pair live once, and nothing left to do from anywhere.
func (f *fleet) settled() {
	f.t.Helper()
	if n := f.live(); n != f.pairs {
		f.t.Errorf("%d characters live, of %d", n, f.pairs)
	}
	out, code := f.run(f.machine(), "plan", "--detailed-exitcode")
	if code != 0 || !strings.HasSuffix(out, "Plan: 0 to create, 0 to update, 0 to delete, 0 drifted, 0 in conflict.\n") {
		f.t.Errorf("exit %d:\n%s", code, out)
	}
}

// TestSharedManyAtOnce applies one project from many machines at the same
// moment: one writes, and the others find nothing left.
func TestSharedManyAtOnce(t *testing.T) {
	machines := 20
	if testing.Short() {
		machines = 4
	}
	eachBackend(t, func(t *testing.T, f *fleet) {
		var wg sync.WaitGroup
		created := make([]string, machines)
		for i := range machines {
			dir := f.machine()
			wg.Go(func() {
				out, err := f.command(t.Context(), dir, "apply", "--yes", "--lock-timeout", "5m").CombinedOutput()
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
				created[i] = string(out)
			})
		}
		wg.Wait()
		writers := 0
		for _, out := range created {
			if !strings.Contains(out, "Applied: 0 created") {
				writers++
			}
		}
		if writers != 1 {
			t.Errorf("%d machines created characters", writers)
		}
		f.settled()
	})
}

// TestSharedHeld says who has the lease, where and since when.
func TestSharedHeld(t *testing.T) {
	eachBackend(t, func(t *testing.T, f *fleet) {
		stop := f.killed(1)
		out, code := f.run(f.machine(), "apply", "--yes", "--lock-timeout", "0s")
		if code != 1 || !strings.Contains(out, "another run is under way on this project: ") || !strings.Contains(out, "state unlock") {
			t.Errorf("killed %v, exit %d:\n%s", stop, code, out)
		}
		if out, code := f.run(f.machine(), "state", "unlock", "--yes"); code != 0 || !strings.Contains(out, "Ended the lease of ") {
			t.Errorf("exit %d:\n%s", code, out)
		}
	})
}

// killed starts an apply on a machine of its own and kills it once the
// services have carried out so many writes.
func (f *fleet) killed(writes int) (was bool) {
	f.t.Helper()
	ctx, done := context.WithTimeout(f.t.Context(), time.Minute)
	defer done()
	dir := f.machine()
	c := f.command(ctx, dir, "apply", "--yes", "--parallelism", "2")
	before := written(f.server)
	if err := c.Start(); err != nil {
		f.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	poll := time.NewTicker(200 * time.Microsecond)
	defer poll.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-poll.C:
		}
		if written(f.server)-before >= writes {
			_ = c.Process.Kill()
			<-ended
			for f.server.Connections() > 0 {
				<-poll.C
			}
			f.conceals(dir, nil)
			return true
		}
	}
}

// TestSharedKilled kills applies at many places. A plain apply on another
// machine, once the lease is free, makes all good. CHARSYNC_SHARED_KILLS sets
// how many.
func TestSharedKilled(t *testing.T) {
	kills := 6
	if testing.Short() {
		kills = 2
	}
	if n, err := strconv.Atoi(os.Getenv("CHARSYNC_SHARED_KILLS")); err == nil {
		kills = n
	}
	eachBackend(t, func(t *testing.T, f *fleet) {
		random := rand.New(rand.NewPCG(1, 2))
		hits := 0
		for i := range kills {
			at := 1 + random.IntN(f.pairs)
			if f.killed(at) {
				hits++
			}
			if _, code := f.run(f.machine(), "state", "unlock", "--yes"); code != 0 {
				t.Fatalf("kill %d at %d: the lease stays", i, at)
			}
			out, code := f.run(f.machine(), "apply", "--yes")
			if code != 0 {
				t.Fatalf("kill %d at %d: exit %d\n%s", i, at, code, out)
			}
			f.settled()
			if t.Failed() {
				t.Fatalf("kill %d at %d", i, at)
			}
			if out, code := f.run(f.machine(), "destroy", "--yes", "--allow", "max-deletes"); code != 0 {
				t.Fatalf("destroy: exit %d\n%s", code, out)
			}
		}
		t.Logf("%d of %d runs were killed", hits, kills)
	})
}
