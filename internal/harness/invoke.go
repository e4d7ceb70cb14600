package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/charsync/charsync/internal/cli"
)

// invocation is one command line of charsync and what came of it.
type invocation struct {
	args   []string
	code   int // -1: killed
	out    string
	err    string
	result *result // parsed, where the command printed one as JSON
	// counts are the figures of the last line, where it was printed as text.
	counts string
}

// inside runs a command in this process.
func (w *world) inside(ctx context.Context, interrupts <-chan os.Signal, args ...string) invocation {
	var out, errs bytes.Buffer
	env := cli.Env{
		Args: args, In: strings.NewReader(""), Out: &out, Err: &errs, Environ: w.gate.environ(), Now: w.options.Now, Dir: w.dir,
		Interrupts: interrupts, Stop: func(int) {},
	}
	code := cli.Main(ctx, env)
	return parsed(invocation{args: args, code: code, out: out.String(), err: errs.String()})
}

// child is charsync in a process of its own, which can be killed.
type child struct {
	cmd  *exec.Cmd
	out  bytes.Buffer
	errs bytes.Buffer
	once sync.Once
	done chan struct{}
	fail error
}

// start begins a command in a process of its own.
func (w *world) start(args ...string) (*child, error) {
	c := &child{done: make(chan struct{})}
	c.cmd = exec.Command(w.options.Charsync[0], append(w.options.Charsync[1:], args...)...)
	c.cmd.Dir = w.dir
	c.cmd.Env = append(w.gate.environ(), w.options.ChildEnv...)
	c.cmd.Env = append(c.cmd.Env, "HOME="+w.dir, "PATH="+w.options.Path, "GOCOVERDIR="+w.dir)
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.errs
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.fail = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// kill ends the process as a machine that loses its power would, and returns
// when it is dead.
func (c *child) kill() {
	c.once.Do(func() { _ = c.cmd.Process.Kill() })
	<-c.done
}

// wait gives what came of the command.
func (c *child) wait(args []string) (invocation, error) {
	<-c.done
	v := invocation{args: args, out: c.out.String(), err: c.errs.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(c.fail, &exit):
		v.code = exit.ExitCode() // -1 after a signal
	case c.fail != nil:
		return v, c.fail
	}
	return parsed(v), nil
}

// parsed reads the last line, or the whole of a JSON answer.
func parsed(v invocation) invocation {
	if i := strings.LastIndex(v.out, "Applied: "); i >= 0 && !strings.HasPrefix(v.out, "{") {
		v.counts, _, _ = strings.Cut(v.out[i:], "\n")
		return v
	}
	var r result
	if strings.HasPrefix(v.out, "{") && json.Unmarshal([]byte(v.out), &r) == nil {
		v.result = &r
	}
	return v
}
