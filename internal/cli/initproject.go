package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/pkg/providers/all"
)

// initFlags are the answers that need not be asked for.
type initFlags struct {
	providers []string // instances of charsync.yaml; nil asks, or takes what there are credentials for
	from      []string // whose live characters become manifests
	scope     string   // where they are, at services with places
	cards     []string // files of cards that become manifests
	yes       bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	cmd := manual{
		aliases: []string{"new"},
		use:     "init [CARD...] [flags]",
		short:   "Start a project in the working directory",
		long: `Writes charsync.yaml, the schemas that editors check manifests with, one example
character, and the lines of .gitignore that keep run records out of Git. What is
there already stays as it is: init never overwrites.

It begins with cards, which it imports as charsync import does, or with the live
characters of a service (--from), and else with the example. On a terminal it
asks where the characters live, and whether to begin with those that are live
there, as far as the command line does not say it. Elsewhere, and with --yes, it
takes the services whose credentials are in the environment, or all of them.`,
		examples: []string{
			"charsync init",
			"charsync init --provider convai --from convai",
			"charsync init cards/*.png --provider alakazam",
			"charsync -C tavern init --yes && charsync -C tavern apply --sandbox --yes",
		},
		exit: []code{exitDone, exitError, exitInvalid, exitInterrupted},
	}.command(nil, func(cmd *cobra.Command, args []string) error {
		f.cards = args
		return a.initProject(cmd.Context(), f)
	})
	flags := cmd.Flags()
	flags.StringSliceVar(&f.providers, "provider", nil, "the characters live at `NAME`: "+strings.Join(driverNames(), ", "))
	flags.StringSliceVar(&f.from, "from", nil, "begin with the live characters of `NAME` instead of the example")
	flags.StringVar(&f.scope, "scope", "", "with --from: look in `GAME/WORLD`, at services with places")
	yesFlag(cmd, &f.yes)
	for _, flag := range []string{"provider", "from"} {
		complete(cmd, flag, func(string) []string { return driverNames() })
	}
	return cmd
}

func driverNames() []string {
	var names []string
	for _, d := range all.Drivers() {
		names = append(names, d.Name)
	}
	return names
}

func (f initFlags) check() error {
	for _, name := range f.providers {
		if _, ok := all.Driver(name); !ok {
			return oneOf("--provider", name, driverNames())
		}
	}
	for _, name := range f.from {
		if _, ok := all.Driver(name); !ok {
			return oneOf("--from", name, driverNames())
		}
	}
	return nil
}

func (a *app) initProject(ctx context.Context, f initFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	for _, card := range f.cards {
		if missing(a.path(card)) {
			return failed("name the files of cards, or none", "init: there is no card %s", card)
		}
	}
	dir := a.workDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return failed("create the folder first, or leave -C out", "init: %w", err)
	}
	defer root.Close()
	if err := a.askForProject(ctx, root, &f); err != nil {
		return err
	}
	if err := a.writeProject(root, dir, f); err != nil {
		return err
	}
	if err := a.lookAtLock(ctx); err != nil {
		return err
	}
	for _, target := range f.from {
		if err := a.importCharacters(ctx, target, importFlags{all: true, scope: f.scopeOf(target), format: formatText}); err != nil {
			return err
		}
	}
	if len(f.cards) > 0 {
		if err := a.importFiles(ctx, f.cards, importFlags{targets: f.providers, format: formatText}); err != nil {
			return err
		}
	}
	if len(f.from) > 0 && len(f.cards) == 0 {
		a.note("\nNext: charsync plan has nothing to do yet; edit a manifest, and plan again.")
		return nil
	}
	a.note("\nNext: charsync apply --sandbox --yes tries it without an account; charsync doctor says what real accounts need.")
	return nil
}

// scopeOf is the place to look in, at services that have places.
func (f initFlags) scopeOf(driver string) string {
	if d, ok := all.Driver(driver); !ok || len(d.Scope) == 0 {
		return ""
	}
	return f.scope
}

// writeProject writes the files of a new project that are not there yet. A
// project that begins with live characters has no example.
func (a *app) writeProject(root *os.Root, dir string, f initFlags) error {
	return a.result("", func(w io.Writer) error {
		example := len(f.from)+len(f.cards) == 0 && !hasManifests(root)
		for _, s := range starters(dir, f.providers) {
			if strings.HasPrefix(s.path, "characters/") && !example {
				continue
			}
			written, err := writeNew(root, s)
			if err != nil {
				return failed("nothing that was there has changed; fix that and run init again", "init: %w", err)
			}
			word := "kept   "
			if written {
				word = "created"
			}
			fmt.Fprintln(w, word, s.path)
		}
		if err := ignoreRecords(root, w); err != nil {
			return failed("add the line .charsync/ to .gitignore by hand", "init: %w", err)
		}
		return nil
	})
}

// hasManifests reports whether characters/ holds any YAML file already.
func hasManifests(root *os.Root) bool {
	found := false
	_ = fs.WalkDir(root.FS(), "characters", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (path.Ext(p) == ".yaml" || path.Ext(p) == ".yml") {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// writeNew writes a file that is not there yet.
func writeNew(root *os.Root, s starter) (bool, error) {
	if err := root.MkdirAll(path.Dir(s.path), 0o755); err != nil {
		return false, err
	}
	f, err := root.OpenFile(s.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.WriteString(s.data)
	return true, errors.Join(err, f.Close())
}

// ignoreRecords adds the lines for .charsync/, and for the temporary files that
// a kill leaves until the next run, to .gitignore unless the first is there.
func ignoreRecords(root *os.Root, w io.Writer) error {
	const line = ".charsync/"
	old, err := root.ReadFile(".gitignore")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for l := range strings.Lines(string(old)) {
		if l = strings.TrimSpace(l); l == line || l == "/"+line || l == ".charsync" {
			fmt.Fprintln(w, "kept    .gitignore")
			return nil
		}
	}
	add := "# charsync: run records, sandbox data, cache; what a killed run leaves\n" + line + "\n.*-????????.tmp\n"
	if len(old) > 0 && !strings.HasSuffix(string(old), "\n") {
		add = "\n" + add
	}
	f, err := root.OpenFile(".gitignore", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(add)
	word := "created"
	if len(old) > 0 {
		word = "added to"
	}
	fmt.Fprintln(w, word, ".gitignore")
	return errors.Join(err, f.Close())
}

// projectName makes a DNS-1123 label of a folder's name.
func projectName(dir string) string {
	name := strings.ToLower(filepath.Base(dir))
	name = regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(name, "-")
	name = strings.Trim(name[:min(len(name), 63)], "-")
	if name == "" {
		return "characters"
	}
	return name
}
