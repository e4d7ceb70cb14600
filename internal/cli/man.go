package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand is for those who package charsync, and hidden from its users.
func (a *app) manCommand() *cobra.Command {
	cmd := manual{
		use:      "man DIR",
		short:    "Write the manual pages into a folder",
		long:     "Writes a manual page of section 1 for every command into a folder, which is made\nwhere it does not exist. Packages install them.",
		examples: []string{"charsync man dist/man"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(1, 1), func(cmd *cobra.Command, args []string) error {
		dir := a.path(args[0])
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return failed("check the folder and its permissions", "man: %w", err)
		}
		return a.writeManuals(cmd.Root(), dir)
	})
	cmd.Hidden = true
	return cmd
}

// writeManuals writes the page of a command and those of the commands below.
func (a *app) writeManuals(cmd *cobra.Command, dir string) error {
	page, err := a.manualPage(cmd)
	if err != nil {
		return failed("", "man: %s: %w", cmd.CommandPath(), err)
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	if err := writeFile(filepath.Join(dir, name), page, 0o644); err != nil {
		return err
	}
	for _, c := range cmd.Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		if err := a.writeManuals(c, dir); err != nil {
			return err
		}
	}
	return nil
}

// manualPage is a page in roff. Its date is that of the revision, so that a
// build can be repeated.
func (a *app) manualPage(cmd *cobra.Command) ([]byte, error) {
	b := a.env.build()
	date, err := time.Parse(time.RFC3339, b.Time)
	if err != nil {
		date = a.env.Now()
	}
	cmd.DisableAutoGenTag = true
	cmd.InitDefaultHelpFlag()
	var page bytes.Buffer
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: "charsync " + b.Version, Manual: "charsync"}
	if err := doc.GenMan(cmd, header, &page); err != nil {
		return nil, err
	}
	before, after, found := bytes.Cut(page.Bytes(), []byte(".SH SEE ALSO"))
	var out bytes.Buffer
	out.Write(before)
	if status := cmd.Annotations[annotationExit]; status != "" {
		out.WriteString(".SH EXIT STATUS\n.EX\n" + status + ".EE\n\n")
	}
	if found {
		out.WriteString(".SH SEE ALSO")
		out.Write(after)
	}
	return out.Bytes(), nil
}
