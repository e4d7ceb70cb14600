package cli

import "github.com/spf13/cobra"

func (a *app) importCommand() *cobra.Command {
	return manual{use: "import", short: "x", long: "x"}.command(nil, nil)
}
