package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"

	"github.com/charsync/charsync/internal/durable"
)

// path resolves a path of the command line against the working directory.
func (a *app) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(a.workDir(), p)
}

func (a *app) paths(args []string) []string {
	var out []string
	for _, p := range args {
		out = append(out, a.path(p))
	}
	return out
}

func (a *app) workDir() string {
	switch {
	case a.flags.dir == "":
		return a.env.Dir
	case filepath.IsAbs(a.flags.dir):
		return filepath.Clean(a.flags.dir)
	}
	return filepath.Join(a.env.Dir, a.flags.dir)
}

// result prints what a command is for: to the file that --out names, else to
// stdout. A result that could not be written whole is an error. An interrupt
// ends it, and leaves the file as it was; a run that was interrupted before its
// result was made still tells it.
func (a *app) result(out string, render func(io.Writer) error) error {
	defer a.timings.begin("print")()
	if out != "" {
		var b bytes.Buffer
		if err := a.rendered(&b, render); err != nil {
			return err
		}
		return writeFile(a.path(out), b.Bytes(), 0o644)
	}
	var flushed error
	err := a.rendered(a.env.Out, func(to io.Writer) error {
		w := bufio.NewWriter(to)
		err := render(w)
		flushed = w.Flush()
		return err
	})
	if errors.Is(err, context.Canceled) {
		return err
	}
	if a.interrupted() && (errors.Is(flushed, syscall.EPIPE) || errors.Is(flushed, syscall.EIO)) {
		return nil // whoever read it, or the terminal, was ended by the same signal
	}
	var f *failure
	if errors.As(err, &f) { // it has its own reason and hint
		return err
	}
	if err = errors.Join(err, flushed); err != nil {
		return failed("check what stdout is connected to, and its disk", "write the result: %w", err)
	}
	return nil
}

// rendered lets render write to w. When an interrupt arrives meanwhile, nothing
// more is written and the error is context.Canceled: neither a long computation
// nor a pipe that nobody reads is waited for.
func (a *app) rendered(w io.Writer, render func(io.Writer) error) error {
	if a.interrupted() {
		return render(w)
	}
	g := &gate{w: w}
	ended := make(chan error, 1)
	go func() { ended <- render(g) }()
	select {
	case err := <-ended:
		return err
	case <-a.stopping:
		g.shut.Store(true)
		return context.Canceled
	}
}

// gate is a writer that can be shut.
type gate struct {
	w    io.Writer
	shut atomic.Bool
}

func (g *gate) Write(p []byte) (int, error) {
	if g.shut.Load() {
		return 0, context.Canceled
	}
	return g.w.Write(p)
}

// writeFile replaces a file in one step: readers see the old content or the
// new, whole. What is not a regular file (a device, a pipe) is written to.
func writeFile(path string, data []byte, mode os.FileMode) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if err := writeThrough(path, data); err != nil {
			return notWritten(path, err)
		}
		return nil
	}
	if err := durable.ReplaceAt(path, mode, durable.Bytes(data)); err != nil {
		return notWritten(path, err)
	}
	return nil
}

func notWritten(path string, err error) error {
	return failed("nothing was changed there; check the folder, its permissions and the disk's free space", "write %s: %w", path, err)
}

func writeThrough(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
