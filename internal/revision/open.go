package revision

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Options say which folder is looked at, and with which environment.
type Options struct {
	Dir     string   // a folder of a repository's working tree
	Environ []string // "NAME=value": what Git is run with
}

// Open finds where the branch that is checked out left ref, as git diff
// ref...HEAD does: the folder as it stands there. For a revision that the
// branch contains that is the revision itself. What can't be found is an
// *Error. The caller closes the tree.
func Open(ctx context.Context, o Options, ref string) (*Tree, error) {
	if err := checkRef(ref); err != nil {
		return nil, err
	}
	g, err := newGit(o.Dir, o.Environ)
	if err != nil {
		return nil, err
	}
	shallow, common, err := g.repository(ctx)
	if err != nil {
		return nil, err
	}
	tip, err := g.resolve(ctx, ref, shallow)
	if err != nil {
		return nil, err
	}
	commit, err := g.forkPoint(ctx, ref, tip, shallow)
	if err != nil {
		return nil, err
	}
	t := &Tree{Ref: ref, Commit: commit, git: g, lfs: filepath.Join(common, "lfs", "objects")}
	if err := t.list(ctx); err != nil {
		return nil, err
	}
	if t.blobs, err = g.openBlobs(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// checkRef refuses what Git could take for something else than a revision.
func checkRef(ref string) error {
	switch {
	case ref == "":
		return &Error{"no revision is named", "name a branch, a tag or a commit, such as origin/main"}
	case strings.HasPrefix(ref, "-"):
		return &Error{fmt.Sprintf("%q is no revision: it begins with a hyphen", ref), "name a branch, a tag or a commit, such as origin/main"}
	case strings.ContainsAny(ref, "\x00\n\r") || len(ref) > 4096:
		return &Error{"the name of the revision can't be one", "name a branch, a tag or a commit, such as origin/main"}
	}
	return nil
}

// repository tells whether the history is cut short, and where the repository
// keeps what its working trees share.
func (g *git) repository(ctx context.Context) (shallow bool, common string, err error) {
	out, err := g.run(ctx, "rev-parse", "--is-inside-git-dir", "--is-shallow-repository", "--git-common-dir")
	if err != nil {
		return false, "", g.noRepository(err)
	}
	inside, rest, _ := strings.Cut(string(out), "\n")
	if inside == "true" { // before Git 2.38, which refuses it by itself
		return false, "", plantedRepository(g.dir)
	}
	first, rest, _ := strings.Cut(rest, "\n")
	common = strings.TrimSuffix(rest, "\n")
	if !filepath.IsAbs(common) {
		common = filepath.Join(g.dir, common)
	}
	return first == "true", common, nil
}

var errNoRepository error = &Error{"the project is in no Git repository", "run it in a clone, or leave the revision out"}

func (g *git) noRepository(err error) error {
	var f *failure
	if !errors.As(err, &f) {
		return err
	}
	switch {
	case strings.Contains(f.words, "dubious ownership"):
		return &Error{"git does not trust this repository, because it belongs to somebody else", "git config --global --add safe.directory " + g.dir}
	case strings.Contains(f.words, "safe.bareRepository"):
		return plantedRepository(g.dir)
	case strings.Contains(f.words, "not a git repository"):
		return errNoRepository
	}
	return &Error{"git can't read the repository: " + f.words, "see whether git status works in the project's folder"}
}

func plantedRepository(dir string) error {
	return &Error{
		fmt.Sprintf("%s, or a folder above it, is laid out like a bare repository, and such a one does not answer for Git", dir),
		"remove HEAD, objects and refs from the working tree, or run charsync in a clone",
	}
}

// resolve finds the commit that a name stands for.
func (g *git) resolve(ctx context.Context, ref string, shallow bool) (string, error) {
	out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if err == nil {
		return oneName(out)
	}
	var f *failure
	if !errors.As(err, &f) {
		return "", err
	}
	hint := "git branch --all and git tag list what is here; git fetch origin brings what is not"
	if shallow {
		hint = deepen
	}
	return "", &Error{fmt.Sprintf("there is no revision %q here", ref), hint}
}

const deepen = "this clone holds the newest commits only: git fetch --unshallow, or fetch-depth: 0 in actions/checkout (GIT_DEPTH: 0 at GitLab)"

// forkPoint is the newest commit that HEAD and a revision share.
func (g *git) forkPoint(ctx context.Context, ref, tip string, shallow bool) (string, error) {
	out, err := g.run(ctx, "merge-base", tip, "HEAD")
	if err == nil {
		return oneName(out)
	}
	var f *failure
	switch {
	case !errors.As(err, &f):
		return "", err
	case f.code != 1:
		return "", &Error{"git can't find where this branch left " + ref + ": " + f.words, "see whether git merge-base " + ref + " HEAD works here"}
	case shallow:
		return "", &Error{"where this branch left " + ref + " is not in this clone", deepen}
	}
	return "", &Error{fmt.Sprintf("%s and what is checked out share no history", ref), "name a revision that this branch comes from"}
}

// oneName reads the first object name of an answer.
func oneName(out []byte) (string, error) {
	name, _, _ := strings.Cut(string(out), "\n")
	if !isName(name) {
		return "", fmt.Errorf("git answered %.60q in place of a commit", name)
	}
	return name, nil
}

func isName(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

// Trusted reports whether Git takes a folder's repository for one that its user
// may rely on: it belongs to the user, or safe.directory lists it. It is false
// where there is no repository, and where there is no Git.
func Trusted(ctx context.Context, o Options) bool {
	g, err := newGit(o.Dir, o.Environ)
	if err != nil {
		return false
	}
	_, _, err = g.repository(ctx)
	return err == nil
}
