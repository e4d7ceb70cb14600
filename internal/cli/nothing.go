package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/pkg/spec"
)

// startAt makes the search for charsync.yaml begin where the paths among the
// arguments are, so that a project below the working directory is found by
// its files. Paths of two projects are refused.
func (a *app) startAt(args []string) error {
	places, err := a.placesOf(slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return !looksLikePath(arg) }))
	switch {
	case err != nil || len(places) == 0:
		return err
	case len(places) > 1:
		return failed("run it once for each, with -C", "%s and %s are in different projects: %s and %s",
			places[0].paths[0], places[1].paths[0], a.shortened(places[0].dir), a.shortened(places[1].dir))
	}
	a.start = places[0].dir
	return nil
}

// place is a project that arguments are in.
type place struct {
	dir   string
	paths []string // as they were given
}

// placesOf sorts paths by the project that holds them.
// What is in no project counts for the one of the working directory. With
// --config there is one project, and none is looked for.
func (a *app) placesOf(args []string) ([]place, error) {
	if a.flags.config != "" {
		return nil, nil
	}
	var places []place
	for _, arg := range args {
		dir, ok := folderOf(a.path(arg))
		if !ok {
			continue
		}
		file, found, err := spec.FindProject(dir)
		if err != nil {
			return nil, failed("name the project file with --config", "look for charsync.yaml above %s: %w", arg, err)
		}
		dir = a.workDir()
		if found {
			dir = filepath.Dir(file)
		}
		at := slices.IndexFunc(places, func(p place) bool { return p.dir == dir })
		if at < 0 {
			at = len(places)
			places = append(places, place{dir: dir})
		}
		places[at].paths = append(places[at].paths, arg)
	}
	return places, nil
}

// folderOf is the folder that a path is, or is in. A file that is gone has one
// too, as long as that is there.
func folderOf(path string) (string, bool) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return path, true
	}
	path = filepath.Dir(path)
	info, err := os.Stat(path)
	return path, err == nil && info.IsDir()
}

// shortened is a path relative to the working directory where that is shorter.
func (a *app) shortened(path string) string {
	if rel, err := filepath.Rel(a.workDir(), path); err == nil && len(rel) < len(path) {
		return filepath.ToSlash(rel)
	}
	return path
}

// wantSelected refuses a command line that means no character at all, unless
// that is meant: a mistyped label must not pass for a check.
func (s *session) wantSelected(f *runFlags) error {
	if f.empty {
		return nil
	}
	if err := s.noProject(); err != nil {
		return err
	}
	if len(s.selection.Selectors) == 0 || len(s.chosen()) > 0 {
		return nil
	}
	written := strings.Join(f.selectors, " --select ")
	return failed(s.labelHint(), "--select %s matches none of %s", written, counted(len(s.set.Characters), "character"))
}

const meantEmpty = "--allow-empty if that is meant"

// noProject is the error of a folder in which nothing of charsync is; nil
// where something is.
func (s *session) noProject() error {
	if s.project.File != "" || len(s.set.Characters) > 0 || hasErrors(s.set.Diagnostics) || s.lock != nil && len(s.lock.Entries()) > 0 {
		return nil
	}
	return nothingHere(s.project)
}

func nothingHere(p *spec.Project) error {
	return failed("name the project's folder with -C or its file with --config, or start one with charsync init; "+meantEmpty,
		"there is no charsync.yaml in %s or above it, and no manifest there (looked for %s)", p.Dir, strings.Join(p.Manifests, ", "))
}

// labelHint says what could have been selected: the values of the labels that
// the selectors name, or the labels that there are.
func (s *session) labelHint() string {
	values := map[string]bool{}
	keys := map[string]bool{}
	for _, c := range s.set.Characters {
		for key, value := range c.Labels {
			keys[key] = true
			for _, x := range s.selection.Selectors {
				if slices.ContainsFunc(x, func(t spec.Term) bool { return t.Key == key }) {
					values[key+"="+value] = true
				}
			}
		}
	}
	known := slices.Sorted(maps.Keys(values))
	what := "the manifests have "
	if len(known) == 0 {
		known, what = slices.Sorted(maps.Keys(keys)), "the manifests have the labels "
	}
	if len(known) == 0 {
		return "no manifest has labels; " + meantEmpty
	}
	if more := len(known) - shownLabels; more > 0 {
		known = append(known[:shownLabels], fmt.Sprintf("%d more", more))
	}
	return what + strings.Join(known, ", ") + "; " + meantEmpty
}

// shownLabels is how many labels a hint lists.
const shownLabels = 12

func noManifests(path string) error {
	return failed("see spec.manifests in charsync.yaml for where manifests are looked for; "+meantEmpty, "%s: no manifest of the project is there", path)
}

// recursively finds the projects at and below the working directory.
func (a *app) recursively() ([]place, error) {
	var places []place
	seen := 0
	err := filepath.WalkDir(a.workDir(), func(path string, d fs.DirEntry, err error) error {
		if seen++; seen > maxSearched {
			return fmt.Errorf("there are more than %d files and folders below %s", maxSearched, a.workDir())
		}
		switch {
		case err != nil && d != nil && d.IsDir() && errors.Is(err, fs.ErrPermission):
			return fs.SkipDir
		case err != nil:
			return err
		case d.IsDir() && path != a.workDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case !d.IsDir() && d.Name() == spec.ConfigFile:
			places = append(places, place{dir: filepath.Dir(path)})
		}
		return nil
	})
	if err != nil {
		return nil, failed("run it in the folder of a project, or name the projects by paths", "look for projects: %w", err)
	}
	if len(places) == 0 {
		return nil, failed("name the project's folder with -C, or start one with charsync init; "+meantEmpty, "there is no charsync.yaml in %s or below it", a.workDir())
	}
	return places, nil
}

// maxSearched bounds the files and folders that recursively looks at.
const maxSearched = 1_000_000

// projectFlags choose the projects that a command without a connection is for.
type projectFlags struct {
	recursive bool
	empty     bool
}

func (f *projectFlags) register(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.recursive, "recursive", "R", false, "do it in every project at and below the working directory")
}

// inEach runs a command in every project that its paths are in, or with
// --recursive in every one that there is. The exit code is the gravest.
func (a *app) inEach(f projectFlags, args []string, run func(paths []string) error) error {
	places, err := a.placesOf(args)
	if f.recursive {
		if len(args) > 0 || a.flags.config != "" {
			return failed("leave one of them out", "--recursive finds the projects itself, and takes neither paths nor --config")
		}
		if places, err = a.recursively(); err != nil && f.empty {
			return nil
		}
	}
	switch {
	case err != nil:
		return err
	case len(places) == 0:
		return run(args)
	case len(places) == 1:
		a.start = places[0].dir
		return run(places[0].paths)
	}
	gravest := exitDone
	for _, p := range places {
		a.start = p.dir
		a.note("%s:", a.shortened(p.dir))
		if c := a.report(run(p.paths)); worse(c, gravest) {
			gravest = c
		}
	}
	return end(gravest)
}

// worse reports whether an exit code of a command without a connection says
// more than another: an error more than findings, and these more than none.
func worse(c, than code) bool {
	order := []code{exitDone, exitInvalid, exitError, exitInterrupted}
	return slices.Index(order, c) > slices.Index(order, than)
}
