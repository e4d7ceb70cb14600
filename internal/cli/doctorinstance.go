package cli

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// examineInstance says what an instance needs and whether it answers. One
// that no manifest and no binding uses in this environment is not asked.
func (s *session) examineInstance(ctx context.Context, in spec.Instance) finding {
	f := finding{Check: in.Name, Status: statusOK}
	account := openAccount(in, accountOptions{access: reading, lookup: s.lookup, policy: s.policy(s.project), parallelism: 1, log: s.log, userAgent: s.userAgent(), now: s.env.Now, secrets: secretsOf(s.project, s.lookup)})
	if account.Driver == nil {
		return finding{in.Name, statusWrong, account.Err.Error(), "see charsync providers"}
	}
	f.Message = s.variablesSet(in, account.Driver)
	scopes, used := s.uses(in, account.Driver)
	if !used {
		f.Status = statusUnused
		if env := s.usedIn(in.Name); env != "" {
			f.Hint = "charsync doctor --env " + env + " asks it"
		}
		return f
	}
	if account.Err != nil {
		f.Status = statusWrong
		if providers.KindOf(account.Err) != providers.Unauthorized { // which is: no credential is set
			f.Message += "; " + account.Err.Error()
		}
		f.Hint = hintFor(account.Err)
		return f
	}
	scope := ""
	if len(account.Driver.Scope) > 0 {
		if len(scopes) == 0 {
			f.Status, f.Message = statusWarning, f.Message+"; not asked: no place is known"
			f.Hint = "set " + pathList(account.Driver.Scope) + " in a target or as defaults of the instance"
			return f
		}
		scope = scopes[0]
	}
	if err := askOnce(ctx, account.Provider, scope); err != nil {
		f.Status, f.Message = statusWrong, f.Message+"; "+err.Error()
		f.Hint = hintFor(err)
		return f
	}
	f.Message += "; answers"
	return f
}

// askOnce reads the first page of a list and no more.
func askOnce(ctx context.Context, p providers.Provider, scope string) error {
	for _, err := range p.List(ctx, scope) {
		return err
	}
	return nil
}

// variablesSet names the credential variables that are set. It never prints
// what they hold.
func (s *session) variablesSet(in spec.Instance, d *providers.Driver) string {
	if s.flags.sandbox { // the environment's are not looked at
		return "has a credential of the sandbox"
	}
	names := []string{in.APIKeyEnv}
	if in.APIKeyEnv == "" {
		names = nil
		for _, group := range d.Env {
			names = append(names, group...)
		}
	}
	var words []string
	for _, name := range names {
		if s.lookup(name) != "" {
			words = append(words, name+" is set")
		}
	}
	if len(words) == 0 {
		return "no credential is set"
	}
	return strings.Join(words, ", ")
}

// uses reports whether manifests or bindings use an instance in the
// environment that is asked for, and the places where they do.
func (s *session) uses(in spec.Instance, d *providers.Driver) (scopes []string, used bool) {
	places := map[string]bool{}
	for _, c := range s.set.Characters {
		for i := range c.Targets {
			t := &c.Targets[i]
			if to, ok := s.project.Route(s.reads, t.Instance); !ok || to.Name != in.Name {
				continue
			}
			used = true
			if scope := d.Desired(c, t, in).Scope; scope != "" {
				places[scope] = true
			}
		}
	}
	if s.lock != nil && (used || s.inPlay(in.Name)) {
		for _, e := range s.lock.Entries() {
			if e.Target == in.Name {
				used = true
				if scope, _ := d.SplitID(e.ID); scope != "" {
					places[scope] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(places)), used
}

// inPlay reports whether a plan would look at the bindings of an instance that
// no manifest uses: one that environments alone send targets to is out of reach
// outside of them.
func (s *session) inPlay(instance string) bool {
	if len(s.project.Environments[s.reads].Targets) == 0 {
		return s.usedIn(instance) == ""
	}
	for key := range s.project.Instances {
		if to, ok := s.project.Route(s.reads, key); ok && to.Name == instance {
			return true
		}
	}
	return false
}

// usedIn is the first environment, other than the one that is asked for, that
// sends targets to an instance; "" is none.
func (s *session) usedIn(instance string) string {
	for _, name := range slices.Sorted(maps.Keys(s.project.Environments)) {
		if name != s.reads && slices.Contains(slices.Collect(maps.Values(s.project.Environments[name].Targets)), instance) {
			return name
		}
	}
	return ""
}

func pathList(paths []spec.Path) string {
	var words []string
	for _, p := range paths {
		words = append(words, string(p))
	}
	return strings.Join(words, " and ")
}

// hintFor is the next step after an answer that was none.
func hintFor(err error) string {
	var e *providers.Error
	if errors.As(err, &e) && e.Hint != "" {
		return e.Hint
	}
	switch providers.KindOf(err) {
	case providers.Unauthorized:
		return "the key is wrong or has expired: get a new one from the provider"
	case providers.Forbidden:
		return "the key may not do this: check its scopes and the plan it belongs to"
	case providers.NotJSON, providers.Redirected:
		return "something else than the API answered: check the base URL and whether a proxy or a challenge page is in between"
	case providers.RateLimited, providers.Quota, providers.Unavailable:
		return "try again later"
	case "":
		return "check the network and the base URL"
	}
	return "run with --log-level debug to see the requests"
}
