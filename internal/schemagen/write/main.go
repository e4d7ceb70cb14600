// Command write brings the files that are derived from the field tables up
// to date. It is run by go generate in schemas.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/charsync/charsync/internal/schemagen"
)

func main() {
	if err := run(".."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string) error {
	files, err := schemagen.Files(os.DirFS(root))
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if now, err := os.ReadFile(path); err == nil && bytes.Equal(now, content) {
			continue
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("generated file: %w", err)
		}
	}
	return nil
}
