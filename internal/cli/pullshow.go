package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/charsync/charsync/internal/pull"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

// carryHome shows what a pull does, asks, writes it and says what became of
// it.
func (s *session) carryHome(ctx context.Context, root *os.Root, engine *apply.Engine, plan *diff.Plan, r *pull.Result, f *pullFlags) error {
	for _, line := range view.Unseen(plan) {
		s.note("note: hidden text: %s", line)
	}
	asks := !f.yes && !f.looks() && len(r.Files) > 0
	if f.diff || asks && f.format != formatJSON {
		if err := s.result("", func(w io.Writer) error {
			for _, file := range r.Files {
				writeDiff(w, file.Name, file.Old, file.New)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	if asks {
		agreed, err := s.confirm(ctx, fmt.Sprintf("Write %s?", counted(len(r.Files), "file")))
		if err != nil {
			return err
		}
		if !agreed {
			return failed("nothing was changed", "%s", "not confirmed")
		}
	}
	if !f.looks() && len(r.Files) > 0 {
		if err := s.writePulled(ctx, root, engine, r); err != nil {
			return err
		}
	}
	if !f.diff {
		if err := s.result("", func(w io.Writer) error { return writePulledItems(w, r, f) }); err != nil {
			return err
		}
	} else {
		s.tellLeft(r)
	}
	return end(pullCode(plan, r, f))
}

// tellLeft says on stderr what stays as it is, where stdout has a diff.
func (s *session) tellLeft(r *pull.Result) {
	for _, i := range r.Items {
		if !i.Written() {
			s.note("%s", pulledLine(i))
		}
	}
}

func pulledLine(i *pull.Item) string {
	line := fmt.Sprintf("%-9s %s %s", i.Status, i.Address, i.Path)
	if i.File != "" {
		line += ": " + i.File
		if i.Where != "" {
			line += " " + i.Where
		}
	}
	if i.Reason != "" {
		line += ": " + i.Reason
	}
	line = view.SanitizeLine(line)
	if i.Hint != "" {
		line += "\n  hint: " + view.SanitizeLine(i.Hint)
	}
	return line
}

func writePulledItems(w io.Writer, r *pull.Result, f *pullFlags) error {
	if f.format == formatJSON {
		items := r.Items
		if items == nil {
			items = []*pull.Item{}
		}
		files := []string{}
		for _, file := range r.Files {
			files = append(files, file.Name)
		}
		return view.JSON(w, map[string]any{"written": !f.looks(), "items": items, "files": files})
	}
	w = view.Commandless(w)
	for _, i := range r.Items {
		fmt.Fprintln(w, pulledLine(i))
	}
	word := "Pulled"
	if f.looks() {
		word = "Pull"
	}
	_, err := fmt.Fprintf(w, "%s: %s into %s, %d left as they are.\n", word,
		counted(r.Count(pull.Pulled, pull.Merged, pull.Marked), "field"), counted(len(r.Files), "file"), r.Count(pull.Conflict, pull.Refused))
	return err
}

// pullCode is what pull exits with.
func pullCode(plan *diff.Plan, r *pull.Result, f *pullFlags) code {
	wrote := len(r.Files) > 0 && !f.looks()
	switch {
	case !plan.Complete && wrote:
		return exitPart
	case !plan.Complete:
		return exitError
	case r.Count(pull.Conflict, pull.Refused, pull.Marked) > 0:
		return exitStale
	}
	return exitDone
}
