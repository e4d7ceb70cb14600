package revision

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Kept says what Git does with a file of a working tree.
type Kept struct {
	// Ignored is the place of the pattern that keeps the file out of Git, as
	// file:line:pattern; "" for a file that Git tracks or would add.
	Ignored string
	// Merge is the driver that merges it: "union", "unspecified" where nothing
	// is said, or another.
	Merge string
}

// Look asks Git what it does with a file of the folder, which need not be
// there. The name is relative to the folder. What can't be asked is an error.
func Look(ctx context.Context, o Options, name string) (Kept, error) {
	g, err := newGit(o.Dir, o.Environ)
	if err != nil {
		return Kept{}, err
	}
	if _, _, err := g.repository(ctx); err != nil {
		return Kept{}, err
	}
	var k Kept
	asks := *g // check-ignore refuses to take names literally; behind ./ none has magic
	asks.env = append(slices.Clone(g.env), "GIT_LITERAL_PATHSPECS=0")
	out, err := asks.run(ctx, "check-ignore", "--verbose", "--", "./"+name)
	var f *failure
	switch {
	case errors.As(err, &f) && f.code == 1: // it is not ignored
	case err != nil:
		return Kept{}, err
	default:
		pattern, _, _ := strings.Cut(string(out), "\t")
		if !strings.Contains(pattern, ":!") {
			k.Ignored = pattern
		}
	}
	if out, err = g.run(ctx, "check-attr", "-z", "merge", "--", name); err != nil {
		return Kept{}, err
	}
	if fields := strings.Split(string(out), "\x00"); len(fields) >= 3 {
		k.Merge = fields[2]
	}
	return k, nil
}

// Committed reports a folder of a repository that has a commit checked out.
func Committed(ctx context.Context, o Options) bool {
	g, err := newGit(o.Dir, o.Environ)
	if err != nil {
		return false
	}
	if _, _, err := g.repository(ctx); err != nil {
		return false
	}
	_, err = g.run(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
	return err == nil
}

// Versions are the contents that a file of the folder had in the commits that
// changed it and that HEAD contains, the newest first, at most as many as
// said. A commit that removed it has none.
func Versions(ctx context.Context, o Options, name string, most int) ([][]byte, error) {
	g, err := newGit(o.Dir, o.Environ)
	if err != nil {
		return nil, err
	}
	if _, _, err := g.repository(ctx); err != nil {
		return nil, err
	}
	out, err := g.run(ctx, "rev-list", "--full-history", "--max-count="+strconv.Itoa(most), "HEAD", "--", name)
	if err != nil {
		return nil, err
	}
	var versions [][]byte
	for _, commit := range strings.Fields(string(out)) {
		data, err := g.run(ctx, "cat-file", "blob", commit+":./"+name)
		var f *failure
		switch {
		case errors.As(err, &f): // the commit removed it, or this clone does not have it
		case err != nil:
			return nil, err
		default:
			versions = append(versions, data)
		}
	}
	return versions, nil
}

// Elsewhere is what a file holds on another branch.
type Elsewhere struct {
	Branch string
	Data   []byte
}

// Branches are the contents that a file of the folder has on the other
// branches of this clone, the latest commits first, at most as many as said. A
// branch without the file is left out. Where no branch is checked out, there are
// no others.
func Branches(ctx context.Context, o Options, name string, most int) ([]Elsewhere, error) {
	g, err := newGit(o.Dir, o.Environ)
	if err != nil {
		return nil, err
	}
	if _, _, err := g.repository(ctx); err != nil {
		return nil, err
	}
	var f *failure
	current, err := g.run(ctx, "symbolic-ref", "--quiet", "HEAD")
	if errors.As(err, &f) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out, err := g.run(ctx, "for-each-ref", "--count="+strconv.Itoa(most), "--sort=-committerdate", "--format=%(refname)", "refs/heads")
	if err != nil {
		return nil, err
	}
	var found []Elsewhere
	for _, ref := range strings.Fields(string(out)) {
		if ref == strings.TrimSpace(string(current)) {
			continue
		}
		data, err := g.run(ctx, "cat-file", "blob", ref+":./"+name)
		switch {
		case errors.As(err, &f): // it has none
		case err != nil:
			return nil, err
		default:
			found = append(found, Elsewhere{strings.TrimPrefix(ref, "refs/heads/"), data})
		}
	}
	return found, nil
}
