package revision

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Absence is a path below a folder that Git tracks and that this working tree
// does not have, for a reason other than that somebody removed it.
type Absence struct {
	Path   string // relative to the folder, with slashes
	Reason string
}

// The reasons of an Absence.
const (
	SparseCheckout    = "a sparse checkout leaves it out"
	EmptySubmodule    = "a submodule that is not initialised"
	NotCheckedOut     = "nothing was checked out yet"
	mostAbsences      = 1000
	submoduleMode     = "160000"
	skipWorktreeLabel = "S"
)

// Absences lists what Git tracks below a folder and did not write there: at
// most a thousand paths, and none in a folder of no repository. What can't be
// asked is an error.
func Absences(ctx context.Context, o Options) ([]Absence, error) {
	g, err := newGit(o.Dir, o.Environ)
	if err != nil {
		return nil, err
	}
	if _, _, err := g.repository(ctx); errors.Is(err, errNoRepository) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if unborn, err := g.withoutIndex(ctx, o.Dir); err != nil || unborn {
		return []Absence{{Path: ".", Reason: NotCheckedOut}}, err
	}
	out, err := g.run(ctx, "ls-files", "-t", "-s", "-z", "--", ".")
	if err != nil {
		return nil, err
	}
	var found []Absence
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		head, path, ok := strings.Cut(string(entry), "\t")
		fields := strings.Fields(head)
		if !ok || len(fields) < 2 || len(found) == mostAbsences {
			continue
		}
		here := filepath.Join(o.Dir, filepath.FromSlash(path))
		switch {
		case fields[1] == submoduleMode:
			if entries, err := os.ReadDir(here); err == nil && len(entries) == 0 || errors.Is(err, fs.ErrNotExist) {
				found = append(found, Absence{path, EmptySubmodule})
			}
		case fields[0] == skipWorktreeLabel:
			if _, err := os.Lstat(here); errors.Is(err, fs.ErrNotExist) {
				found = append(found, Absence{path, SparseCheckout})
			}
		}
	}
	return found, nil
}

// withoutIndex reports a repository with a commit and no index: a checkout
// that has not happened or did not end.
func (g *git) withoutIndex(ctx context.Context, dir string) (bool, error) {
	out, err := g.run(ctx, "rev-parse", "--git-path", "index")
	if err != nil {
		return false, err
	}
	index := strings.TrimSuffix(string(out), "\n")
	if !filepath.IsAbs(index) {
		index = filepath.Join(dir, index)
	}
	if _, err := os.Lstat(index); !errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	_, err = g.run(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
	return err == nil, nil
}
