// Command charsync keeps AI characters in YAML files, and the services that
// run them in step with those files.
package main

import (
	"context"
	"os"

	"github.com/charsync/charsync/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), cli.OS()))
}
