package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/spec"
)

// findings is what validate found, as its JSON has it.
type findings struct {
	Valid       bool              `json:"valid"`
	Characters  int               `json:"characters"`
	Errors      int               `json:"errors"`
	Warnings    int               `json:"warnings"`
	Diagnostics []spec.Diagnostic `json:"diagnostics"`

	project *spec.Project // whose lines the diagnostics quote; nil: they have them
}

// quoting adds the lines that diagnostics are about, without the credentials
// in them. It reads the files once more, so it is for those that are really
// shown.
func (f findings) quoting(shown []spec.Diagnostic) []spec.Diagnostic {
	if f.project != nil {
		shown = f.project.WithSource(shown)
	}
	return lint.Conceal(shown)
}

func newFindings(characters int, found []spec.Diagnostic) findings {
	f := findings{Characters: characters, Diagnostics: found}
	for _, d := range found {
		switch d.Severity {
		case spec.Error:
			f.Errors++
		case spec.Warning:
			f.Warnings++
		}
	}
	f.Valid = f.Errors == 0
	if f.Diagnostics == nil {
		f.Diagnostics = []spec.Diagnostic{}
	}
	return f
}

func (f findings) summary() string {
	if f.Valid {
		return "Valid: " + counted(f.Characters, "character") + "."
	}
	return "Not valid."
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (a *app) validateCommand() *cobra.Command {
	var f runFlags
	var in projectFlags
	var format, out string
	cmd := manual{
		aliases: []string{"lint"},
		use:     "validate [PATH...] [flags]",
		short:   "Check manifests without a connection",
		long: `Checks the manifests, or only those in the given files and folders, against the
schema, each other, and what each provider accepts: its words, its limits, what
it can't clear and what it would lose; and reads the prose for what was left in
by mistake. Without --env it checks in the same way what manifests say otherwise
in each environment, and names that in a finding. It opens no connection and
needs no credential. --format github shows findings at the lines of a pull
request, --format sarif is a log for code scanning; their paths start at the Git
root.

--max-loss LEVEL makes an error of every field that loses more than that at a
provider. Each level lets pass what those before it do: none (arrives whole),
write-only (is never returned), folded (becomes a part of another field),
truncated (is longer than what is heeded), dropped (anything).`,
		examples: []string{
			"charsync validate",
			"charsync validate characters/mira",
			"charsync validate --recursive            # every project of a monorepo",
			"charsync validate --max-loss folded",
			"charsync validate --format json | jq .errors",
			"charsync validate --format sarif --out charsync.sarif",
		},
		exit: []code{exitDone, exitError, exitInvalid},
	}.command(nil, func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(format, formatsOfFindings()...); err != nil {
			return err
		}
		if in.recursive && (format != formatText || out != "") {
			return failed("run it with -C in each project", "validate: --recursive prints text, to stdout")
		}
		in.empty = f.empty
		return a.inEach(in, args, func(paths []string) error {
			found, err := a.validate(cmd.Context(), &f, paths)
			if err != nil {
				return err
			}
			return a.showFindings(found, format, out)
		})
	})
	in.register(cmd)
	f.registerSelection(a, cmd)
	f.registerBase(cmd)
	cmd.Flags().StringVar(&f.maxLoss, "max-loss", "", "fail where a provider loses more of a field than `LEVEL`: "+strings.Join(losses(), ", "))
	complete(cmd, "max-loss", func(string) []string { return losses() })
	formatFlag(cmd, &format, formatsOfFindings()...)
	outFlag(cmd, &out)
	return cmd
}

func (a *app) showFindings(found findings, format, out string) error {
	err := a.result(out, func(w io.Writer) error {
		switch format {
		case formatJSON:
			found.Diagnostics = found.quoting(found.Diagnostics)
			return view.JSON(w, found)
		case formatSARIF:
			return view.SARIF(w, found.quoting(found.Diagnostics), view.Scan{Version: a.env.build().Version, Rules: Codes(), Repository: a.repository()})
		}
		shown := gathered(found.Diagnostics)
		if a.flags.quiet {
			shown = only(shown, spec.Error, spec.Warning)
		}
		if err := a.showForPeople(w, found.quoting(shown), format); err != nil {
			return err
		}
		_, err := fmt.Fprintln(w, found.summary())
		return err
	})
	if err == nil && !found.Valid {
		return end(exitInvalid)
	}
	return err
}

// showForPeople prints findings on a terminal, or as annotations at the lines
// that a pull request changes.
func (a *app) showForPeople(w io.Writer, found []spec.Diagnostic, format string) error {
	if format == formatGitHub {
		return view.Annotations(w, found, a.repository(), titles())
	}
	return view.Diagnostics(w, found, a.outStyle())
}

func (a *app) validate(ctx context.Context, f *runFlags, args []string) (findings, error) {
	if err := f.check(); err != nil {
		return findings{}, err
	}
	if gone := slices.IndexFunc(args, func(arg string) bool { return missing(a.path(arg)) }); gone >= 0 {
		if !f.empty {
			return findings{}, noManifests(args[gone])
		}
		if args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return missing(a.path(arg)) }); len(args) == 0 {
			return newFindings(0, nil), nil
		}
	}
	file, dir, err := a.locate()
	if err != nil {
		return findings{}, err
	}
	p, found := spec.DefaultProject(dir), []spec.Diagnostic(nil)
	if file != "" {
		if p, found = a.readProject(file); p == nil || hasErrors(found) {
			return newFindings(0, found), nil
		}
	}
	s, err := a.newSession(p)
	if err != nil {
		return findings{}, err
	}
	defer s.close()
	if err := s.openLock(ctx); err != nil {
		return findings{}, err
	}
	v := &validation{session: s, paths: a.paths(args), found: found, names: map[string]bool{}}
	if err := v.everywhere(ctx, f); err != nil {
		return findings{}, err
	}
	if err := v.wantFound(f, args); err != nil {
		return findings{}, err
	}
	result := newFindings(len(v.names), v.found)
	result.project = p
	return result, nil
}

// faults is what is wrong with the selected manifests, and what a careful
// reader would say of their prose, by place.
func (s *session) faults(e *apply.Engine) []spec.Diagnostic {
	defer s.timings.begin("validate")()
	found := append(e.Validate(), e.Lint()...)
	spec.SortDiagnostics(found)
	return found
}
