package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/providers"
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
	var format, out string
	cmd := manual{
		use:   "doctor",
		short: "Check configuration, credentials and reachability",
		long: `Looks at the project, the manifests, the lock and the schemas; says for each
provider which credential variables are set (never their values), and asks each
that the project uses one cheap reading question.`,
		examples: []string{"charsync doctor", "charsync doctor --sandbox", "charsync doctor --format json"},
		exit:     []code{exitDone, exitError},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		found, err := a.examine(cmd.Context())
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
	return cmd
}

func writeExamination(w io.Writer, format string, found []finding) error {
	if format == formatJSON {
		return writeJSON(w, found)
	}
	for _, f := range found {
		if _, err := fmt.Fprintf(w, "%-8s %-12s %s\n", f.Status, view.SanitizeLine(f.Check), view.SanitizeLine(f.Message)); err != nil {
			return err
		}
		if f.Hint != "" {
			fmt.Fprintf(w, "%-21s hint: %s\n", "", view.SanitizeLine(f.Hint))
		}
	}
	return nil
}

// examine collects findings; what is wrong with one thing does not keep it
// from looking at the next.
func (a *app) examine(ctx context.Context) ([]finding, error) {
	file, dir, err := a.locate()
	if err != nil {
		return nil, err
	}
	found := []finding{{Check: "charsync", Status: statusOK, Message: a.env.build().String()}}
	p, problems := spec.DefaultProject(dir), []spec.Diagnostic(nil)
	where := dir + " (no charsync.yaml: the defaults apply)"
	if file != "" {
		where = file
		p, problems = spec.LoadProject(file)
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
	if a.flags.sandbox {
		if err := s.startSandbox(); err != nil {
			return nil, err
		}
	}
	if err := s.load(ctx, nil); err != nil {
		return nil, err
	}
	found = append(found, judged("manifests", counted(len(s.set.Characters), "character"), s.set.Diagnostics))
	found = append(found, s.examineLock()...)
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

func (s *session) examineLock() []finding {
	lock, problems, err := apply.OpenLock(s.lockPath)
	if err != nil {
		hint := "restore it from Git"
		if len(problems) > 0 {
			hint = problems[0].Hint
		}
		return []finding{{"lock", statusWrong, err.Error(), hint}}
	}
	s.lock = lock
	if missing(s.lockPath) {
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

// examineInstance says what an instance needs and whether it answers. One
// that no manifest and no binding uses is not asked.
func (s *session) examineInstance(ctx context.Context, in spec.Instance) finding {
	f := finding{Check: in.Name, Status: statusOK}
	account := openAccount(in, accountOptions{access: reading, lookup: s.lookup, parallelism: 1, log: s.log, userAgent: s.userAgent()})
	if account.Driver == nil {
		return finding{in.Name, statusWrong, account.Err.Error(), "see charsync providers"}
	}
	f.Message = s.variablesSet(in, account.Driver)
	scopes, used := s.uses(in, account.Driver)
	if !used {
		f.Status = statusUnused
		return f
	}
	if account.Err != nil {
		f.Status = statusWrong
		if providers.KindOf(account.Err) != providers.Unauthorized { // which is: no credential is set
			f.Message += "; " + account.Err.Error()
		}
		f.Hint = hintFor(account.Err)
		return f
	}
	scope := ""
	if len(account.Driver.Scope) > 0 {
		if len(scopes) == 0 {
			f.Status, f.Message = statusWarning, f.Message+"; not asked: no place is known"
			f.Hint = "set " + pathList(account.Driver.Scope) + " in a target or as defaults of the instance"
			return f
		}
		scope = scopes[0]
	}
	if err := askOnce(ctx, account.Provider, scope); err != nil {
		f.Status, f.Message = statusWrong, f.Message+"; "+err.Error()
		f.Hint = hintFor(err)
		return f
	}
	f.Message += "; answers"
	return f
}

// askOnce reads the first page of a list and no more.
func askOnce(ctx context.Context, p providers.Provider, scope string) error {
	for _, err := range p.List(ctx, scope) {
		return err
	}
	return nil
}

// variablesSet names the credential variables that are set. It never prints
// what they hold.
func (s *session) variablesSet(in spec.Instance, d *providers.Driver) string {
	names := []string{in.APIKeyEnv}
	if in.APIKeyEnv == "" {
		names = nil
		for _, group := range d.Env {
			names = append(names, group...)
		}
	}
	var words []string
	for _, name := range names {
		if s.lookup(name) != "" {
			words = append(words, name+" is set")
		}
	}
	if len(words) == 0 {
		return "no credential is set"
	}
	return strings.Join(words, ", ")
}

// uses reports whether manifests or bindings use an instance, in any
// environment, and the places where they do.
func (s *session) uses(in spec.Instance, d *providers.Driver) (scopes []string, used bool) {
	reach := map[string]bool{in.Name: true}
	for _, env := range s.project.Environments {
		for key, instance := range env.Targets {
			if instance == in.Name {
				reach[key] = true
			}
		}
	}
	places := map[string]bool{}
	for _, c := range s.set.Characters {
		for i := range c.Targets {
			t := &c.Targets[i]
			if !reach[t.Instance] {
				continue
			}
			used = true
			if scope := d.Desired(c, t, in).Scope; scope != "" {
				places[scope] = true
			}
		}
	}
	if s.lock != nil {
		for _, e := range s.lock.Entries() {
			if e.Target == in.Name {
				used = true
				if scope, _ := d.SplitID(e.ID); scope != "" {
					places[scope] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(places)), used
}

func pathList(paths []spec.Path) string {
	var words []string
	for _, p := range paths {
		words = append(words, string(p))
	}
	return strings.Join(words, " and ")
}

// hintFor is the next step after an answer that was none.
func hintFor(err error) string {
	var e *providers.Error
	if errors.As(err, &e) && e.Hint != "" {
		return e.Hint
	}
	switch providers.KindOf(err) {
	case providers.Unauthorized:
		return "the key is wrong or has expired: get a new one from the provider"
	case providers.Forbidden:
		return "the key may not do this: check its scopes and the plan it belongs to"
	case providers.NotJSON, providers.Redirected:
		return "something else than the API answered: check the base URL and whether a proxy or a challenge page is in between"
	case providers.RateLimited, providers.Quota, providers.Unavailable:
		return "try again later"
	case "":
		return "check the network and the base URL"
	}
	return "run with --log-level debug to see the requests"
}
