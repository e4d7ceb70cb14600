package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/schemas"
)

func (a *app) schemaCommand() *cobra.Command {
	var out string
	names := []string{"character", "project", "plan", "run"}
	cmd := manual{
		use:   "schema [character|project|plan|run] [--out FILE]",
		short: "Print a JSON Schema",
		long: `Prints the JSON Schema (draft-07) of a manifest, of charsync.yaml, of a plan, or
of a run. Editors check files against it when their first line names it; see
charsync init. Programs that read plans and runs can rely on the last two.`,
		examples: []string{
			"charsync schema character",
			"charsync schema project --out schemas/project.schema.json",
			"charsync schema plan",
		},
		exit: []code{exitDone, exitError},
	}.command(wantArgs(0, 1), func(_ *cobra.Command, args []string) error {
		known := map[string][]byte{"character": schemas.Character, "project": schemas.Project, "plan": schemas.Plan, "run": schemas.Run}
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
