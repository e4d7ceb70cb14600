package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// globals are the flags that every command takes.
type globals struct {
	dir         string
	config      string
	sandbox     bool
	parallelism int
	quiet       bool
	noColor     bool
	logLevel    string
	logFormat   string
	verbose     bool
	timings     bool
	full        bool
	cpuProfile  string
}

func (g *globals) register(f *pflag.FlagSet) {
	f.StringVarP(&g.dir, "chdir", "C", "", "run as if started in `DIR`; other paths are relative to it")
	f.StringVar(&g.config, "config", "", "use this project `FILE` instead of the charsync.yaml found from the working directory upwards")
	f.BoolVar(&g.sandbox, "sandbox", false, "run against the built-in sandbox; the project's lock and credentials are not touched")
	f.IntVar(&g.parallelism, "parallelism", 8, "work on `N` characters at a time; each provider's own pace still holds")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "print the result and errors only: no progress, no notes, and of an apply that does not ask its outcomes alone")
	f.BoolVar(&g.noColor, "no-color", false, "no colour; so do NO_COLOR, TERM=dumb and not being a terminal")
	f.StringVar(&g.logLevel, "log-level", "warn", "log to stderr from `LEVEL` on: debug, info, warn, error")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "log what is done, as --log-level info does, and show all of a plan: ids, every field of new characters, losses told before, costs")
	f.BoolVar(&g.full, "full", false, "print the texts of a plan or a run to their last word, and not by their beginnings")
	f.BoolVar(&g.timings, "timings", false, "say what a plan costs in requests, and on stderr at the end where the time went; as JSON with --log-format json")
	f.StringVar(&g.cpuProfile, "cpuprofile", "", "write a CPU profile to `FILE`, for people who work on charsync")
	f.StringVar(&g.logFormat, "log-format", "text", "log as `FORMAT`: text, json")
}

// variable is the environment variable of a flag: --log-level is
// CHARSYNC_LOG_LEVEL.
func variable(flag string) string {
	return "CHARSYNC_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// hasNoVariable reports the flags that ask for something else than the
// command: an environment must not turn every run into help.
func hasNoVariable(f *pflag.Flag) bool { return f.Name == "help" || f.Name == "version" }

// narrowing lists the flags that keep a command from what it would do without
// them.
func narrowing() []string {
	return []string{"base", "digest", "env", "expect-digest", "id", "name", "resume", "reviewed", "scope", "select", "target"}
}

// refuseEmpty refuses such a flag that is given and says nothing, as
// --target "$PLACE" where no PLACE is set: the command would do more than
// was meant.
func refuseEmpty(cmd *cobra.Command) error {
	for _, name := range narrowing() {
		f := cmd.Flags().Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		empty := f.Value.String() == ""
		if list, ok := f.Value.(pflag.SliceValue); ok {
			empty = !slices.ContainsFunc(list.GetSlice(), func(s string) bool { return s != "" })
		}
		if empty {
			return failed("give it a value, or leave it out; is a variable in the command line not set?", "%s: --%s is empty", cmd.CommandPath(), name)
		}
	}
	return nil
}

// bindVariables gives flags that are not on the command line the values of
// their variables. A variable that is empty counts as not there.
func (a *app) bindVariables(cmd *cobra.Command) error {
	if err := refuseEmpty(cmd); err != nil {
		return err
	}
	var first error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if first != nil || f.Changed || hasNoVariable(f) {
			return
		}
		value := a.env.lookup(variable(f.Name))
		if value == "" {
			return
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil {
			first = failed("set it to what --"+f.Name+" takes, or unset it; see charsync "+cmd.Name()+" --help",
				"%s: invalid value %q for --%s", variable(f.Name), value, f.Name)
		}
	})
	return first
}

// describeVariables names in each flag's help the variable that sets it.
func describeVariables(cmd *cobra.Command) {
	describe := func(f *pflag.Flag) {
		if !hasNoVariable(f) {
			f.Usage += " [$" + variable(f.Name) + "]"
		}
	}
	cmd.PersistentFlags().VisitAll(describe)
	cmd.LocalNonPersistentFlags().VisitAll(describe)
	for _, c := range cmd.Commands() {
		describeVariables(c)
	}
}
