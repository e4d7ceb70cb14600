package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// locate finds the project: the file that --config names, else charsync.yaml
// from the working directory (or where startAt found the paths of the command
// line) upwards to the Git root, else no file and the working directory, where
// the defaults apply.
func (a *app) locate() (file, dir string, err error) {
	work := a.workDir()
	info, err := os.Stat(work)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return "", "", failed("check -C (or CHARSYNC_CHDIR)", "the folder to work in: %w", err)
	}
	if a.flags.config != "" {
		file = a.path(a.flags.config)
		info, err := os.Stat(file)
		if err == nil && info.IsDir() {
			err = errors.New("a folder, not a file")
		}
		if err != nil {
			return "", "", failed("check --config (or CHARSYNC_CONFIG)", "the project file %s: %w", a.flags.config, err)
		}
		return file, filepath.Dir(file), checkOwnFolders(filepath.Dir(file))
	}
	if a.start != "" {
		work = a.start
	}
	file, ok, err := spec.FindProject(work)
	switch {
	case err != nil:
		return "", "", failed("name the project file with --config", "look for charsync.yaml: %w", err)
	case ok:
		if err := a.checkOwner(file); err != nil {
			return "", "", err
		}
		return file, filepath.Dir(file), checkOwnFolders(filepath.Dir(file))
	}
	return "", work, checkOwnFolders(work)
}

func (a *app) projectDir() (string, error) {
	_, dir, err := a.locate()
	return dir, err
}

// loadProject reads the project's configuration. What is wrong with it has
// been printed when it returns an error.
func (a *app) loadProject() (*spec.Project, error) {
	file, dir, err := a.locate()
	if err != nil {
		return nil, err
	}
	if file == "" {
		return spec.DefaultProject(dir), nil
	}
	p, found := a.readProject(file)
	if err := a.diagnose(found); err != nil {
		return nil, err
	}
	if hasErrors(found) || p == nil {
		return nil, end(exitInvalid)
	}
	return p, nil
}

// loadLoosely finds the project and is silent about what is wrong with it. A
// charsync.yaml that can't be used counts as one that says nothing.
func (a *app) loadLoosely() (*spec.Project, error) {
	file, dir, err := a.locate()
	if err != nil {
		return nil, err
	}
	if file != "" {
		if p, _ := spec.LoadProject(file); p != nil {
			return p, nil
		}
	}
	p := spec.DefaultProject(dir)
	p.File = file
	return p, nil
}

// diagnose prints errors and warnings on stderr, under -q errors alone. What
// is merely worth knowing is for validate.
func (a *app) diagnose(found []spec.Diagnostic) error {
	severities := []spec.Severity{spec.Error, spec.Warning}
	if a.flags.quiet {
		severities = severities[:1]
	}
	if found = only(found, severities...); len(found) == 0 {
		return nil
	}
	return view.Diagnostics(a.err, gathered(found), a.errStyle())
}

func hasErrors(found []spec.Diagnostic) bool { return len(only(found, spec.Error)) > 0 }

func only(found []spec.Diagnostic, severities ...spec.Severity) []spec.Diagnostic {
	var out []spec.Diagnostic
	for _, d := range found {
		if slices.Contains(severities, d.Severity) {
			out = append(out, d)
		}
	}
	return out
}

// missing reports whether a path does not exist; any other trouble with it is
// left to whoever opens it.
func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
