package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// paragraph is prose of the length that people write.
const paragraph = "She keeps the last inn before the pass, and she has heard every lie a traveller can tell; most of them, she thinks, are about money.\n"

// cast writes a project of n characters at Alakazam, each of about 5 KB, most
// of it prose.
func cast(dir string, n int) error {
	for i := range n {
		if err := character(dir, i, ""); err != nil {
			return err
		}
	}
	return write(filepath.Join(dir, "charsync.yaml"), benchmarkProject)
}

const benchmarkProject = "apiVersion: charsync.dev/v1\nkind: Project\nmetadata: {name: benchmark}\nspec:\n  policy: {maxChanges: 100%}\n"

// character writes the manifest of one character, with more at the end of its
// persona.
func character(dir string, i int, more string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: charsync.dev/v1\nkind: Character\nmetadata:\n  name: mira-%d\n  labels: {game: tavern, tier: main}\n", i)
	fmt.Fprintf(&b, "spec:\n  name: Mira %d\n  description: Runs the last inn before the pass.\n", i)
	fmt.Fprintf(&b, "  greeting: \"Wipe your boots. Then tell me what you're running from.\"\n  persona: |\n    Innkeeper %d.%s\n", i, more)
	b.WriteString(strings.Repeat("    "+paragraph, 21) + "  scene: |\n" + strings.Repeat("    "+paragraph, 14))
	b.WriteString("  visibility: unlisted\n  targets:\n    alakazam: {free: true}\n")
	return write(filepath.Join(dir, "characters", fmt.Sprint(i%100), fmt.Sprintf("%d.yaml", i)), b.String())
}

func write(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
