package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/charsync/charsync/internal/sandbox"
)

// forge is a remote with a branch, the services, and a runner that runs the
// steps of docs/workflows/apply.yml as they are. In place of the action stands
// a plain apply, and in place of gh a program that knows of no earlier run.
type forge struct {
	t       *testing.T
	remote  string
	environ []string
	server  *sandbox.Server
	runs    int
	refused int // applies that would have made something twice
}

func newForge(t *testing.T) *forge {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("the workflows' scripts need bash")
	}
	server, err := sandbox.Open(sandbox.Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if err := server.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	tools, home := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(tools, "gh"), []byte("#!/bin/sh\necho 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := &forge{t: t, remote: filepath.Join(t.TempDir(), "remote.git"), server: server}
	f.environ = []string{
		"PATH=" + tools + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + home, "LANG=C.UTF-8", "GORACE=" + os.Getenv("GORACE"),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com",
	}
	for name, value := range server.Environ() {
		f.environ = append(f.environ, name+"="+value)
	}
	f.git(t.TempDir(), "init", "--quiet", "--bare", "--initial-branch=main", f.remote)
	return f
}

func (f *forge) run(dir string, extra []string, name string, args ...string) string {
	f.t.Helper()
	out, err := f.try(dir, extra, name, args...)
	if err != nil {
		f.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

func (f *forge) try(dir string, extra []string, name string, args ...string) (string, error) {
	f.t.Helper()
	c := exec.CommandContext(f.t.Context(), name, args...)
	c.Dir, c.Env = dir, append(append([]string(nil), f.environ...), extra...)
	out, err := c.CombinedOutput()
	return string(out), err
}

func (f *forge) git(dir string, args ...string) string {
	f.t.Helper()
	return strings.TrimSpace(f.run(dir, nil, "git", args...))
}

// clone is a checkout of the branch's tip.
func (f *forge) clone() string {
	f.t.Helper()
	dir := filepath.Join(f.t.TempDir(), "work")
	f.git(f.t.TempDir(), "clone", "--quiet", f.remote, dir)
	return dir
}

// merge commits a new character to the branch and returns the commit.
func (f *forge) merge(name string) string {
	f.t.Helper()
	dir := f.clone()
	files := map[string]string{
		"charsync.yaml": "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: tavern}\nspec: {state: {path: state/charsync.lock}}\n",
		"characters/" + name + ".yaml": fmt.Sprintf("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: %[1]s}\nspec:\n  name: %[1]s\n"+
			"  persona: Waits for the soup.\n  targets: {convai: {voiceType: US FEMALE 1}}\n", name),
	}
	for file, text := range files {
		file = filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
	f.git(dir, "add", "-A")
	f.git(dir, "commit", "--quiet", "-m", "Add "+name)
	f.git(dir, "push", "--quiet", "origin", "HEAD:main")
	return f.git(dir, "rev-parse", "HEAD")
}

// workflow runs apply.yml for a commit.
func (f *forge) workflow(commit string) string {
	f.t.Helper()
	return f.overlapped(commit, nil)
}

// overlapped is workflow; meanwhile runs when the apply is done and nothing is
// committed yet.
func (f *forge) overlapped(commit string, meanwhile func()) string {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "workflows", "apply.yml"))
	if err != nil {
		f.t.Fatal(err)
	}
	var file struct {
		Concurrency any
		Jobs        map[string]struct {
			Steps []struct {
				Run, Uses string
				Env       map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		f.t.Fatal(err)
	}
	if file.Concurrency != nil {
		f.t.Error("in a concurrency group a push that waits is dropped for the next one")
	}
	dir, scripts, applied := f.clone(), 0, false
	f.git(dir, "checkout", "--quiet", "--detach", commit)
	f.runs++
	values := strings.NewReplacer("${{ github.token }}", "none", "${{ github.server_url }}/${{ github.repository }}.git", f.remote, "${{ github.ref_name }}", "main")
	temp := f.t.TempDir()
	var said strings.Builder
	for _, step := range file.Jobs["apply"].Steps {
		switch {
		case strings.Contains(step.Uses, "actions/charsync@"):
			said.WriteString(f.apply(dir))
			applied = true
			if meanwhile != nil {
				meanwhile()
			}
		case step.Run != "":
			extra := []string{
				"RUNNER_TEMP=" + temp, "GITHUB_REPOSITORY=ada/tavern", "GITHUB_REF_NAME=main", fmt.Sprintf("GITHUB_RUN_ID=%d", f.runs),
				"GITHUB_WORKFLOW_REF=ada/tavern/.github/workflows/apply.yml@refs/heads/main",
			}
			for name, value := range step.Env {
				extra = append(extra, name+"="+values.Replace(value))
			}
			said.WriteString(f.run(dir, extra, "bash", "-e", "-o", "pipefail", "-c", step.Run))
			scripts++
		}
	}
	if scripts != 3 || !applied {
		f.t.Errorf("%d scripts, applied %v", scripts, applied)
	}
	return said.String()
}

// apply runs charsync as the action does. A creation that is refused, since
// what it would make is there already, is a step that fails.
func (f *forge) apply(dir string) string {
	f.t.Helper()
	out, err := f.try(dir, nil, "charsync", "apply", "--yes")
	if err != nil && !strings.Contains(out, "Guard duplicate: ") {
		f.t.Fatalf("charsync apply: %v\n%s", err, out)
	}
	if err != nil {
		f.refused++
	}
	return out
}

func (f *forge) live() int {
	f.t.Helper()
	all, err := f.server.Characters("convai")
	if err != nil {
		f.t.Fatal(err)
	}
	return len(all)
}

// TestMergesInAMinute merges twice before the first apply runs: the second
// finds the lock that the first has pushed, and nothing is made twice.
func TestMergesInAMinute(t *testing.T) {
	f := newForge(t)
	first, second := f.merge("ada"), f.merge("ben")
	for i, commit := range []string{first, second} {
		f.workflow(commit)
		if n := f.live(); n != i+1 {
			t.Errorf("after %d applies %d characters are live", i+1, n)
		}
	}
	// The job is run again.
	if out := f.workflow(second); !strings.Contains(out, "Applied: 0 created, 0 updated, 0 deleted, 0 failed, 0 skipped.") {
		t.Errorf("a repeated job did something:\n%s", out)
	}
	tip := f.clone()
	lock, err := os.ReadFile(filepath.Join(tip, "state", "charsync.lock"))
	if err != nil || !strings.Contains(string(lock), `"ada"`) || !strings.Contains(string(lock), `"ben"`) {
		t.Errorf("%v\n%s", err, lock)
	}
	f.run(tip, nil, "charsync", "plan", "--detailed-exitcode")
	if n := f.live(); n != 2 || f.refused > 0 {
		t.Errorf("%d characters are live", n)
	}
}

// TestAppliesThatOverlap: runs wait for those that were started before them.
// Should two overlap all the same, nothing is made twice, which the second is
// told, and neither takes the bindings of the other out of the lock.
func TestAppliesThatOverlap(t *testing.T) {
	for name, before := range map[string][]string{"the first lock": nil, "a lock that is there": {"eve"}} {
		t.Run(name, func(t *testing.T) {
			f := newForge(t)
			for _, n := range before {
				f.workflow(f.merge(n))
			}
			first, second := f.merge("ada"), f.merge("ben")
			f.overlapped(second, func() { f.workflow(first) })
			lock, err := os.ReadFile(filepath.Join(f.clone(), "state", "charsync.lock"))
			if err != nil {
				t.Fatal(err)
			}
			all, err := f.server.Characters("convai")
			if err != nil {
				t.Fatal(err)
			}
			if len(all) != len(before)+2 || f.refused != 1 {
				t.Errorf("%d characters are live, and %d applies were refused", len(all), f.refused)
			}
			for _, c := range all {
				if !strings.Contains(string(lock), c.ID) {
					t.Errorf("a live character is forgotten: %s\n%s", c.ID, lock)
				}
			}
			if strings.Count(string(lock), `"charsync_lock"`) != 1 {
				t.Errorf("the lock is no lock any more:\n%s", lock)
			}
		})
	}
}
