package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
	"github.com/charsync/charsync/schemas"
)

// finding is one thing that doctor looked at.
type finding struct {
	Check   string `json:"check"`
	Status  string `json:"status"` // ok, warning, wrong, unused
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

const (
	statusOK      = "ok"
	statusWarning = "warning"
	statusWrong   = "wrong"
	statusUnused  = "unused"
)

func (a *app) doctorCommand() *cobra.Command {
	var format, out, env string
	cmd := manual{
		use:   "doctor",
		short: "Check configuration, credentials and reachability",
		long: `Looks at the project, the manifests, the lock and the schemas; says for each
provider which credential variables are set (never their values), and asks each
that the project uses one cheap reading question. Used is what plan would ask:
with --env, what the environment sends targets to; without, what the manifests
name themselves.`,
		examples: []string{"charsync doctor", "charsync doctor --env stage", "charsync doctor --sandbox", "charsync doctor --format json"},
		exit:     []code{exitDone, exitError},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		found, err := a.examine(cmd.Context(), env)
		if err != nil {
			return err
		}
		if err := a.result(out, func(w io.Writer) error { return writeExamination(w, format, found) }); err != nil {
			return err
		}
		if slices.ContainsFunc(found, func(f finding) bool { return f.Status == statusWrong }) {
			return end(exitError)
		}
		return nil
	})
	formatFlag(cmd, &format, formatText, formatJSON)
	outFlag(cmd, &out)
	envFlag(a, cmd, &env)
	return cmd
}

func writeExamination(w io.Writer, format string, found []finding) error {
	if format == formatJSON {
		return view.JSON(w, found)
	}
	w = view.Commandless(w)
	wide := 0
	for _, f := range found {
		wide = max(wide, len(f.Check))
	}
	for _, f := range found {
		if _, err := fmt.Fprintf(w, "%-8s %-*s  %s\n", f.Status, wide, view.SanitizeLine(f.Check), view.SanitizeLine(f.Message)); err != nil {
			return err
		}
		if f.Hint != "" {
			fmt.Fprintf(w, "%-*s  hint: %s\n", len("12345678 ")+wide, "", view.SanitizeLine(f.Hint))
		}
	}
	return nil
}

// examine collects findings; what is wrong with one thing does not keep it
// from looking at the next.
func (a *app) examine(ctx context.Context, env string) ([]finding, error) {
	file, dir, err := a.locate()
	if err != nil {
		return nil, err
	}
	found := []finding{{Check: "charsync", Status: statusOK, Message: a.env.build().String()}}
	p, problems := spec.DefaultProject(dir), []spec.Diagnostic(nil)
	where := dir + " (no charsync.yaml: the defaults apply)"
	if file != "" {
		where = file
		p, problems = a.readProject(file)
	}
	found = append(found, judged("project", where, problems))
	if p == nil || hasErrors(problems) {
		return found, nil
	}
	s, err := a.newSession(p)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.useEnv(env); err != nil {
		return nil, err
	}
	if a.flags.sandbox {
		if err := s.startSandbox(); err != nil {
			return nil, err
		}
	}
	if err := s.load(ctx, nil); err != nil {
		return nil, err
	}
	found = append(found, judged("manifests", counted(len(s.set.Characters), "character"), s.set.Diagnostics))
	found = append(found, s.examineBackend(ctx)...)
	found = append(found, s.examineLock(ctx)...)
	for _, d := range s.lockInGit(ctx) {
		found = append(found, finding{"lock", statusWarning, d.Message, d.Hint})
	}
	found = append(found, s.examineSchemas()...)
	for _, name := range s.instanceNames() {
		found = append(found, s.examineInstance(ctx, p.Instances[name]))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return found, nil
}

// judged sums diagnostics up: doctor names the trouble, validate shows it.
func judged(check, message string, found []spec.Diagnostic) finding {
	if errs := only(found, spec.Error); len(errs) > 0 {
		return finding{check, statusWrong, fmt.Sprintf("%s; %s, first %s", message, counted(len(errs), "error"), errs[0].Error()), "charsync validate shows them all"}
	}
	if warnings := only(found, spec.Warning); len(warnings) > 0 {
		return finding{check, statusWarning, message + "; " + warnings[0].Error(), warnings[0].Hint}
	}
	return finding{Check: check, Status: statusOK, Message: message}
}

func (s *session) examineLock(ctx context.Context) []finding {
	lock, problems, err := s.readLock(ctx)
	if err != nil && s.shared() {
		return nil // the state itself has been examined
	}
	if err != nil {
		hint := "restore it from Git"
		if len(problems) > 0 {
			hint = problems[0].Hint
		}
		return []finding{{"lock", statusWrong, err.Error(), hint}}
	}
	s.lock = lock
	if lock.Len() == 0 && (s.shared() || missing(s.lockPath)) {
		return []finding{{Check: "lock", Status: statusOK, Message: "none yet: nothing is bound"}}
	}
	doubts := 0
	for _, e := range lock.Entries() {
		if e.Pending != nil {
			doubts++
		}
	}
	if doubts > 0 {
		return []finding{{"lock", statusWarning, fmt.Sprintf("%s, %d of them in doubt after a run that was stopped", counted(lock.Len(), "binding"), doubts), "the next charsync apply settles them"}}
	}
	return []finding{judged("lock", counted(lock.Len(), "binding"), problems)}
}

// examineSchemas compares the schemas that editors use with the program's.
func (s *session) examineSchemas() []finding {
	var found []finding
	for name, want := range map[string][]byte{"character": schemas.Character, "project": schemas.Project} {
		file := "schemas/" + name + ".schema.json"
		have, err := os.ReadFile(filepath.Join(s.project.Dir, filepath.FromSlash(file)))
		switch {
		case err != nil:
		case bytes.Equal(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), want):
			found = append(found, finding{Check: "schema", Status: statusOK, Message: file + " is this program's"})
		default:
			found = append(found, finding{"schema", statusWarning, file + " is of another version of charsync", "charsync schema " + name + " --out " + file})
		}
	}
	slices.SortFunc(found, func(a, b finding) int { return strings.Compare(a.Message, b.Message) })
	return found
}
