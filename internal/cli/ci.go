package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) ciCommand() *cobra.Command {
	cmd := manual{
		use:      "ci COMMAND",
		short:    "Run a command as a step of a pipeline",
		long:     "Runs another command as a step of a pipeline, and tells the pipeline what came of\nit: outputs for later steps, a summary, a comment on the pull request.",
		examples: []string{"charsync ci github --command plan", "charsync ci github --command apply --digest reviewed"},
		exit:     []code{exitDone, exitError},
	}.command(knownCommand, showHelp)
	cmd.AddCommand(a.ciGitHubCommand())
	return cmd
}

// ciFlags are those of a step. Those that the commands have too are handed on.
type ciFlags struct {
	runFlags
	command   string
	comment   string
	author    string
	failOn    []string
	digest    string
	planFile  string
	reportDir string
}

// The commands that a step can run.
const (
	ciPlan     = "plan"
	ciApply    = "apply"
	ciDrift    = "drift"
	ciValidate = "validate"
)

func ciCommands() []string { return []string{ciPlan, ciApply, ciDrift, ciValidate} }

const (
	commentSticky = "sticky"
	commentOff    = "off"

	baseNone       = "none"     // for --base
	digestReviewed = "reviewed" // for --digest
	failChanges    = "changes"  // for --fail-on, beside what drift has
	failBindings   = "bindings" // the change edits charsync.lock
	failSettings   = "settings" // the change edits charsync.yaml
)

func (a *app) ciGitHubCommand() *cobra.Command {
	var f ciFlags
	cmd := manual{
		use:   "github [flags]",
		short: "A step of GitHub Actions",
		long: `Runs plan, apply, drift or validate as a step of GitHub Actions. The action in
.github/actions/charsync is this command and nothing else; every flag can come
from its variable.

A plan is written to the log, to the step's summary, to a page in --report-dir,
and into the one comment that the pull request has for this project, environment
and selection. Where the token may not comment, as on a fork, the summary has it.
On a pull request only the characters that it changes are planned; without
credentials they are compared with those of the base branch.

apply --digest reviewed looks up the pull request that was merged, and the plan
that its comment shows. It plans again, and applies if the digest is the same.

What later steps can use: has-changes, creates, updates, deletes, drifted,
conflicts, digest, report-path, plan-path.`,
		examples: []string{
			"charsync ci github --command validate",
			"charsync ci github --command plan --env stage",
			"charsync ci github --command apply --digest reviewed",
			"charsync ci github --command drift --fail-on drift",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitStale, exitRefused, exitPart, exitInterrupted},
	}.command(noArgs, func(cmd *cobra.Command, _ []string) error {
		if err := f.check(); err != nil {
			return err
		}
		s, err := a.newStep(cmd, &f)
		if err != nil {
			return err
		}
		return s.run(cmd.Context())
	})
	f.registerSelection(a, cmd)
	f.registerPolicies(cmd)
	f.register(cmd)
	return cmd
}

func (f *ciFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	words := func(name, usage string, accepted []string) {
		flags.Lookup(name).Usage = usage + ": " + strings.Join(accepted, ", ")
		complete(cmd, name, func(string) []string { return accepted })
	}
	flags.StringVar(&f.command, "command", ciPlan, "")
	words("command", "what to run, a `COMMAND`", ciCommands())
	flags.StringVar(&f.comment, "comment", commentSticky, "")
	words("comment", "the comment on the pull request, `HOW`", []string{commentSticky, commentOff})
	flags.StringSliceVar(&f.failOn, "fail-on", nil, "")
	words("fail-on", "exit with 4 on `WHAT`", f.failures())
	flags.StringVar(&f.author, "comment-author", "github-actions[bot]", "the `LOGIN` that the token speaks for; comments of others are neither edited nor believed")
	flags.StringVar(&f.base, "base", "", "plan only what differs from this `REF`; by default what a pull request or a push started from, none for everything")
	flags.StringVar(&f.digest, "digest", "", "apply only a plan of this `DIGEST`, or of the reviewed one: reviewed")
	flags.StringVar(&f.planFile, "plan-file", "", "apply exactly the plan in `FILE`")
	flags.StringVar(&f.reportDir, "report-dir", "", "write reports into `DIR`; by default below the runner's folder for temporary files")
}

// failures are what a step can be told to fail on.
func (f *ciFlags) failures() []string {
	return append([]string{failChanges, failBindings, failSettings}, driftFailures()...)
}

func (f *ciFlags) check() error {
	if !slices.Contains(ciCommands(), f.command) {
		return oneOf("--command", f.command, ciCommands())
	}
	if !slices.Contains([]string{commentSticky, commentOff}, f.comment) {
		return oneOf("--comment", f.comment, []string{commentSticky, commentOff})
	}
	for _, what := range f.failOn {
		if !slices.Contains(f.failures(), what) {
			return oneOf("--fail-on", what, f.failures())
		}
	}
	if f.command != ciApply && (f.digest != "" || f.planFile != "") {
		return failed("give them with --command apply", "ci github: --digest and --plan-file are for apply")
	}
	if f.digest != "" && f.planFile != "" {
		return failed("a plan file is applied as it is; leave one of them out", "ci github: --digest and --plan-file say two different things")
	}
	return f.runFlags.check()
}
