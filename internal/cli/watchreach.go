package cli

import (
	"maps"
	"slices"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

// narrow selects the characters that are due and valid. It reports whether
// there is any, or a binding whose manifest is gone.
func (r *watchRun) narrow(all bool, names []string, found []spec.Diagnostic) bool {
	s := r.session
	bad := map[string]bool{}
	for _, d := range only(found, spec.Error) {
		bad[d.Character] = true
	}
	if all && len(r.args) == 0 {
		if len(bad) == 0 {
			return len(s.chosen()) > 0 || len(s.lock.Entries()) > 0
		}
		for _, c := range s.chosen() {
			names = append(names, c.Name)
		}
	}
	s.selection.Names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return bad[name] || s.set.Find(name) == nil && !s.set.Complete
	})
	return len(s.selection.Names) > 0
}

// reachable narrows the selection to the accounts that could be opened, and
// says once which could not. It reports whether there is one to ask.
func (r *watchRun) reachable(engine *apply.Engine) bool {
	s := r.session
	used := map[string]bool{}
	for _, c := range s.chosen() {
		for i := range c.Targets {
			r.use(used, c.Targets[i].Instance)
		}
	}
	for _, entry := range s.lock.Entries() {
		if len(s.selection.Names) == 0 || slices.Contains(s.selection.Names, entry.Name) {
			r.use(used, entry.Target)
		}
	}
	var open []string
	for _, name := range slices.Sorted(maps.Keys(used)) {
		account := engine.Accounts[name]
		switch {
		case account == nil:
		case account.Err == nil:
			open = append(open, name)
		case !r.missed[name]:
			r.missed[name] = true
			r.note("%s is not asked, manifests for it are only validated: %s", name, view.SanitizeLine(account.Err.Error()))
		}
	}
	s.selection.Targets = open
	return len(open) > 0
}

// use notes the instance that serves a target, where it is asked for.
func (r *watchRun) use(used map[string]bool, target string) {
	in, ok := r.session.project.Route(r.flags.env, target)
	if !ok {
		return
	}
	if asked := r.flags.targets; len(asked) == 0 || slices.Contains(asked, target) || slices.Contains(asked, in.Name) {
		used[in.Name] = true
	}
}
