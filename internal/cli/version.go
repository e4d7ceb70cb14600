package cli

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/view"
)

// build says what this binary is.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from a tree with uncommitted changes
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (e Env) build() build {
	b := build{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if e.Build == nil {
		return b
	}
	if v := e.Build.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range e.Build.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (b build) String() string {
	s := "charsync " + b.Version
	if b.Revision != "" {
		s += " " + b.Revision[:min(12, len(b.Revision))]
	}
	if b.Modified {
		s += "+changes"
	}
	return fmt.Sprintf("%s (%s, %s)", s, b.Go, b.Platform)
}

func (a *app) versionCommand() *cobra.Command {
	var format string
	cmd := manual{
		use:      "version [--format text|json]",
		short:    "The version of this program",
		long:     "Prints the version, the revision it was built from, and the Go release that built it.",
		examples: []string{"charsync version", "charsync version --format json"},
		exit:     []code{exitDone, exitError},
	}.command(noArgs, func(*cobra.Command, []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		b := a.env.build()
		return a.result("", func(w io.Writer) error {
			if format == formatJSON {
				return view.JSON(w, b)
			}
			_, err := fmt.Fprintln(w, b)
			return err
		})
	})
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}
