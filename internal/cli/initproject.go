package cli

import (
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

	"github.com/charsync/charsync/schemas"
)

func (a *app) initCommand() *cobra.Command {
	return manual{
		use:   "init",
		short: "Start a project in the working directory",
		long: `Writes charsync.yaml, the schemas that editors check manifests with, one example
character, and the lines of .gitignore that keep run records out of Git. What is
there already stays as it is: init never overwrites.`,
		examples: []string{
			"charsync init",
			"charsync -C tavern init && charsync -C tavern apply --sandbox --yes",
		},
		exit: []code{exitDone, exitError},
	}.command(noArgs, func(*cobra.Command, []string) error { return a.initProject() })
}

// starter is one file of a new project.
type starter struct {
	path string // with slashes, below the project
	data string
}

func starters(dir string) []starter {
	return []starter{
		{"charsync.yaml", fmt.Sprintf(starterProject, projectName(dir))},
		{"schemas/project.schema.json", string(schemas.Project)},
		{"schemas/character.schema.json", string(schemas.Character)},
		{"characters/mira/mira.yaml", starterCharacter},
		{"characters/mira/persona.md", starterPersona},
	}
}

func (a *app) initProject() error {
	dir := a.workDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return failed("create the folder first, or leave -C out", "init: %w", err)
	}
	defer root.Close()
	return a.result("", func(w io.Writer) error {
		example := !hasManifests(root)
		for _, s := range starters(dir) {
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
		a.note("\nNext: charsync apply --sandbox --yes tries it without an account; charsync doctor says what real accounts need.")
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

// ignoreRecords adds the line for .charsync/ to .gitignore unless it is there.
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
	add := "# charsync: run records, sandbox data, cache\n" + line + "\n"
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

const starterProject = `# yaml-language-server: $schema=./schemas/project.schema.json
apiVersion: charsync.dev/v1
kind: Project
metadata: {name: %s}
spec:
  manifests: ["characters/**/*.yaml"]
  # The services that targets name. Keys are read from the environment, never
  # from here: ALAKAZAM_API_KEY, CHARACTERAI_TOKEN, CONVAI_API_KEY, NPCBUILDER_TOKEN.
  providers:
    alakazam: {}
    characterai: {}
    convai: {}
    npcbuilder: {}
`

const starterCharacter = `# yaml-language-server: $schema=../../schemas/character.schema.json
apiVersion: charsync.dev/v1
kind: Character
metadata:
  name: mira-innkeeper
  labels: {role: innkeeper}
spec:
  name: Mira
  title: Keeper of the Gilded Hare
  description: Runs the last inn before the pass, and knows who went up and never came down.
  greeting: "Wipe your boots. Then tell me what you're running from."
  persona: {file: persona.md}
  visibility: private
  targets:
    alakazam: {}
    characterai: {categories: [Books]}
    convai: {voiceType: "US FEMALE 1"}
    npcbuilder: {game_id: tavern, world_id: gilded-hare, role: innkeeper, tone: casual}
`

const starterPersona = `Mira has kept the Gilded Hare for nineteen winters. She speaks in short
sentences and asks the second question people hope she will not ask.

She pours before she is asked, remembers every debt, and forgives most of them
in spring. She never says what is in the cellar.
`
