package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// runFlags are the flags of commands that look at characters, and of those
// that plan or apply.
type runFlags struct {
	env       string
	base      string
	origins   bool // of render
	selectors []string
	targets   []string
	prune     bool
	allow     []string
	drift     string
	conflict  string
	maxLoss   string
	yes       bool
	empty     bool   // it is meant that nothing is selected
	asks      string // the command that asks before it writes, unless yes; "" for one that does not

	lockTimeout time.Duration
}

// defaultLockTimeout is how long another run on the project is waited for.
const defaultLockTimeout = 2 * time.Second

// lockFlag adds the flag that says how long another run is waited for.
func lockFlag(cmd *cobra.Command, f *runFlags) {
	cmd.Flags().DurationVar(&f.lockTimeout, "lock-timeout", defaultLockTimeout,
		"wait `DURATION` for another run on this project to end, such as 30s or 5m")
}

// longestWait is the most that --lock-timeout takes.
const longestWait = 24 * time.Hour

// checkSpan refuses a duration that makes no sense for a flag.
func checkSpan(flag string, given, least, most time.Duration, example string) error {
	if given >= least && given <= most {
		return nil
	}
	return failed(fmt.Sprintf("give a duration from %s to %s, such as %s", shortSpan(least), shortSpan(most), example), "--%s: %v is out of range", flag, given)
}

// shortSpan is a duration as people write it: 1m, not 1m0s.
func shortSpan(d time.Duration) string {
	s := d.String()
	if short, ok := strings.CutSuffix(s, "m0s"); ok {
		s = short + "m"
	}
	if short, ok := strings.CutSuffix(s, "h0m"); ok {
		s = short + "h"
	}
	return s
}

func (f *runFlags) checkLockTimeout() error {
	return checkSpan("lock-timeout", f.lockTimeout, 0, longestWait, "30s")
}

// registerSelection adds the flags that say which characters are meant.
func (f *runFlags) registerSelection(a *app, cmd *cobra.Command) {
	flags := cmd.Flags()
	envFlag(a, cmd, &f.env)
	flags.StringArrayVar(&f.selectors, "select", nil, "only characters with such labels: `KEY=VALUE`, KEY!=VALUE or KEY; commas mean and")
	flags.StringSliceVar(&f.targets, "target", nil, "only at the target `INSTANCE`")
	flags.BoolVar(&f.empty, "allow-empty", false, "exit with 0 where nothing is selected: no project, or no character that is named")
	complete(cmd, "select", a.completeLabels)
	complete(cmd, "target", a.completeTargets)
}

// envFlag adds the flag that says which environment is meant.
func envFlag(a *app, cmd *cobra.Command, env *string) {
	cmd.Flags().StringVar(env, "env", "", "take the environment `NAME`: where charsync.yaml sends targets, and what manifests say of it")
	complete(cmd, "env", a.completeEnvironments)
}

// registerPolicies adds the flags that say what may be done.
func (f *runFlags) registerPolicies(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.prune, "prune", false, "delete what is bound in the lock but no longer in any manifest")
	flags.StringSliceVar(&f.allow, "allow", nil, "let the guard `RULE` pass: "+strings.Join(apply.Guards(), ", "))
	flags.StringVar(&f.drift, "drift", "", "`POLICY` where live changed and the manifest did not: "+strings.Join(driftPolicies(), ", "))
	flags.StringVar(&f.conflict, "conflict", "", "`POLICY` where both changed: "+strings.Join(conflictPolicies(), ", "))
	complete(cmd, "allow", func(string) []string { return apply.Guards() })
	complete(cmd, "drift", func(string) []string { return driftPolicies() })
	complete(cmd, "conflict", func(string) []string { return conflictPolicies() })
}

// alias lets a flag be given by another name, which other programs have for it
// and help does not list.
func alias(cmd *cobra.Command, other, flag string) {
	of := *cmd.Flags().Lookup(flag)
	of.Name, of.Shorthand, of.Hidden = other, "", true
	cmd.Flags().AddFlag(&of)
}

func yesFlag(cmd *cobra.Command, yes *bool) {
	cmd.Flags().BoolVarP(yes, "yes", "y", false, "do not ask; so does --auto-approve")
	alias(cmd, "auto-approve", "yes")
}

func driftPolicies() []string    { return []string{"enforce", "report", "fail"} }
func conflictPolicies() []string { return []string{"fail", "overwrite"} }

// losses are the degrees of loss, from the least to the greatest.
func losses() []string {
	var words []string
	for _, l := range providers.Losses() {
		words = append(words, string(l))
	}
	return words
}

// check refuses words that no project could accept.
func (f *runFlags) check() error {
	if f.drift != "" && !slices.Contains(driftPolicies(), f.drift) {
		return oneOf("--drift", f.drift, driftPolicies())
	}
	if f.conflict != "" && !slices.Contains(conflictPolicies(), f.conflict) {
		return oneOf("--conflict", f.conflict, conflictPolicies())
	}
	if f.maxLoss != "" && !slices.Contains(losses(), f.maxLoss) {
		return oneOf("--max-loss", f.maxLoss, losses())
	}
	for _, rule := range f.allow {
		if !slices.Contains(apply.Guards(), rule) {
			return oneOf("--allow", rule, apply.Guards())
		}
	}
	if err := f.checkLockTimeout(); err != nil {
		return err
	}
	_, err := f.parseSelectors()
	return err
}

func (f *runFlags) parseSelectors() ([]spec.Selector, error) {
	var selectors []spec.Selector
	for _, text := range f.selectors {
		s, err := spec.ParseSelector(text)
		if err != nil {
			return nil, failed("write key=value, key!=value or key, joined by commas", "--select: %w", err)
		}
		selectors = append(selectors, s)
	}
	return selectors, nil
}

// allowed is --allow as a set.
func (f *runFlags) allowed() map[string]bool {
	set := map[string]bool{}
	for _, rule := range f.allow {
		set[rule] = true
	}
	return set
}

// policy is the project's, with what the flags say in place of it.
func (f *runFlags) policy(p spec.Policy) spec.Policy {
	if f.drift != "" {
		p.Drift = f.drift
	}
	if f.conflict != "" {
		p.Conflict = f.conflict
	}
	if f.maxLoss != "" {
		p.MaxLoss = f.maxLoss
	}
	return p
}
