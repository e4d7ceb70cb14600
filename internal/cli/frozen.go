package cli

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

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
			if missing(a.path(file)) && !looksLikePath(file) && filepath.Ext(file) == "" {
				d.Hint = "apply takes the file of a frozen plan: charsync plan --out FILE, with NAME for some characters only; or use apply --select"
			}
			return pointed([]spec.Diagnostic{d}, a.path(file))[0]
		}
		return err
	}
	if plan.Meta.Sandbox && !a.flags.sandbox {
		return failed("apply it there with --sandbox, or plan without it for the real accounts", "%s was made for the sandbox", file)
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
	if err := s.openLock(); err != nil {
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
