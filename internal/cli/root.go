package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/charsync/charsync/pkg/spec"
)

// manual is what a command says about itself.
type manual struct {
	use      string
	aliases  []string // what other programs call it
	short    string
	long     string
	examples []string
	exit     []code
}

// command makes the cobra command of a manual; run may be nil for a command
// that only groups others.
func (m manual) command(args cobra.PositionalArgs, run func(*cobra.Command, []string) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: m.use, Aliases: m.aliases, Short: m.short, Long: m.long, Args: args, RunE: run,
		DisableFlagsInUseLine: true, SilenceErrors: true, SilenceUsage: true,
		Example:     "  " + strings.Join(m.examples, "\n  "),
		Annotations: map[string]string{annotationExit: exitStatus(m.exit)},
	}
	return cmd
}

const annotationExit = "exit"

func newRoot(a *app) *cobra.Command {
	root := manual{
		use:   "charsync COMMAND",
		short: "Characters as code for Character.AI, Alakazam, Convai, ElevenLabs, NPCBuilder and Vapi",
		long: `charsync keeps AI characters in YAML files and the services that run them in
step with those files: it shows what would change, changes exactly that, and
reads back what became of it.`,
		examples: []string{
			"charsync init                            # start a project",
			"charsync apply --sandbox --yes           # try everything without an account",
			"charsync plan                            # what would change",
			"charsync apply                           # change it, after asking",
		},
		exit: []code{exitDone, exitError, exitChanges, exitInvalid, exitStale, exitRefused, exitPart, exitInterrupted},
	}.command(knownCommand, showHelp)
	a.flags.register(root.PersistentFlags())
	root.Version = a.env.build().String()
	root.SetVersionTemplate("{{.Version}}\n")
	root.Flags().Bool("version", false, "print the version, as charsync version does")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := a.bindVariables(cmd); err != nil {
			return err
		}
		if err := a.checkGlobals(); err != nil {
			return err
		}
		a.reviews(cmd)
		return a.startProfile()
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Use: "help [COMMAND]", Short: "Help for a command", Hidden: true, RunE: helpFor(root)})
	root.SetOut(a.env.Out)
	root.SetErr(a.err)
	root.SetIn(a.env.In)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(cmd.OutOrStdout(), cmd) })
	root.SetUsageFunc(func(*cobra.Command) error { return nil })
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return failed(flagHint(cmd, err), "%s: %w", cmd.CommandPath(), err)
	})
	for _, c := range a.commands() {
		root.AddCommand(c)
	}
	describeVariables(root)
	return root
}

// commands lists every command of the program, in the order of its help.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.initCommand(),
		a.validateCommand(),
		a.fmtCommand(),
		a.renderCommand(),
		a.listCommand(),
		a.planCommand(),
		a.applyCommand(),
		a.watchCommand(),
		a.driftCommand(),
		a.statusCommand(),
		a.destroyCommand(),
		a.undoCommand(),
		a.runsCommand(),
		a.showCommand(),
		a.importCommand(),
		a.exportCommand(),
		a.pullCommand(),
		a.stateCommand(),
		a.providersCommand(),
		a.schemaCommand(),
		a.sandboxCommand(),
		a.doctorCommand(),
		a.ciCommand(),
		a.completionCommand(),
		a.manCommand(),
		a.versionCommand(),
	}
}

func (a *app) checkGlobals() error {
	if a.flags.parallelism < 1 || a.flags.parallelism > 256 {
		return failed("give a number from 1 to 256", "--parallelism: %d is out of range", a.flags.parallelism)
	}
	if a.flags.verbose && a.flags.logLevel == "warn" {
		a.flags.logLevel = "info"
	}
	_, err := a.logger()
	return err
}

// knownCommand refuses a word that is no command, with the nearest one.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return failed(meant(args[0], names, "see "+cmd.CommandPath()+" --help"), "%s: unknown command %q", cmd.CommandPath(), args[0])
}

// flagHint names the flag that was probably meant.
func flagHint(cmd *cobra.Command, err error) string {
	hint := "see " + cmd.CommandPath() + " --help"
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return hint
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := spec.DidYouMean(unknown.GetSpecifiedName(), names); near != "" {
		return "did you mean --" + near + "? " + hint
	}
	return hint
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

func helpFor(root *cobra.Command) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		cmd, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return knownCommand(root, args)
		}
		return cmd.Help()
	}
}

// helpWidth is the column at which flag texts are wrapped. It is fixed so that
// help reads the same everywhere and can be compared in tests.
const helpWidth = 100

func writeHelp(w io.Writer, cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag() // cobra adds --help only to commands that it runs
	fmt.Fprintln(w, cmd.Long)
	fmt.Fprintf(w, "\nUSAGE\n  %s\n", usageLine(cmd))
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(w, "\nALIASES\n  %s\n", strings.Join(cmd.Aliases, ", "))
	}
	writeCommands(w, cmd)
	if strings.TrimSpace(cmd.Example) != "" {
		fmt.Fprintf(w, "\nEXAMPLES\n%s\n", cmd.Example)
	}
	if local := cmd.LocalFlags(); local.HasAvailableFlags() {
		fmt.Fprintf(w, "\nFLAGS\n%s", local.FlagUsagesWrapped(helpWidth))
	}
	if inherited := cmd.InheritedFlags(); inherited.HasAvailableFlags() {
		fmt.Fprintf(w, "\nGLOBAL FLAGS\n%s", inherited.FlagUsagesWrapped(helpWidth))
	}
	if status := cmd.Annotations[annotationExit]; status != "" {
		fmt.Fprintf(w, "\nEXIT STATUS\n%s", status)
	}
}

// groups are the commands of the program by what they are for.
func groups() []group {
	return []group{
		{"WRITE CHARACTERS", []string{"init", "validate", "fmt", "render", "watch", "list"}},
		{"APPLY CHANGES", []string{"plan", "apply", "destroy", "undo", "runs", "show"}},
		{"FOLLOW THE SERVICES", []string{"drift", "status", "pull", "import", "export", "state"}},
		{"LOOK THINGS UP", []string{"providers", "schema", "doctor", "sandbox"}},
		{"OTHER COMMANDS", []string{"ci", "completion", "version"}},
	}
}

type group struct {
	title    string
	commands []string
}

// writeCommands lists the commands below one: those of the program in groups.
func writeCommands(w io.Writer, cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	one := func(c *cobra.Command) {
		if c.IsAvailableCommand() {
			fmt.Fprintf(w, "  %-11s %s\n", c.Name(), c.Short)
		}
	}
	if cmd.HasParent() {
		fmt.Fprintln(w, "\nCOMMANDS")
		for _, c := range cmd.Commands() {
			one(c)
		}
		return
	}
	for _, g := range groups() {
		fmt.Fprintf(w, "\n%s\n", g.title)
		for _, name := range g.commands {
			if c, _, err := cmd.Find([]string{name}); err == nil && c != cmd {
				one(c)
			}
		}
	}
}

func usageLine(cmd *cobra.Command) string {
	if cmd.HasParent() {
		return cmd.Parent().CommandPath() + " " + cmd.Use
	}
	return cmd.Use
}
