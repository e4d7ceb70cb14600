package watch

import (
	"path"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Scope says which files of a project matter. All paths are relative to the
// project, with slashes.
type Scope struct {
	Trees  []string // folders, with everything below them; "." is the project
	Files  []string // single files, wherever they lie
	Globs  []string // patterns as path.Match has them, for files of the project's own folder
	Except []string // such patterns for files that never matter
}

func (s Scope) equal(o Scope) bool {
	return slices.Equal(s.Trees, o.Trees) && slices.Equal(s.Files, o.Files) &&
		slices.Equal(s.Globs, o.Globs) && slices.Equal(s.Except, o.Except)
}

// area is a scope made ready for questions.
type area struct {
	scope Scope
	files map[string]bool
	above map[string]bool // folders on the way to a tree or a file
}

func newArea(s Scope) *area {
	a := &area{scope: s, files: map[string]bool{}, above: map[string]bool{".": true}}
	for _, tree := range s.Trees {
		a.lead(tree)
	}
	for _, file := range s.Files {
		a.files[file] = true
		a.lead(path.Dir(file))
	}
	return a
}

func (a *area) lead(folder string) {
	for ; folder != "." && !a.above[folder]; folder = path.Dir(folder) {
		a.above[folder] = true
	}
}

// folder reports whether a folder is to be watched.
func (a *area) folder(rel string) bool {
	return !hidden(rel) && (a.above[rel] || a.inTree(rel))
}

// file reports whether a file's bytes matter.
func (a *area) file(rel string) bool {
	switch {
	case hidden(rel), matches(a.scope.Except, rel):
		return false
	case a.files[rel]:
		return true
	case spec.Passing(path.Base(rel)):
		return false
	}
	return a.inTree(rel) || !strings.Contains(rel, "/") && matches(a.scope.Globs, rel)
}

func (a *area) inTree(rel string) bool {
	return slices.ContainsFunc(a.scope.Trees, func(tree string) bool { return within(tree, rel) })
}

// within reports whether a path is a folder or lies below it.
func within(folder, rel string) bool {
	return folder == "." || rel == folder || strings.HasPrefix(rel, folder+"/")
}

func matches(patterns []string, rel string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, rel)
		return ok && err == nil
	})
}

// hidden reports what lies in a folder that holds neither manifests nor prose.
func hidden(rel string) bool {
	for segment := range strings.SplitSeq(rel, "/") {
		if segment == ".git" || segment == ".charsync" {
			return true
		}
	}
	return false
}
