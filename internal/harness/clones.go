package harness

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// together lets two people work in their clones, each with commits of its own,
// and merge now and then.
func (t *team) together(ctx context.Context) error {
	for range 3 + t.dice.IntN(4) {
		if err := t.use(pick(t.dice, t.clones)); err != nil {
			return err
		}
		if err := t.work(ctx); err != nil {
			return err
		}
		t.countFaults()
		if len(t.findings) > 0 {
			return nil
		}
	}
	return nil
}

// work is one thing that somebody does.
func (t *team) work(ctx context.Context) error {
	d := t.dice
	switch n := d.IntN(100); {
	case n < 22:
		return t.mergeOther(ctx)
	case n < 28:
		return t.sparse(ctx)
	case n < 38:
		return t.retried(ctx)
	case n < 43:
		return t.thrownAway(ctx)
	case n < 49:
		return t.loseLock(ctx)
	case n < 53:
		return t.revert(ctx)
	}
	if d.chance(15) {
		t.betweenRuns()
	}
	for range 1 + d.IntN(2) {
		t.edit()
	}
	if err := t.project.write(t.dir); err != nil {
		return err
	}
	if d.chance(75) {
		if err := t.apply(ctx); err != nil {
			return err
		}
	}
	return t.commit(ctx, t.dir, "work")
}

// edit makes one change to the clone's manifests.
func (t *team) edit() {
	d, p := t.dice, t.project
	var said string
	switch n := d.IntN(100); {
	case n < 20:
		said = "add " + t.create().slug
	case n < 32:
		said = t.createToo()
	case n < 42:
		if said = "nothing"; len(p.characters) > 1 {
			said = p.removeOne()
		}
	case n < 60:
		said = t.rename()
	case n < 68:
		said = t.moveTarget()
	case n < 88:
		said = p.editCommon()
	default:
		said = p.editOwn()
	}
	t.plain()
	t.step("%s: %s", t.label(), said)
}

// createToo adds a manifest that the other clone has and this one never had:
// the same, or another one of the same name.
func (t *team) createToo() string {
	for _, dir := range t.clones {
		files, err := manifests(dir)
		if err != nil || dir == t.dir {
			continue
		}
		for _, file := range files {
			c, err := readManifest(file)
			if err != nil {
				continue
			}
			known := slices.ContainsFunc(t.project.characters, func(o *character) bool { return o.mark == c.mark })
			for v := range c.targets {
				known = known || t.project.gone[address{v, c.slug}.origin()]
			}
			if known {
				continue
			}
			if t.dice.chance(50) {
				t.project.characters = append(t.project.characters, c)
				return "add the same " + c.slug
			}
			own := t.create()
			own.common["name"] = c.mark + t.dice.word()
			own.slug, own.mark = c.slug, c.mark
			return "add another " + c.slug
		}
	}
	return "nothing"
}

// rename gives a manifest another name, in a file of that name. Like
// everybody who is told to, whoever renames one changes nothing else of it
// before that was applied.
func (t *team) rename() string {
	c := pick(t.dice, t.project.characters)
	was := c.slug
	t.names++
	c.slug = fmt.Sprintf("%s-%d", address{"", c.slug}.origin().name, t.names)
	return fmt.Sprintf("rename %s to %s", was, c.slug)
}

// moveTarget takes a character away from a vendor, or brings it to one where
// it never was.
func (t *team) moveTarget() string {
	c, v := pick(t.dice, t.project.characters), pick(t.dice, t.project.vendors)
	a := address{v, c.slug}.origin()
	_, has := c.targets[v]
	switch {
	case has && len(c.targets) > 1:
		delete(c.targets, v)
		t.project.gone[a] = true
		return "remove target " + a.String()
	case !has && !t.project.gone[a]:
		t.project.target(c, v)
		delete(c.targets[v], "cloneFrom")
		return "add target " + a.String()
	}
	return "nothing"
}

// run runs one command in the clone, some minutes after the one before.
func (t *team) run(ctx context.Context, s situation, args ...string) error {
	t.passed += time.Duration(1+t.dice.IntN(20)) * time.Minute
	if err := t.command(ctx, plainly, args, s); err != nil {
		return err
	}
	t.steps[len(t.steps)-1] = t.label() + ": " + t.steps[len(t.steps)-1]
	t.judgeTwins()
	return nil
}

func (t *team) apply(ctx context.Context) error {
	args := []string{"apply", "--yes", "--format", "json", allowAll()}
	if t.dice.chance(45) {
		args = append(args, "--prune")
	}
	if t.dice.chance(40) {
		args = append(args, "--conflict", "overwrite")
	}
	return t.run(ctx, situation{}, args...)
}

// mergeOther merges what the other person has committed.
func (t *team) mergeOther(ctx context.Context) error {
	from := t.clones[0]
	if t.dir == from {
		from = t.clones[1]
	}
	lock, side := pick(t.dice, []string{byUnion, byUnion, byUnion, byText, bySide}), pick(t.dice, []string{"ours", "theirs"})
	t.step("%s: merges %s; the lock by %s, else %s", t.label(), filepath.Base(from), lock, side)
	if err := t.merge(ctx, t.dir, from, lock, side); err != nil {
		return err
	}
	if err := t.use(t.dir); err != nil || t.dice.chance(50) {
		return err
	}
	if err := t.apply(ctx); err != nil {
		return err
	}
	return t.commit(ctx, t.dir, "applied")
}

