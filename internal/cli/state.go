package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
)

func (a *app) stateCommand() *cobra.Command {
	cmd := manual{
		use:   "state COMMAND",
		short: "Look at and change the lock",
		long: `The lock (charsync.lock) says which live character each manifest is bound to at
each target, and what was last applied to it. These commands change the lock
alone: the live characters stay as they are.`,
		examples: []string{
			"charsync state list",
			"charsync state mv mira-innkeeper mira       # after renaming a manifest",
			"charsync state rm mira-innkeeper/convai     # forget, without deleting",
		},
		exit: []code{exitDone, exitError},
	}.command(knownCommand, showHelp)
	cmd.AddCommand(a.stateListCommand(), a.stateShowCommand(), a.stateMvCommand(), a.stateRmCommand(), a.stateRebuildCommand(),
		a.stateFilesCommand(), a.statePushCommand(), a.statePullCommand(), a.stateUnlockCommand())
	return cmd
}

// binding is an entry of the lock as --format json prints it.
type binding struct {
	Name     string            `json:"name"`
	Target   string            `json:"target"`
	Provider string            `json:"provider"`
	ID       string            `json:"id,omitempty"`
	Protect  bool              `json:"protect,omitempty"`
	InDoubt  string            `json:"in_doubt,omitempty"` // a write whose outcome was not recorded
	Run      string            `json:"last_run,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"` // path to digest
}

func newBinding(e apply.Entry) binding {
	b := binding{Name: e.Name, Target: e.Target, Provider: e.Provider, ID: e.ID, Protect: e.Protect, Run: e.Run}
	if e.Pending != nil {
		b.InDoubt = string(e.Pending.Action)
	}
	if len(e.Fields) > 0 {
		b.Fields = map[string]string{}
		for path, mark := range e.Fields {
			b.Fields[string(path)] = mark.File
		}
	}
	return b
}

func bindings(entries []apply.Entry) []binding {
	out := make([]binding, 0, len(entries))
	for _, e := range entries {
		out = append(out, newBinding(e))
	}
	return out
}

// openState opens the lock of the project, or of its sandbox; for changing it
// only when no run is under way.
func (a *app) openState(ctx context.Context, access access) (*session, error) {
	s, err := a.localSession()
	if err != nil {
		return nil, err
	}
	if access == writing {
		err = s.hold(ctx, defaultLockTimeout)
	}
	if err == nil {
		err = s.openLock(ctx)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (a *app) stateListCommand() *cobra.Command {
	var format string
	cmd := manual{
		use:      "list",
		short:    "List the bindings",
		long:     "Lists every binding of the lock: character, target, the id of the live character, the run\nthat last changed something there, and what is special about it. Where a terminal is too narrow,\nids are shortened in the middle; away from one they are whole. An import and a pull change the\nlock too: they stand in place of a run, and have no record for show.",
		examples: []string{"charsync state list", "charsync state list --format json"},
		exit:     []code{exitDone, exitError},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		s, err := a.openState(cmd.Context(), offline)
		if err != nil {
			return err
		}
		defer s.close()
		entries := s.lock.Entries()
		if len(entries) == 0 {
			a.note("The lock holds no bindings.")
		}
		return a.result("", func(w io.Writer) error {
			if format == formatJSON {
				return view.JSON(w, bindings(entries))
			}
			return writeBindings(w, entries, a.tableStyle())
		})
	})
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}

func (a *app) stateShowCommand() *cobra.Command {
	var format string
	cmd := manual{
		use:      "show NAME",
		short:    "Show the bindings of a character",
		long:     "Shows what the lock holds of one character, target by target, and which run changed it last.\nOf its texts the lock holds digests only.",
		examples: []string{"charsync state show mira-innkeeper"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(1, 1), func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		s, err := a.openState(cmd.Context(), offline)
		if err != nil {
			return err
		}
		defer s.close()
		entries := s.lock.Show(args[0])
		if len(entries) == 0 {
			return failed(s.meantBound(args[0]), "the lock holds no %q", args[0])
		}
		return a.result("", func(w io.Writer) error {
			if format == formatJSON {
				return view.JSON(w, bindings(entries))
			}
			w = view.Commandless(w)
			for _, e := range entries {
				if err := writeBinding(w, newBinding(e), apply.LastApplied(s.runDir, e.Run)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	cmd.ValidArgsFunction = a.completeBound
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}

// writeBindings prints a line for each binding.
func writeBindings(w io.Writer, entries []apply.Entry, s view.Style) error {
	if len(entries) == 0 {
		return nil
	}
	rows := make([][]string, 0, len(entries))
	for _, e := range entries {
		var notes []string
		if e.Pending != nil {
			notes = append(notes, string(e.Pending.Action)+" in doubt")
		}
		if e.Protect {
			notes = append(notes, "protected")
		}
		if e.Old != "" {
			notes = append(notes, "replaces "+e.Old)
		}
		rows = append(rows, []string{e.Name, e.Target, cmp.Or(e.ID, "-"), cmp.Or(e.Run, "-"), strings.Join(notes, ", ")})
	}
	header := []string{"NAME", "TARGET", "ID", "LAST RUN", "NOTE"}
	rows = view.Fitted(header, rows, s,
		view.Shrink{Column: 2, Least: 13}, view.Shrink{Column: 3, Least: 17, Cut: view.CutEnd}, view.Shrink{Column: 1, Least: 12},
		view.Shrink{Column: 0, Least: 16})
	return view.Table(w, header, rows, s)
}

func writeBinding(w io.Writer, b binding, last *diff.Applied) error {
	fmt.Fprintf(w, "%s/%s\n", view.SanitizeLine(b.Name), view.SanitizeLine(b.Target))
	lines := [][2]string{{"provider", b.Provider}, {"id", b.ID}}
	if last != nil {
		lines = append(lines, [2]string{"last run", last.Run}, [2]string{"at", last.At}, [2]string{"by", last.Who}, [2]string{"command", last.Command})
	}
	if lines = append(lines, [2]string{"in doubt", b.InDoubt}); b.Protect {
		lines = append(lines, [2]string{"protect", "true"})
	}
	if len(b.Fields) > 0 {
		lines = append(lines, [2]string{"fields", "by digest, as they were applied last"})
	}
	for _, path := range slices.Sorted(maps.Keys(b.Fields)) {
		lines = append(lines, [2]string{"  " + path, b.Fields[path]})
	}
	for _, l := range lines {
		if l[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "  %-20s %s\n", view.SanitizeLine(l[0]), view.SanitizeLine(l[1])); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) completeBound(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	p, _ := a.quietly()
	if p == nil || len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s, err := a.newSession(p)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer s.close()
	lock, _, err := s.readLock(context.Background())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return boundNames(lock), cobra.ShellCompDirectiveNoFileComp
}
