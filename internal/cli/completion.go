package cli

import (
	"io"

	"github.com/spf13/cobra"
)

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	cmd := manual{
		use:   "completion bash|zsh|fish|powershell",
		short: "Print a completion script for a shell",
		long: `Prints a script that teaches a shell to complete commands, flags, and the names,
targets and labels of the project in the working directory. For bash, the package
bash-completion has to be loaded first.`,
		examples: []string{
			"source <(charsync completion bash)                      # this shell",
			"charsync completion zsh > \"${fpath[1]}/_charsync\"       # every zsh",
			"charsync completion fish > ~/.config/fish/completions/charsync.fish",
			"charsync completion powershell | Out-String | Invoke-Expression",
		},
		exit: []code{exitDone, exitError},
	}.command(wantArgs(1, 1), func(cmd *cobra.Command, args []string) error {
		root := cmd.Root()
		scripts := map[string]func(io.Writer) error{
			"bash":       func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
			"zsh":        root.GenZshCompletion,
			"fish":       func(w io.Writer) error { return root.GenFishCompletion(w, true) },
			"powershell": root.GenPowerShellCompletionWithDesc,
		}
		script, ok := scripts[args[0]]
		if !ok {
			return oneOf("completion", args[0], shells)
		}
		return a.result("", script)
	})
	cmd.ValidArgs = shells
	return cmd
}

// complete registers what a flag's value may be, given what was typed so far.
func complete(cmd *cobra.Command, flag string, candidates func(typed string) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return candidates(typed), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil { // only for a flag that the command does not have: a defect that every run shows
		panic(err)
	}
}
