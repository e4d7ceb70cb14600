package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// gitConfig is what Git is told in a team's home: nothing of the machine's own.
const gitConfig = `[user]
	name = Ada
	email = ada@example.com
[core]
	fsync = none
	hooksPath = /dev/null
[gc]
	auto = 0
[maintenance]
	auto = false
[init]
	defaultBranch = main
[commit]
	gpgSign = false
[advice]
	mergeConflict = false
`

// git runs Git in a clone. A failure is an error with what it said.
func (t *team) git(ctx context.Context, dir string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir = dir
	c.Env = []string{
		"PATH=" + t.options.Path, "HOME=" + t.home, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_TEMPLATE_DIR=" + filepath.Join(t.home, "template"),
		"GIT_ADVICE=0", "GIT_EDITOR=true",
	}
	out, err := c.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// commit records all that a clone's working tree holds, if that is anything new.
func (t *team) commit(ctx context.Context, dir, message string) error {
	if _, err := t.git(ctx, dir, "add", "-A"); err != nil {
		return err
	}
	out, err := t.git(ctx, dir, "commit", "--quiet", "--allow-empty-message", "-m", message)
	if err != nil && strings.Contains(out, "nothing to commit") {
		return nil
	}
	return err
}

// how a merge treats the lock.
const (
	byUnion  = "union"  // as .gitattributes says
	byText   = "text"   // as a host that does not honour that: conflicting hunks are resolved for one side
	bySide   = "binary" // as somebody who takes the whole lock of one side
	attrFile = ".git/info/attributes"
)

// merge brings the other clone's commits into one. What Git can't merge is
// resolved for one side, "ours" or "theirs", as a person would.
func (t *team) merge(ctx context.Context, dir, from, lock, side string) error {
	attributes := filepath.Join(dir, filepath.FromSlash(attrFile))
	if lock != byUnion {
		if err := os.MkdirAll(filepath.Dir(attributes), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(attributes, []byte("charsync.lock merge="+lock+"\n"), 0o644); err != nil {
			return err
		}
		defer os.Remove(attributes)
	}
	if _, err := t.git(ctx, dir, "fetch", "--quiet", from, "HEAD"); err != nil {
		return err
	}
	if _, err := t.git(ctx, dir, "merge", "--quiet", "--no-edit", "-X", side, "FETCH_HEAD"); err != nil {
		if err := t.resolve(ctx, dir, side); err != nil {
			return err
		}
	}
	return t.reviewMerge(ctx, dir, side)
}

// resolve takes one side's version of whatever is in conflict.
func (t *team) resolve(ctx context.Context, dir, side string) error {
	out, err := t.git(ctx, dir, "diff", "--name-only", "--diff-filter=U")
	if err != nil {
		return err
	}
	if out == "" {
		return errors.New("a merge failed without a conflict")
	}
	for path := range strings.Lines(out) {
		path = strings.TrimSpace(path)
		if _, err := t.git(ctx, dir, "checkout", "--quiet", "--"+side, "--", path); err != nil {
			if _, err := t.git(ctx, dir, "rm", "--quiet", "--force", "--", path); err != nil { // that side has none
				return err
			}
		}
	}
	t.step("  resolved %s for %s", strings.Join(strings.Fields(out), " "), side)
	return t.commit(ctx, dir, "merge")
}

// reviewMerge mends what a merge that Git took for clean has made of the
// manifests: one that is no YAML any more, and two of one character.
func (t *team) reviewMerge(ctx context.Context, dir, side string) error {
	parent := map[string]string{"ours": "HEAD^1", "theirs": "HEAD^2"}[side]
	files, err := manifests(dir)
	if err != nil {
		return err
	}
	seen, mended := map[string]bool{}, false
	for _, file := range files {
		c, err := readManifest(file)
		if err != nil {
			mended = true
			if _, err := t.git(ctx, dir, "checkout", "--quiet", parent, "--", "characters/"+filepath.Base(file)); err != nil {
				return err
			}
			if c, err = readManifest(file); err != nil {
				return err
			}
		}
		if seen[c.mark] {
			mended = true
			t.step("  of two manifests of %s, %s goes", c.mark, c.slug)
			if err := os.Remove(file); err != nil {
				return err
			}
		}
		seen[c.mark] = true
	}
	if !mended {
		return nil
	}
	return t.commit(ctx, dir, "mend the merge")
}
