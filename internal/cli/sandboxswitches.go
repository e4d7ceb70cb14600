package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/view"
)

func (a *app) sandboxSwitchesCommand() *cobra.Command {
	var format string
	cmd := manual{
		use:   "switches",
		short: "The switches of the sandbox",
		long: `Lists what can be turned with charsync sandbox --switch NAME=VALUE: mostly facts
about a provider that nobody has settled, so that both readings can be tried.`,
		examples: []string{"charsync sandbox switches"},
		exit:     []code{exitDone, exitError},
	}.command(noArgs, func(*cobra.Command, []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		return a.result("", func(w io.Writer) error {
			if format == formatJSON {
				return view.JSON(w, sandbox.Switches())
			}
			for _, s := range sandbox.Switches() {
				_, err := fmt.Fprintf(w, "%s=%s\n    %s (%s)\n    accepts: %s\n", s.Name, s.Default, s.Doc, s.Source, s.Accepts())
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}
