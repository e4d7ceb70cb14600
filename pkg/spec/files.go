package spec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxFiles bounds the manifests of one project.
const maxFiles = 100_000

// finder lists the manifests of a project.
type finder struct {
	project  *Project
	tree     fs.FS
	globs    []glob
	used     []bool // which of the globs matched a file
	missed   int    // near misses that were named
	found    map[string]bool
	findings []Diagnostic
}

func (f *finder) fail(code string, severity Severity, file, message, hint string) {
	pos := Pos{File: file, Line: 1, Col: 1}
	if file == "" {
		pos = Pos{}
	}
	f.findings = append(f.findings, Diagnostic{Pos: pos, Severity: severity, Code: code, Message: message, Hint: hint})
}

// find lists the manifests in order: those that the project's patterns match,
// or those that the paths name.
func (f *finder) find(ctx context.Context, paths []string) ([]string, error) {
	f.found = map[string]bool{}
	for _, pattern := range f.project.Manifests {
		g, err := parseGlob(pattern)
		if err != nil {
			f.fail(CodeGlob, Error, f.project.config(), fmt.Sprintf("the pattern %q can't be used", pattern), err.Error())
			continue
		}
		f.globs = append(f.globs, g)
	}
	f.used = make([]bool, len(f.globs))
	var err error
	if len(paths) == 0 {
		err = f.walk(ctx, ".", f.matches)
	}
	for _, p := range paths {
		if err == nil {
			err = f.named(ctx, p)
		}
	}
	if err != nil {
		return nil, err
	}
	delete(f.found, f.project.config())
	if len(paths) == 0 && f.project.File != "" {
		f.idlePatterns()
	}
	if len(f.found) == 0 && len(f.findings) == 0 {
		f.noManifests()
	}
	return sortedKeys(f.found), nil
}

func (f *finder) noManifests() {
	f.fail(CodeNoManifests, Warning, f.project.config(), "no manifest matches "+strings.Join(f.project.Manifests, ", "), "create characters/NAME.yaml, or correct spec.manifests; charsync init writes an example")
}

func (f *finder) matches(file string) bool {
	found := false
	for i, g := range f.globs {
		if g.match(file) {
			f.used[i], found = true, true
		}
	}
	return found
}

func (f *finder) below(folder string) bool {
	return slices.ContainsFunc(f.globs, func(g glob) bool { return g.below(folder) })
}

var errEnough = errors.New("too many files")

// walk adds the files below a folder that take accepts.
func (f *finder) walk(ctx context.Context, from string, take func(file string) bool) error {
	err := fs.WalkDir(f.tree, from, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			d := unreadable(file, err)
			f.fail(d.Code, Error, file, d.Message, d.Hint)
			return nil
		case entry.IsDir():
			if hidden(path.Base(file)) || from == "." && !f.below(file) {
				return fs.SkipDir
			}
			return nil
		case entry.Type()&fs.ModeSymlink != 0:
			return f.link(file, take)
		case take(file):
			return f.add(file)
		default:
			f.nearMiss(file)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		f.fail(CodeTooMany, Error, f.project.config(), fmt.Sprintf("the patterns match more than %d files", maxFiles), "narrow spec.manifests")
		return nil
	}
	return err
}

// link takes a symbolic link to a file; one to a folder is not followed.
func (f *finder) link(file string, take func(string) bool) error {
	info, err := fs.Stat(f.tree, file)
	if err == nil && info.IsDir() {
		if f.below(file) {
			f.fail(CodeNotFollowed, Warning, file, file+" is a symbolic link to a folder and is not followed", "name the folder itself in spec.manifests, or copy it")
		}
		return nil
	}
	if take(file) {
		return f.add(file) // reading it says what is wrong
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && f.below(file) { // what is behind it may be manifests
		f.fail(CodeNotFollowed, Warning, file, file+" is a symbolic link out of the project and is not followed", "copy what it leads to into the project")
	}
	return nil
}

func (f *finder) add(file string) error {
	if len(f.found) >= maxFiles && !f.found[file] {
		return errEnough
	}
	f.found[file] = true
	return nil
}

// named adds a file or folder that was asked for by name.
func (f *finder) named(ctx context.Context, name string) error {
	file, ok := f.project.Relative(name)
	if !ok {
		f.fail(CodeOutside, Error, filepath.ToSlash(name), name+" is outside the project "+f.project.Dir, "name a file of the project, or another project with -C or --config")
		return nil
	}
	info, err := fs.Stat(f.tree, file)
	if err != nil {
		d := unreadable(file, err)
		f.fail(d.Code, Error, file, d.Message, d.Hint)
		return nil
	}
	if !info.IsDir() {
		return f.add(file)
	}
	before := len(f.found)
	if err := f.walk(ctx, file, f.matches); err != nil || len(f.found) > before {
		return err
	}
	return f.walk(ctx, file, func(file string) bool {
		ext := path.Ext(file)
		return (ext == ".yaml" || ext == ".yml") && !Passing(path.Base(file))
	})
}

// Relative turns a path, absolute or relative to the project, into one
// relative to the project with slashes; ok is false outside.
func (p *Project) Relative(name string) (file string, ok bool) {
	if filepath.IsAbs(name) {
		rel, err := filepath.Rel(p.Dir, name)
		if err != nil || !filepath.IsLocal(rel) {
			real, err1 := filepath.EvalSymlinks(name)
			dir, err2 := filepath.EvalSymlinks(p.Dir)
			if err1 != nil || err2 != nil {
				return "", false
			}
			if rel, err = filepath.Rel(dir, real); err != nil {
				return "", false
			}
		}
		name = rel
	}
	name = filepath.Clean(name)
	if !filepath.IsLocal(name) {
		return "", false
	}
	return filepath.ToSlash(name), true
}

// MayHold reports whether manifests could be in a folder, by its path
// relative to the project with slashes.
func (p *Project) MayHold(folder string) bool {
	return slices.ContainsFunc(p.Manifests, func(pattern string) bool {
		g, err := parseGlob(pattern)
		return err == nil && g.below(folder)
	})
}
