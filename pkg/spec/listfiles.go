package spec

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Files lists the manifests of a project, or those that paths name, and the
// project's own file where it exists and the paths do not leave it out. They
// are relative to the project and in order. What keeps a path from being
// listed is in the diagnostics.
func Files(ctx context.Context, p *Project, paths []string) ([]string, []Diagnostic, error) {
	root, err := os.OpenRoot(p.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open the project: %w", err)
	}
	defer root.Close()
	var others []string
	own := p.File != "" && len(paths) == 0
	for _, name := range paths {
		file, ok := p.Relative(name)
		own = own || p.File != "" && ok && (file == "." || file == p.config() || strings.HasPrefix(p.config(), file+"/"))
		if !ok || p.File == "" || file != p.config() {
			others = append(others, name)
		}
	}
	f := &finder{project: p, tree: root.FS()}
	var files []string
	if len(others) > 0 || len(paths) == 0 {
		if files, err = f.find(ctx, others); err != nil {
			return nil, nil, fmt.Errorf("list the manifests: %w", err)
		}
	}
	if own {
		files = append(files, p.config())
		slices.Sort(files)
	}
	return files, f.findings, nil
}

// ReadFile reads a regular file of the project, as loading does: with a bound
// on its size, and through root.
func ReadFile(root *os.Root, file string) ([]byte, *Diagnostic) {
	data, problem := readFile(root.FS(), file, nil)
	if problem != nil {
		problem.Pos, problem.Severity = Pos{File: file, Line: 1, Col: 1}, Error
	}
	return data, problem
}
