package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Bounds of what is read of one answer of Git.
const (
	maxAnswer = 256 << 20
	maxErrors = 64 << 10
)

// Error is why a revision can't be read, with what to do next.
type Error struct {
	Message string
	Hint    string
}

func (e *Error) Error() string { return e.Message }

// git is the git program at work in a folder.
type git struct {
	program string
	dir     string
	env     []string
}

func newGit(dir string, environ []string) (*git, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, &Error{"the git program can't be run: " + err.Error(), "install git, and have it on the PATH"}
	}
	return &git{program: program, dir: dir, env: cleaned(environ)}, nil
}

// cleaned is the environment without what points Git at another repository
// than the folder's (hooks set that), and with what keeps it from asking,
// locking, fetching and speaking another language.
func cleaned(environ []string) []string {
	out := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.HasPrefix(name, "GIT_") && !strings.HasPrefix(name, "GIT_CONFIG") && name != "GIT_CEILING_DIRECTORIES"
	})
	return append(out,
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_LITERAL_PATHSPECS=1", "LC_ALL=C", "LANGUAGE=")
}

// command is a call of Git that runs nothing which the repository's
// configuration names, and that takes no folder of the working tree for a
// repository because it is laid out like a bare one.
func (g *git) command(ctx context.Context, args ...string) *exec.Cmd {
	always := []string{"--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "safe.bareRepository=explicit"}
	cmd := exec.CommandContext(ctx, g.program, append(always, args...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = g.dir, g.env, 5*time.Second
	return cmd
}

// failure is a call of Git that ended with an error.
type failure struct {
	code  int
	words string // of stderr, its first lines
}

func (f *failure) Error() string {
	if f.words == "" {
		return fmt.Sprintf("git ended with code %d", f.code)
	}
	return f.words
}

// run returns what a call prints.
func (g *git) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := g.command(ctx, args...)
	out, errs := &bounded{most: maxAnswer}, &bounded{most: maxErrors}
	cmd.Stdout, cmd.Stderr = out, errs
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if out.over {
		return nil, fmt.Errorf("git %s answered with more than %d MB", args[0], maxAnswer>>20)
	}
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return nil, &failure{ended.ExitCode(), firstLines(errs.String(), 3)}
	}
	if err != nil {
		return nil, fmt.Errorf("run git: %w", err)
	}
	return out.Bytes(), nil
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], " ")
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	bytes.Buffer
	most int
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.most - b.Len(); len(p) > room {
		b.over = true
		b.Buffer.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

var _ io.Writer = (*bounded)(nil)
