package cli

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/charsync/charsync/internal/watch"
	"github.com/charsync/charsync/pkg/spec"
)

// watchScope is what matters of a project: charsync.yaml, what lies where the
// patterns look for manifests, and the prose that manifests refer to.
func watchScope(p *spec.Project, prose []string) watch.Scope {
	lock := path.Clean(p.State.Path)
	s := watch.Scope{
		Files:  append([]string{configName(p)}, prose...),
		Except: []string{lock, path.Join(path.Dir(lock), "."+path.Base(lock)+".*")},
	}
	for _, pattern := range p.Manifests {
		folder := "."
		for segment := range strings.SplitSeq(path.Dir(path.Clean(pattern)), "/") {
			if strings.ContainsAny(segment, "*?[") {
				break
			}
			folder = path.Join(folder, segment)
		}
		if strings.Contains(pattern, "/") {
			s.Trees = append(s.Trees, folder)
		} else {
			s.Globs = append(s.Globs, pattern)
		}
	}
	return s
}

// configName is the project's configuration relative to its folder, whether
// it is there or may come.
func configName(p *spec.Project) string {
	if p.File == "" {
		return spec.ConfigFile
	}
	return filepath.Base(p.File)
}
