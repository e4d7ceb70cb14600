package schemagen

import (
	"fmt"
	"io/fs"

	"github.com/charsync/charsync/pkg/providers/all"
)

// Files are the generated files of the project, by their paths, as they
// should be. root is the project's folder.
func Files(root fs.FS) (map[string][]byte, error) {
	drivers := all.Drivers()
	base, err := fs.ReadFile(root, "schemas/character.base.json")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	schema, err := Schema(base, drivers)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	out := map[string][]byte{
		"schemas/character.schema.json": schema,
		"docs/provider-matrix.md":       Matrix(drivers),
	}
	if readme, err := fs.ReadFile(root, "README.md"); err == nil {
		out["README.md"] = Inserted(readme, drivers)
	}
	return out, nil
}
