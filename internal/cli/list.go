package cli

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
)

// listed is a target of a character, as list prints it.
type listed struct {
	Name   string            `json:"name"`
	Target string            `json:"target"`
	State  string            `json:"state"` // bound, new, pending or orphan
	ID     string            `json:"id,omitempty"`
	Run    string            `json:"run,omitempty"` // the last that changed something there
	Labels map[string]string `json:"labels,omitempty"`
	File   string            `json:"file,omitempty"`
}

func (a *app) listCommand() *cobra.Command {
	var f runFlags
	var format string
	cmd := manual{
		use:     "list [NAME or PATH...] [flags]",
		aliases: []string{"ls"},
		short:   "List the characters, their targets and their state",
		long: `Lists the characters of the project with each of their targets and what the lock
knows of it: bound (it lives there), new (it would be created), pending (a
creation whose end is not known), orphan (bound, but in no manifest). It opens no
connection; what changed is for plan and status.`,
		examples: []string{"charsync list", "charsync ls --select tier=main", "charsync list --env stage --format json"},
		exit:     []code{exitDone, exitError, exitInvalid},
	}.command(nil, func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		return a.list(cmd.Context(), &f, args, format)
	})
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}

func (a *app) list(ctx context.Context, f *runFlags, args []string, format string) error {
	if err := f.check(); err != nil {
		return err
	}
	if err := a.startAt(args); err != nil {
		return err
	}
	s, err := a.localSession()
	if err != nil {
		return err
	}
	defer s.close()
	if _, err := s.ready(ctx, f, args, offline); err != nil {
		return err
	}
	rows := s.listed(f)
	return a.result("", func(w io.Writer) error {
		if format == formatJSON {
			return view.JSON(w, rows)
		}
		if len(rows) == 0 {
			return nil
		}
		var cells [][]string
		for _, r := range rows {
			cells = append(cells, []string{r.Name, r.Target, r.State, r.File})
		}
		return view.Table(w, []string{"NAME", "TARGET", "STATE", "FILE"}, cells, a.tableStyle())
	})
}

// listed are the selected targets, and the bindings that no manifest mentions
// where everything is selected or they are named.
func (s *session) listed(f *runFlags) []listed {
	rows := []listed{}
	for _, c := range s.chosen() {
		for i := range c.Targets {
			in, ok := s.project.Route(f.env, c.Targets[i].Instance)
			if !ok || len(f.targets) > 0 && !slices.Contains(f.targets, in.Name) && !slices.Contains(f.targets, c.Targets[i].Instance) {
				continue
			}
			r := listed{Name: c.Name, Target: in.Name, State: "new", Labels: c.Labels, File: c.Pos.File}
			if entry, known := s.lock.Entry(diff.Address{Name: c.Name, Target: in.Name}); known {
				r.ID, r.Run, r.State = entry.ID, entry.Run, "bound"
				if entry.ID == "" {
					r.State = "pending"
				}
			}
			rows = append(rows, r)
		}
	}
	return append(rows, s.orphaned(f)...)
}

func (s *session) orphaned(f *runFlags) []listed {
	var rows []listed
	if len(s.selection.Selectors) > 0 || hasErrors(s.set.Diagnostics) {
		return nil
	}
	for _, e := range s.lock.Entries() {
		if s.set.Find(e.Name) != nil || len(s.selection.Names) > 0 && !slices.Contains(s.selection.Names, e.Name) ||
			len(f.targets) > 0 && !slices.Contains(f.targets, e.Target) {
			continue
		}
		rows = append(rows, listed{Name: e.Name, Target: e.Target, State: "orphan", ID: e.ID, Run: e.Run})
	}
	return rows
}
