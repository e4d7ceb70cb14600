package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/schemas"
)

func (a *app) schemaCommand() *cobra.Command {
	var out string
	names := []string{"character", "project"}
	cmd := manual{
		use:   "schema [character|project] [--out FILE]",
		short: "Print a JSON Schema",
		long: `Prints the JSON Schema (draft-07) of a manifest, or of charsync.yaml. Editors
check files against it when their first line names it; see charsync init.`,
		examples: []string{
			"charsync schema character",
			"charsync schema project --out schemas/project.schema.json",
		},
		exit: []code{exitDone, exitError},
	}.command(wantArgs(0, 1), func(_ *cobra.Command, args []string) error {
		known := map[string][]byte{"character": schemas.Character, "project": schemas.Project}
		name := "character"
		if len(args) > 0 {
			name = args[0]
		}
		schema, ok := known[name]
		if !ok {
			return oneOf("schema", name, names)
		}
		return a.result(out, func(w io.Writer) error {
			_, err := w.Write(schema)
			return err
		})
	})
	cmd.ValidArgs = names
	outFlag(cmd, &out)
	return cmd
}

// outFlag registers --out for commands whose result may go to a file.
func outFlag(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVar(out, "out", "", "write the result to `FILE` instead of stdout")
}
