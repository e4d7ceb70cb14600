package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
)

// shownRuns is how many runs are listed unless more are asked for.
const shownRuns = 30

func (a *app) runsCommand() *cobra.Command {
	var format string
	var limit int
	cmd := manual{
		use:   "runs [flags]",
		short: "List what was done, when and by whom",
		long: `Lists the runs that are recorded in .charsync/runs, the newest first: what each
created, updated and deleted, and whether it came to its end. A run that did not
(interrupted, or unfinished: killed, or out of disk) can be finished with apply
--resume, or taken back with undo; both do only what is left to be done.
Where a terminal is too narrow, the figures stand under DID, without those that
are 0: + created, ~ updated, - deleted, ! failed. The ID begins with the time, in
UTC.`,
		examples: []string{
			"charsync runs",
			"charsync runs --format json --limit 0",
		},
		exit: []code{exitDone, exitError},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		if limit < 0 {
			return failed("give a number of runs, or 0 for all", "--limit: %d is out of range", limit)
		}
		if err := a.fetchRuns(cmd.Context()); err != nil {
			return err
		}
		return a.listRuns(format, limit)
	})
	formatFlag(cmd, &format, formatText, formatJSON)
	cmd.Flags().IntVar(&limit, "limit", shownRuns, "list the newest `N`; 0 lists all")
	return cmd
}

// runSummary is a line of the table, as --format json prints it.
type runSummary struct {
	ID      string `json:"id"`
	At      string `json:"at"`
	Who     string `json:"who,omitempty"`
	Command string `json:"command,omitempty"`
	Env     string `json:"env,omitempty"`
	Undoes  string `json:"undoes,omitempty"`
	Resumes string `json:"resumes,omitempty"`
	Created int    `json:"created"`
	Updated int    `json:"updated"`
	Deleted int    `json:"deleted"`
	Failed  int    `json:"failed"`
	State   string `json:"state"`
}

func (a *app) listRuns(format string, limit int) error {
	dir, err := a.runDir()
	if err != nil {
		return err
	}
	heads, found, err := apply.ListRuns(dir)
	if err != nil {
		return failed("make .charsync/runs readable", "%w", err)
	}
	if limit > 0 && len(heads) > limit {
		a.note("%d older runs are not listed; --limit 0 lists all.", len(heads)-limit)
		heads = heads[:limit]
	}
	runs := make([]runSummary, 0, len(heads))
	for _, h := range heads {
		run, err := apply.ReadRun(dir, h.ID)
		if err != nil {
			found = append(found, warning(err))
			continue
		}
		n := run.Result
		runs = append(runs, runSummary{
			ID: h.ID, At: h.At, Who: h.Who, Command: h.Command, Env: h.Env, Undoes: h.Undoes, Resumes: h.Resumes,
			Created: n.Created, Updated: n.Updated, Deleted: n.Deleted, Failed: n.Failed, State: run.State,
		})
	}
	if err := a.diagnose(found); err != nil {
		return err
	}
	return a.result("", func(w io.Writer) error {
		if format == formatJSON {
			return view.JSON(w, runs)
		}
		return writeRuns(w, runs, a.tableStyle())
	})
}

func writeRuns(w io.Writer, runs []runSummary, s view.Style) error {
	if len(runs) == 0 {
		_, err := fmt.Fprintln(w, "No run is recorded yet.")
		return err
	}
	header := []string{"ID", "WHEN", "WHO", "COMMAND", "CREATED", "UPDATED", "DELETED", "FAILED", "STATE"}
	rows := make([][]string, 0, len(runs))
	for _, r := range runs {
		rows = append(rows, []string{
			r.ID, r.At, r.Who, r.Command,
			strconv.Itoa(r.Created), strconv.Itoa(r.Updated), strconv.Itoa(r.Deleted), strconv.Itoa(r.Failed), r.State,
		})
	}
	if view.Fits(header, rows, s) {
		return view.Table(w, header, rows, s)
	}
	return writeRunsNarrow(w, runs, s)
}

// writeRunsNarrow leaves out what a terminal has no room for: the time, which
// the ID tells, and the figures that are 0.
func writeRunsNarrow(w io.Writer, runs []runSummary, s view.Style) error {
	header := []string{"ID", "WHO", "COMMAND", "DID", "STATE"}
	rows := make([][]string, 0, len(runs))
	for _, r := range runs {
		rows = append(rows, []string{r.ID, r.Who, r.Command, r.did(), r.State})
	}
	rows = view.Fitted(header, rows, s,
		view.Shrink{Column: 1, Least: 12}, view.Shrink{Column: 2, Least: 12}, view.Shrink{Column: 1, Least: 8}, view.Shrink{Column: 0, Least: 17, Cut: view.CutEnd},
		view.Shrink{Column: 2, Least: 7}, view.Shrink{Column: 3, Least: 12})
	return view.Table(w, header, rows, s)
}

// did are the figures of a run with the signs of a plan.
func (r runSummary) did() string {
	var words []string
	for _, n := range []struct {
		sign string
		n    int
	}{{"+", r.Created}, {"~", r.Updated}, {"-", r.Deleted}, {"!", r.Failed}} {
		if n.n > 0 {
			words = append(words, n.sign+strconv.Itoa(n.n))
		}
	}
	return strings.Join(words, " ")
}

// runDir is where the project, or its sandbox, keeps run records.
func (a *app) runDir() (string, error) {
	dir, err := a.projectDir()
	if err != nil {
		return "", err
	}
	if a.flags.sandbox {
		return filepath.Join(sandboxDir(dir), "runs"), nil
	}
	return filepath.Join(dir, ".charsync", "runs"), nil
}

func (a *app) completeRuns(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir, err := a.runDir()
	if err != nil || len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	heads, _, err := apply.ListRuns(dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := []string{"latest"}
	for _, h := range heads {
		names = append(names, h.ID)
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
