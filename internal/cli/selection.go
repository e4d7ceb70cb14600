package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// choose turns the arguments NAME or PATH and the flags into a selection.
func (s *session) choose(args []string, f *runFlags) (apply.Selection, error) {
	selectors, err := f.parseSelectors()
	if err != nil {
		return apply.Selection{}, err
	}
	selection := apply.Selection{Selectors: selectors, Targets: f.targets}
	for _, target := range f.targets {
		if _, ok := s.project.Instances[target]; !ok {
			return selection, oneOf("--target", target, s.instanceNames())
		}
	}
	var hidden unread
	for _, arg := range args {
		names, err := s.namesFor(arg)
		if f.empty && errors.As(err, &unmatched{}) {
			names, err = []string{arg}, nil // no character has it: it selects nothing, where no name at all selects everything
		}
		if err != nil && !errors.As(err, &hidden) {
			return selection, err
		}
		selection.Names = append(selection.Names, names...)
	}
	slices.Sort(selection.Names)
	selection.Names = slices.Compact(selection.Names)
	if hidden.error != nil {
		return selection, hidden
	}
	return selection, nil
}

// unmatched is the failure of an argument that means no character.
type unmatched struct{ error }

func (u unmatched) Unwrap() error { return u.error }

// unread is the failure of an argument that may mean a manifest that could
// not be read.
type unread struct{ error }

func (u unread) Unwrap() error { return u.error }

// hides reports whether what an argument means may stand in what could not be
// read: of some manifests with an error not even the name is known.
func (s *session) hides(arg string) bool {
	return slices.ContainsFunc(only(s.set.Diagnostics, spec.Error), func(d spec.Diagnostic) bool {
		return d.Character == "" || looksLikePath(arg)
	})
}

func (s *session) instanceNames() []string {
	names := make([]string, 0, len(s.project.Instances))
	for name := range s.project.Instances {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// namesFor is what one argument means: the characters in a file or folder, or
// one by its name, from the manifests or from the lock.
func (s *session) namesFor(arg string) ([]string, error) {
	if !looksLikePath(arg) {
		known := s.knownNames()
		if slices.Contains(known, arg) {
			return []string{arg}, nil
		}
		if slices.ContainsFunc(only(s.set.Diagnostics, spec.Error), func(d spec.Diagnostic) bool { return d.Character == arg }) {
			return nil, unread{end(exitInvalid)} // its findings say it all
		}
		if s.hides(arg) {
			hint := meantName(arg, known, "put right what is named above: it may stand there")
			return nil, unread{failed(hint, "no character is called %q in the manifests that can be read", arg)}
		}
		return nil, unmatched{noCharacter(arg, known)}
	}
	below, ok := s.project.Relative(s.path(arg))
	if !ok {
		return nil, failed("name a file or a folder of the project, or another project with -C", "%s is outside of the project", arg)
	}
	var names []string
	for _, c := range s.set.Characters {
		if below == "." || c.Pos.File == below || strings.HasPrefix(c.Pos.File, below+"/") {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 && s.hides(arg) {
		return nil, unread{failed("put right what is named above", "%s: no manifest that can be read is there", arg)}
	}
	if len(names) == 0 {
		return nil, unmatched{noManifests(arg)}
	}
	return names, nil
}

func noCharacter(name string, known []string) error {
	hint := "charsync render lists the characters of the project, charsync state list the bound ones"
	return failed(meantName(name, known, hint), "no character is called %q", name)
}

// meantName is meant for the names of characters, of which the beginning of
// one alone is enough.
func meantName(got string, known []string, hint string) string {
	begun := slices.DeleteFunc(slices.Clone(known), func(name string) bool { return !strings.HasPrefix(name, got) })
	if len(begun) == 1 && spec.DidYouMean(got, known) == "" {
		got = begun[0]
	}
	return meant(got, known, hint)
}

func looksLikePath(arg string) bool {
	ext := filepath.Ext(arg)
	return arg == "." || arg == ".." || ext == ".yaml" || ext == ".yml" || strings.ContainsRune(arg, '/') || strings.ContainsRune(arg, os.PathSeparator)
}

// knownNames are the names in manifests and in the lock, sorted.
func (s *session) knownNames() []string {
	var names []string
	for _, c := range s.set.Characters {
		names = append(names, c.Name)
	}
	if s.lock != nil {
		names = append(names, boundNames(s.lock)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// boundNames are the names in the lock, sorted.
func boundNames(l *apply.Lock) []string {
	var names []string
	for _, e := range l.Entries() {
		names = append(names, e.Name)
	}
	return slices.Compact(names)
}
