package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/pull"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// pullFlags are those of pull.
type pullFlags struct {
	runFlags
	format    string
	conflicts string
	shared    string
	diff      bool
	dry       bool
}

func pullWays() []string {
	return []string{string(pull.Refuse), string(pull.Markers), string(pull.Live)}
}

func sharedWays() []string { return []string{string(pull.AtTarget), string(pull.Common)} }

func (a *app) pullCommand() *cobra.Command {
	f := pullFlags{}
	cmd := manual{
		use:   "pull [NAME or PATH...] [flags]",
		short: "Bring edits made at the services back into the manifests",
		long: `Finds the fields that were changed at the services since the last apply, shows what
that makes of the files, asks, and writes it: each value at the place that says
it, in the style it was written in, with every other byte as it was. Texts that
stand in files of their own are changed there. The lock then takes the live value
for the base, so that a plan has nothing to say of these fields.

Only fields that the manifest sets are pulled. A field that changed on both sides
is left alone, unless --conflicts says otherwise. One that can't be brought back
without changing something else is left alone too, with the reason.`,
		examples: []string{
			"charsync pull",
			"charsync pull mira-innkeeper --diff",
			"charsync pull --target convai --yes",
			"charsync pull --conflicts markers",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitStale, exitPart, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error { return a.pull(cmd.Context(), &f, args) })
	cmd.ValidArgsFunction = a.completeNames
	f.registerSelection(a, cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.conflicts, "conflicts", string(pull.Refuse), "`WAY` with what changed on both sides: refuse, markers (both go into the text, as Git does it), live")
	complete(cmd, "conflicts", func(string) []string { return pullWays() })
	flags.StringVar(&f.shared, "shared", string(pull.AtTarget), "`WAY` with a common field that other targets hold another value of: target (say it there alone), common (the others get it with the next apply)")
	complete(cmd, "shared", func(string) []string { return sharedWays() })
	flags.BoolVar(&f.diff, "diff", false, "write nothing; print what would change as a unified diff")
	flags.BoolVar(&f.dry, "dry-run", false, "write nothing; list what would be pulled, and what would not")
	yesFlag(cmd, &f.yes)
	lockFlag(cmd, &f.runFlags)
	formatFlag(cmd, &f.format, formatText, formatJSON)
	return cmd
}

func (f *pullFlags) looks() bool { return f.diff || f.dry }

func (a *app) pull(ctx context.Context, f *pullFlags, args []string) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	if !slices.Contains(sharedWays(), f.shared) {
		return oneOf("--shared", f.shared, sharedWays())
	}
	if !slices.Contains(pullWays(), f.conflicts) {
		return oneOf("--conflicts", f.conflicts, pullWays())
	}
	if !f.looks() {
		f.asks = "pull"
	}
	if err := f.check(); err != nil {
		return err
	}
	s, err := a.openSession()
	if err != nil {
		return err
	}
	defer s.close()
	s.command, s.whole = "pull", true
	if !f.looks() {
		if err := s.hold(ctx, f.lockTimeout); err != nil {
			return err
		}
	}
	engine, err := s.ready(ctx, &f.runFlags, args, reading)
	if err != nil {
		return err
	}
	engine.Options.Policy.Drift, engine.Options.Policy.Conflict = "report", "fail"
	plan, err := engine.Plan(ctx)
	s.progress.stop()
	if err != nil {
		return err
	}
	if err := s.diagnose(plan.Diagnostics); err != nil {
		return err
	}
	root, err := os.OpenRoot(s.project.Dir)
	if err != nil {
		return failed("check the project folder and its permissions", "pull: %w", err)
	}
	defer root.Close()
	result, err := pull.Prepare(pull.Input{
		Project: s.project, Set: s.set, Plan: plan, Accounts: engine.Accounts, Env: f.env,
		Conflicts: pull.Conflicts(f.conflicts), Shared: pull.Shared(f.shared), Base: engine.Recall, Read: root.ReadFile,
	})
	if err != nil {
		return failed("nothing was changed; check the files and their permissions", "pull: %w", err)
	}
	return s.carryHome(ctx, root, engine, plan, result, f)
}