// sparse applies with some manifests out of the working tree: that deletes none
// of their characters.
func (t *team) sparse(ctx context.Context) error {
	args := []string{"sparse-checkout", "set", "--no-cone", "/*"}
	for _, c := range t.project.characters {
		if t.dice.chance(50) {
			args = append(args, "!/characters/"+c.slug+".yaml")
		}
	}
	if _, err := t.git(ctx, t.dir, args...); err != nil {
		return err
	}
	t.step("%s: %s", t.label(), strings.Join(args, " "))
	whole := situation{destroyed: map[address]bool{}} // not everything is applied
	if err := t.run(ctx, whole, "apply", "--yes", "--format", "json", "--prune", allowAll()); err != nil {
		return err
	}
	if _, err := t.git(ctx, t.dir, "sparse-checkout", "disable"); err != nil {
		return err
	}
	return t.commit(ctx, t.dir, "sparse")
}

// job makes a fresh clone, as a runner does.
func (t *team) job(ctx context.Context, of string) (string, error) {
	t.fresh++
	name := fmt.Sprintf("job%d", t.fresh)
	_, err := t.git(ctx, t.home, "clone", "--quiet", of, name)
	return filepath.Join(t.home, name), err
}

// retried plans into a file and applies that in two fresh clones, as a job does
// that is run again. The lock of the first, of the second or of both is
// brought back.
func (t *team) retried(ctx context.Context) error {
	origin := t.dir
	if t.dice.chance(60) {
		t.edit()
		if err := t.project.write(t.dir); err != nil {
			return err
		}
	}
	if err := t.commit(ctx, t.dir, "to be applied"); err != nil {
		return err
	}
	file := filepath.Join(t.home, "frozen.plan")
	_ = os.Remove(file) // of an earlier step, if any
	args := []string{"plan", "--out", file, allowAll()}
	prune := t.dice.chance(40)
	if prune {
		args = append(args, "--prune")
	}
	if err := t.run(ctx, situation{reading: true}, args...); err != nil {
		return err
	}
	if _, err := os.Stat(file); err != nil {
		return nil //nolint:nilerr // it could not be planned
	}
	var jobs []string
	for range 2 {
		job, err := t.job(ctx, origin)
		if err != nil {
			return err
		}
		if err := t.use(job); err != nil {
			return err
		}
		if err := t.run(ctx, situation{prune: prune}, "apply", file, "--format", "json"); err != nil {
			return err
		}
		if err := t.commit(ctx, job, "applied"); err != nil {
			return err
		}
		jobs = append(jobs, job)
	}
	back := pick(t.dice, [][]string{{jobs[0]}, {jobs[1]}, jobs})
	for _, job := range back {
		t.step("%s: merges %s", filepath.Base(origin), filepath.Base(job))
		if err := t.merge(ctx, origin, job, byUnion, "theirs"); err != nil {
			return err
		}
	}
	return t.use(origin)
}

// thrownAway applies in a fresh clone whose lock is never pushed.
func (t *team) thrownAway(ctx context.Context) error {
	origin := t.dir
	job, err := t.job(ctx, origin)
	if err != nil {
		return err
	}
	if err := t.use(job); err != nil {
		return err
	}
	if err := t.apply(ctx); err != nil {
		return err
	}
	return t.use(origin)
}

// loseLock deletes the lock, or takes an earlier one. An apply may come before
// anybody notices.
func (t *team) loseLock(ctx context.Context) error {
	lock := filepath.Join(t.dir, "charsync.lock")
	if _, err := os.Stat(lock); err != nil {
		return nil //nolint:nilerr // there is none to lose
	}
	how := "is deleted"
	if !t.ignored && t.dice.chance(50) {
		how = "is that of the commit before"
		if _, err := t.git(ctx, t.dir, "checkout", "HEAD^", "--", "charsync.lock"); err != nil {
			how = "" // it was not there yet, or no commit was
		}
	} else if err := os.Remove(lock); err != nil {
		return err
	}
	t.step("%s: the lock %s", t.label(), how)
	if err := t.apply(ctx); err != nil {
		return err
	}
	return t.commit(ctx, t.dir, "lost")
}

// revert takes the last commit back, manifests and lock.
func (t *team) revert(ctx context.Context) error {
	if _, fails := t.git(ctx, t.dir, "revert", "--no-edit", "HEAD"); fails != nil {
		_, _ = t.git(ctx, t.dir, "revert", "--abort") // a merge, or the first commit
		return ctx.Err()
	}
	if files, err := manifests(t.dir); err != nil || len(files) == 0 {
		_, err = t.git(ctx, t.dir, "reset", "--quiet", "--hard", "HEAD^")
		return err
	}
	t.step("%s: reverts its last commit", t.label())
	if err := t.use(t.dir); err != nil || t.dice.chance(50) {
		return err
	}
	if err := t.apply(ctx); err != nil {
		return err
	}
	return t.commit(ctx, t.dir, "applied")
}
