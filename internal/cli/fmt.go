package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	udiff "github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/internal/edit"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// inputLimit bounds what fmt reads from stdin: a little more than what a
// manifest may have, so that one that is too large is told apart.
const inputLimit = 4<<20 + 1

func (a *app) fmtCommand() *cobra.Command {
	var check, show bool
	var in projectFlags
	cmd := manual{
		use:   "fmt [PATH...] [flags]",
		short: "Put manifests and charsync.yaml into the usual layout",
		long: `Orders the keys of manifests and charsync.yaml as charsync itself writes them, with
two columns per level and one blank line at most, and prints the files it has
changed. Comments travel with the key they belong to. Prose, quotes and what
stands in brackets stay as they are. A file that can't be read as YAML is left
alone. With "-" it formats stdin to stdout, for editors.`,
		examples: []string{
			"charsync fmt",
			"charsync fmt --check                     # in a pipeline",
			"charsync fmt --diff characters/mira.yaml",
			"charsync fmt - < mira.yaml",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error {
		mode := fmtWrite
		switch {
		case show && check:
			mode = fmtCheckDiff
		case show:
			mode = fmtDiff
		case check:
			mode = fmtCheck
		}
		if len(args) == 1 && args[0] == "-" {
			return a.formatInput(mode)
		}
		return a.inEach(in, args, func(paths []string) error { return a.formatFiles(cmd.Context(), paths, mode, in.empty) })
	})
	in.register(cmd)
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; list the files that would change, and exit with 3 when there are any")
	cmd.Flags().BoolVar(&in.empty, "allow-empty", false, "exit with 0 where there is nothing to format")
	cmd.Flags().BoolVar(&show, "diff", false, "write nothing; print what would change as a unified diff")
	return cmd
}

// fmtMode is what becomes of a file that is not in the usual layout.
type fmtMode int

const (
	fmtWrite fmtMode = iota
	fmtCheck
	fmtDiff
	fmtCheckDiff
)

// layoutOf is a file and what its layout should be.
type layoutOf struct {
	file      string
	old, data []byte
	found     []spec.Diagnostic
	err       error
}

func (l layoutOf) changed() bool { return l.err == nil && !bytes.Equal(l.old, l.data) }

func (a *app) formatFiles(ctx context.Context, args []string, mode fmtMode, empty bool) error {
	p, err := a.loadLoosely()
	if err != nil {
		return err
	}
	files, found, err := spec.Files(ctx, p, a.paths(args))
	if err != nil {
		return failed("check the project folder and its permissions", "fmt: %w", err)
	}
	if len(files) == 0 && !hasErrors(found) && !empty {
		if len(args) > 0 {
			return noManifests(args[0])
		}
		return nothingHere(p)
	}
	root, err := os.OpenRoot(p.Dir)
	if err != nil {
		return failed("check the project folder and its permissions", "fmt: %w", err)
	}
	defer root.Close()
	laid := layouts(ctx, root, files, a.flags.parallelism)
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, l := range laid {
		found = append(found, l.found...)
	}
	if err := a.diagnose(p.WithSource(found)); err != nil {
		return err
	}
	if mode == fmtWrite {
		a.sweep(root, files)
	}
	code, err := a.settleLayouts(root, laid, mode)
	if err != nil {
		return err
	}
	if code == exitDone && hasErrors(found) {
		code = exitInvalid
	}
	return end(code)
}

// layouts formats files side by side; results are in their order.
func layouts(ctx context.Context, root *os.Root, files []string, parallelism int) []layoutOf {
	out := make([]layoutOf, len(files))
	var g errgroup.Group
	g.SetLimit(parallelism)
	for i, file := range files {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			l := layoutOf{file: file}
			var problem *spec.Diagnostic
			if l.old, problem = spec.ReadFile(root, file); problem != nil {
				l.found = []spec.Diagnostic{*problem}
			} else {
				l.data, l.found, l.err = edit.Format(file, l.old)
			}
			out[i] = l
			return nil
		})
	}
	_ = g.Wait() // what went wrong is in the results
	return out
}

// settleLayouts writes, lists or shows the files that are to change.
func (a *app) settleLayouts(root *os.Root, laid []layoutOf, mode fmtMode) (code, error) {
	code, changed := exitDone, 0
	err := a.result("", func(w io.Writer) error {
		for _, l := range laid {
			if l.err != nil {
				code = a.report(failed("the file is left alone; please report this, with the file", "%w", l.err))
			}
			if !l.changed() {
				continue
			}
			changed++
			switch mode {
			case fmtWrite:
				err := rewrite(root, l.file, l.old, l.data)
				if errors.Is(err, errNoFile) { // the others are not kept waiting by it
					code = a.report(failed("run charsync fmt where the file itself stands", "fmt: %w", err))
					continue
				}
				if err != nil {
					return failed("what is listed above has been written; put the rest right and run charsync fmt again", "fmt: %w", err)
				}
				fmt.Fprintln(view.Commandless(w), view.SanitizeLine(l.file))
			case fmtCheck:
				fmt.Fprintln(view.Commandless(w), view.SanitizeLine(l.file))
			default:
				writeDiff(w, l.file, l.old, l.data)
			}
		}
		return nil
	})
	if err == nil && changed > 0 && (mode == fmtCheck || mode == fmtCheckDiff) {
		a.note("%s not in the usual layout: charsync fmt puts that right.", countedAre(changed, "file"))
		code = max(code, exitInvalid)
	}
	return code, err
}

func countedAre(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return fmt.Sprintf("%d %ss are", n, noun)
}

// writeDiff prints a unified diff of a file, without what a terminal would
// take for a command.
func writeDiff(w io.Writer, file string, old, data []byte) {
	name := view.SanitizeLine(file)
	_, _ = io.WriteString(view.Commandless(w), view.Sanitize(udiff.Unified("a/"+name, "b/"+name, string(old), string(data))))
}

func (a *app) formatInput(mode fmtMode) error {
	data, err := io.ReadAll(io.LimitReader(a.env.In, inputLimit))
	if err != nil {
		return failed("check what stdin is connected to", "fmt: read stdin: %w", err)
	}
	if len(data) == inputLimit {
		return failed("split it, or look whether it is the right file", "fmt: stdin has more than %d MB", inputLimit>>20)
	}
	out, found, err := edit.Format("stdin", data)
	switch {
	case err != nil:
		return failed("report this with the file", "fmt: %w", err)
	case len(found) > 0:
		if err := a.diagnose(found); err != nil {
			return err
		}
		return end(exitInvalid)
	}
	changed := !bytes.Equal(out, data)
	err = a.result("", func(w io.Writer) error {
		switch {
		case mode == fmtWrite:
			_, err := w.Write(out)
			return err
		case mode != fmtCheck && changed:
			writeDiff(w, "stdin", data, out)
		}
		return nil
	})
	if err == nil && changed && (mode == fmtCheck || mode == fmtCheckDiff) {
		return end(exitInvalid)
	}
	return err
}
