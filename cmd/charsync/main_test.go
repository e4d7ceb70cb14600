package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charsync/charsync/internal/cli"
	"github.com/charsync/charsync/internal/github/githubtest"
	"github.com/charsync/charsync/internal/sandbox"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"charsync": patient, "nosocket": noSocket})
}

// patient is main, but tells no progress: how long a command takes here is no
// part of what the scripts compare. internal/cli tests the progress.
func patient() {
	env := cli.OS()
	env.Patience = time.Hour
	os.Exit(cli.Main(context.Background(), env))
}

// TestScript runs every script in testdata/script: they are the specification
// of the command line. CHARSYNC_UPDATE_SCRIPTS=1 rewrites what they compare
// with; read the difference before it is committed.
func TestScript(t *testing.T) {
	p := scriptParams(t)
	p.Dir = filepath.Join("testdata", "script")
	testscript.Run(t, p)
}

// scriptParams say how a script runs: with charsync and the commands of
// scriptCommands, in a home of its own.
func scriptParams(t *testing.T) testscript.Params {
	t.Helper()
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
		UpdateScripts:       os.Getenv("CHARSYNC_UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                scriptCommands(),
		Condition:           condition,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, ".home")
			if err := os.Mkdir(home, 0o755); err != nil {
				return err
			}
			for _, name := range []string{"HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
				env.Setenv(name, home)
			}
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("GORACE", os.Getenv("GORACE"))
			env.Setenv("EXAMPLES", examples)
			// Nothing may be found above the script's own folder.
			if err := os.Mkdir(filepath.Join(env.WorkDir, ".git"), 0o755); err != nil {
				return err
			}
			env.Setenv("ACTIONS", filepath.Join(filepath.Dir(examples), ".github", "actions"))
			env.Values[githubKey{}] = new(*githubtest.Server)
			env.Values[vendorsKey{}] = &vendors{names: map[string]string{}}
			return nil
		},
	}
}

func condition(name string) (bool, error) {
	switch name {
	case "devfull":
		_, err := os.Stat("/dev/full")
		return err == nil, nil
	case "tmpfs": // a file system of one's own, to fill
		return exec.Command("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt").Run() == nil, nil
	case "root":
		return runtime.GOOS != "windows" && os.Geteuid() == 0, nil
	}
	return false, nil
}

// vendors is the sandbox of a script, when it started one, and the names of
// the characters that it has held.
type vendors struct {
	server *sandbox.Server
	names  map[string]string // by id
}

type vendorsKey struct{}
