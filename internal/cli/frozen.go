package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// planAmong reports whether the arguments of apply are the file of a plan. A
// manifest, a folder or a name is none. A file that is no manifest and no name
// is taken for a plan, so that reading it says what is wrong with it.
func (a *app) planAmong(args []string) (bool, error) {
	for _, arg := range args {
		if !a.isPlan(arg) {
			continue
		}
		if len(args) > 1 {
			return false, failed("apply it alone; charsync plan NAME --out FILE freezes a plan of some characters", "apply: %s is a plan, and takes no selection", arg)
		}
		return true, nil
	}
	return false, nil
}

// isPlan reports whether an argument is the file of a plan: by its name where
// that is a manifest's, else by being a file, or by a name that plans have.
func (a *app) isPlan(arg string) bool {
	switch ext := strings.ToLower(filepath.Ext(arg)); ext {
	case ".yaml", ".yml":
		return false
	case ".plan", ".json":
		return true
	}
	info, err := os.Stat(a.path(arg))
	return err == nil && !info.IsDir()
}

// applyFrozen carries out exactly the plan in a file. It reads no manifest.
func (a *app) applyFrozen(ctx context.Context, f *applyFlags, file string) error {
	if err := f.refuseWithPlan(); err != nil {
		return err
	}
	plan, err := apply.ReadPlan(a.path(file))
	if err == nil {
		err = apply.CheckFit(plan)
	}
	if err != nil {
		var d spec.Diagnostic
		if errors.As(err, &d) {
			d.Pos.File = file // as it was named
			return pointed([]spec.Diagnostic{d}, a.path(file))[0]
		}
		return err
	}
	if plan.Meta.Sandbox && !a.flags.sandbox {
		return failed("apply it there with --sandbox, or plan without it for the real accounts", "%s was made for the sandbox", file)
	}
	if err := f.checkLockTimeout(); err != nil {
		return err
	}
	s, err := a.openSession()
	if err != nil {
		return err
	}
	defer s.close()
	if made := plan.Meta.Project; made != "" && made != s.project.Name && declared(s.project) {
		return failed("apply it there, with -C or --config; or plan here", "%s was made for the project %q, this one is %q", file, made, s.project.Name)
	}
	if err := s.hold(ctx, f.lockTimeout); err != nil {
		return err
	}
	if err := s.openLock(ctx); err != nil {
		return err
	}
	s.command = "apply " + filepath.Base(file)
	f.runFlags.env = plan.Env
	engine := s.engine(&f.runFlags, writing)
	engine.Options.Frozen = true
	f.yes = true // freezing was the look at it
	return s.carryOut(ctx, engine, plan, f, "")
}

// declared reports a name that is certainly not the folder's, which another
// machine may call otherwise.
func declared(p *spec.Project) bool { return p.Name != filepath.Base(p.Dir) }

// refuseWithPlan fails for flags that would have to change a frozen plan.
func (f *runFlags) refuseWithPlan() error {
	flag := ""
	switch {
	case f.env != "":
		flag = "--env"
	case f.base != "":
		flag = "--base"
	case len(f.selectors) > 0:
		flag = "--select"
	case len(f.targets) > 0:
		flag = "--target"
	case f.prune:
		flag = "--prune"
	case f.drift != "":
		flag = "--drift"
	case f.conflict != "":
		flag = "--conflict"
	case len(f.allow) > 0:
		flag = "--allow"
	default:
		return nil
	}
	return failed("give it to charsync plan --out, or unset "+variable(flag[2:]), "%s can't change a frozen plan", flag)
}