// carryHome shows what a pull does, asks, writes it and says what became of
// it.
func (s *session) carryHome(ctx context.Context, root *os.Root, engine *apply.Engine, plan *diff.Plan, r *pull.Result, f *pullFlags) error {
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
		return writeJSON(w, map[string]any{"written": !f.looks(), "items": items, "files": files})
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

// writePulled writes all files or none, and then the lock.
func (s *session) writePulled(ctx context.Context, root *os.Root, engine *apply.Engine, r *pull.Result) error {
	files := make([]string, len(r.Files))
	for i, file := range r.Files {
		files[i] = file.Name
	}
	s.sweep(root, files)
	for n, file := range r.Files {
		if err := rewrite(root, file.Name, file.Old, file.New); err != nil {
			return failed("nothing was changed; put that right and pull again", "pull: %w", s.takeBack(root, r.Files[:n], err))
		}
	}
	marks, err := s.pulledMarks(ctx, engine, r)
	if err != nil {
		return failed("nothing was changed; please report this, with the manifest", "pull: %w", s.takeBack(root, r.Files, err))
	}
	if err := engine.Remark(marks); err != nil {
		return failed("the files are written; the next apply brings the lock up to date", "pull: the lock could not be written: %w", err)
	}
	return nil
}

// takeBack puts files back and returns the error that made that necessary.
func (s *session) takeBack(root *os.Root, files []pull.File, cause error) error {
	for _, file := range files {
		if err := rewrite(root, file.Name, file.New, file.Old); err != nil {
			return fmt.Errorf("%w; and %s could not be put back: %w", cause, file.Name, err)
		}
	}
	return cause
}

// pulledMarks loads the project again, makes sure that the manifests now ask
// for what is live, and returns the marks that say so.
func (s *session) pulledMarks(ctx context.Context, engine *apply.Engine, r *pull.Result) (map[diff.Address]map[spec.Path]diff.Mark, error) {
	before := s.set
	if err := s.load(ctx, nil); err != nil {
		return nil, err
	}
	after := s.set
	s.set = before
	marks := map[diff.Address]map[spec.Path]diff.Mark{}
	for _, i := range r.Items {
		if !i.Written() {
			continue
		}
		account := engine.Accounts[i.Target]
		row, _ := account.Driver.Fields.Field(i.Path)
		rule := row.Rule()
		mark := diff.Mark{File: rule.Digest(i.Live())}
		if i.Status == pull.Pulled {
			c := after.Find(i.Name)
			if c == nil {
				return nil, fmt.Errorf("%s could not be loaded again: %w", i.Name, firstError(after.Diagnostics, i.File))
			}
			want, ok := s.wanted(account, c, i, engine.Options.Env)
			if !ok || rule.Digest(want) != mark.File {
				return nil, fmt.Errorf("%s %s would not come out as it is live", i.Address, i.Path)
			}
		}
		if marks[i.Address] == nil {
			marks[i.Address] = map[spec.Path]diff.Mark{}
		}
		marks[i.Address][i.Path] = mark
	}
	return marks, nil
}

func (s *session) wanted(account *apply.Account, c *spec.Character, i *pull.Item, env string) (any, bool) {
	for n := range c.Targets {
		if in, ok := s.project.Route(env, c.Targets[n].Instance); ok && in.Name == i.Target {
			v, ok := account.Driver.Desired(c, &c.Targets[n], account.Instance).Doc[i.Path]
			return v, ok
		}
	}
	return nil, false
}

func firstError(found []spec.Diagnostic, file string) error {
	for _, d := range only(found, spec.Error) {
		if d.Pos.File == file {
			return d
		}
	}
	return fmt.Errorf("it is not there any more")
}
