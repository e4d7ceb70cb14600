package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The output formats that several commands share.
const (
	formatText     = "text"
	formatMarkdown = "markdown"
	formatJSON     = "json"
	formatHTML     = "html"
)

// formatFlag registers --format with what the command accepts; the first is
// the default.
func formatFlag(cmd *cobra.Command, format *string, accepted ...string) {
	cmd.Flags().StringVarP(format, "format", "o", accepted[0], "print the result as `FORMAT`: "+strings.Join(accepted, ", "))
	complete(cmd, "format", func(string) []string { return accepted })
}

func checkFormat(format string, accepted ...string) error {
	if slices.Contains(accepted, format) {
		return nil
	}
	return oneOf("--format", format, accepted)
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return failed("see "+cmd.CommandPath()+" --help", "%s takes no argument, got %q", cmd.CommandPath(), args[0])
}

// wantArgs accepts from least to most arguments; most below 0 is any number.
func wantArgs(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		fact := "%s: too many arguments"
		if len(args) < least {
			fact = "%s: an argument is missing"
		}
		return failed("usage: "+usageLine(cmd), fact, cmd.CommandPath())
	}
}
