package harness

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// history lets a random number of random things happen.
func (w *world) history(ctx context.Context) error {
	for i := range 1 + w.dice.IntN(4) {
		if i > 0 || w.dice.chance(30) {
			for range w.dice.IntN(4) {
				w.step("manifest: %s", w.editManifest())
			}
		}
		if w.dice.chance(40) {
			w.betweenRuns()
		}
		if err := w.project.write(w.dir); err != nil {
			return err
		}
		w.inject()
		if err := w.act(ctx); err != nil {
			return err
		}
		w.gate.sandbox.ClearFaults()
		w.countFaults()
		if len(w.findings) > 0 {
			return nil
		}
	}
	return nil
}

// editManifest edits, and remembers what a change of a field that only
// creation takes allows.
func (w *world) editManifest() string {
	said := w.project.edit()
	if _, path, ok := strings.Cut(said, ": "); ok && (strings.HasSuffix(path, " style") || strings.HasSuffix(path, " region_id")) {
		at, _, _ := strings.Cut(said, ":")
		target, name, _ := strings.Cut(at, "/")
		w.replaced[address{target, name}] = true
	}
	if at, ok := strings.CutPrefix(said, "add target "); ok { // it may come back to another place
		target, name, _ := strings.Cut(at, "/")
		w.replaced[address{target, name}] = true
	}
	return said
}

// act runs one command that writes.
func (w *world) act(ctx context.Context) error {
	d := w.dice
	how := plainly
	switch n := d.IntN(100); {
	case n < 22 && len(w.options.Charsync) > 0:
		how = killed
	case n < 32:
		how = cancelled
	case n < 42:
		how = interrupted
	}
	switch n := d.IntN(100); {
	case n < 10:
		return w.frozen(ctx, how)
	case n < 15 && how == plainly:
		return w.destroy(ctx)
	case n < 27 && !w.project.clonesAtAlakazam():
		return w.undo(ctx, how)
	}
	args, before := w.applyArgs(), records(w.dir)
	err := w.command(ctx, how, args, situation{})
	if err != nil || how == plainly || newRecord(w.dir, before) == "" || !d.chance(30) {
		return err
	}
	s := situation{prune: slices.Contains(args, "--prune")}
	return w.command(ctx, plainly, []string{"apply", "--resume", "latest", "--yes", "--format", "json"}, s)
}

// undo takes the latest run that wrote something back. The plain runs that
// follow bring the manifests' values again.
func (w *world) undo(ctx context.Context, how int) error {
	args := []string{"undo", "--yes", "--format", "json", allowAll()}
	if w.dice.chance(30) {
		args = append(args, "--conflict", "overwrite")
	}
	return w.command(ctx, how, args, situation{undo: true})
}

// clonesAtAlakazam reports a character that is cloned there. What an undo
// removes there stays in the account: a clone as a copy of its source, which a
// second clone whose answer is lost can't be told from.
func (p *project) clonesAtAlakazam() bool {
	return slices.ContainsFunc(p.characters, func(c *character) bool { return c.targets[alakazam]["cloneFrom"] != nil })
}

// applyArgs are the flags of a random apply.
func (w *world) applyArgs() []string {
	d := w.dice
	args := []string{"apply", "--yes", "--parallelism", fmt.Sprint(pick(d, []int{1, 1, 2, 8}))}
	if d.chance(70) {
		args = append(args, "--format", "json")
	}
	if d.chance(80) {
		args = append(args, allowAll())
	}
	if d.chance(40) {
		args = append(args, "--prune")
	}
	if d.chance(20) {
		args = append(args, "--drift", pick(d, []string{"report", "fail"}))
	}
	if d.chance(40) {
		args = append(args, "--conflict", "overwrite")
	}
	return args
}

func allowAll() string {
	return "--allow=account,max-changes,max-deletes,protected,publish,replace,same-text,shrink"
}

// frozen plans into a file, lets colleagues work, and applies the file.
func (w *world) frozen(ctx context.Context, how int) error {
	file := filepath.Join(w.dir, "frozen.plan")
	_ = os.Remove(file) // the one of an earlier step, if any
	args := []string{"plan", "--out", file, allowAll()}
	prune := w.dice.chance(40)
	if prune {
		args = append(args, "--prune")
	}
	if err := w.command(ctx, plainly, args, situation{reading: true}); err != nil {
		return err
	}
	if _, err := os.Stat(file); err != nil {
		return nil //nolint:nilerr // the plan was incomplete: nothing was frozen
	}
	w.betweenRuns()
	return w.command(ctx, how, []string{"apply", file, "--format", "json"}, situation{prune: prune})
}

// destroy removes one character, at all its targets but Alakazam: there it
// would stay with the same content beside the one that the next apply makes.
func (w *world) destroy(ctx context.Context) error {
	c := pick(w.dice, w.project.characters)
	s := situation{destroyed: map[address]bool{}}
	args := []string{"destroy", c.slug, "--yes", "--format", "json", allowed("max-deletes", "protected")}
	for v := range c.targets {
		if v != alakazam {
			s.destroyed[address{v, c.slug}] = true
		}
	}
	if len(s.destroyed) == 0 {
		return nil
	}
	for _, v := range Vendors() {
		if s.destroyed[address{v, c.slug}] {
			args = append(args, "--target", v)
		}
	}
	return w.command(ctx, plainly, args, s)
}

func allowed(rules ...string) string { return "--allow=" + strings.Join(rules, ",") }
