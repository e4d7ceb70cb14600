package apply

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// pair is a character at a target: what is counted, planned and locked.
type pair struct {
	diff.Address
	character *spec.Character // of a settled pair without its values
	target    *spec.Target
	account   *Account          // nil when the instance is not known
	settled   bool              // what it wants is what the lock has the digests of; see Examine
	whole     providers.Desired // what it wants; of a settled pair nothing, before Engine.recall
	findings  []spec.Diagnostic // what validation says of it
	invalid   bool              // it can't be sent
	adopt     string            // the id that the manifest names, joined with its scope
	err       error             // why nothing can be done for it
}

func (p *pair) protect() bool {
	yes, _ := p.character.Protect.V.(bool)
	return yes
}

func hasErrors(ds []spec.Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d spec.Diagnostic) bool { return d.Severity == spec.Error })
}

// pairs is the selection, resolved.
type pairs struct {
	list        []*pair           // sorted by address
	inPlay      map[string]bool   // instances that this environment reaches
	diagnostics []spec.Diagnostic // of the selection itself
}

// resolve turns the manifests into pairs, once for an engine.
func (e *Engine) resolve() *pairs {
	e.once.Do(func() { e.chosen = e.resolvePairs() })
	return e.chosen
}

func (e *Engine) resolvePairs() *pairs {
	p := &pairs{inPlay: map[string]bool{}}
	mapping := e.mapping(p)
	for name := range e.Project.Instances {
		p.inPlay[mapped(mapping, name)] = true
	}
	if len(mapping) == 0 && len(e.Project.Environments) > 0 { // outside of an environment, its own instances are out of reach
		literal := e.literal()
		for _, env := range e.Project.Environments {
			for _, instance := range env.Targets {
				if !literal[instance] {
					delete(p.inPlay, instance)
				}
			}
		}
	}
	for _, c := range e.Set.Characters {
		if e.selected(c) {
			e.addPairs(p, c, mapping)
		}
	}
	slices.SortFunc(p.list, func(a, b *pair) int { return a.Compare(b.Address) })
	e.desire(p)
	e.checkSharing(p)
	return p
}

// mapping is the environment's: target key → instance.
func (e *Engine) mapping(p *pairs) map[string]string {
	if e.Options.Env == "" {
		return nil
	}
	env, ok := e.Project.Environments[e.Options.Env]
	if !ok {
		known := slices.Sorted(maps.Keys(e.Project.Environments))
		p.diagnostics = append(p.diagnostics, spec.Diagnostic{
			Pos: spec.Pos{File: e.Project.File}, Severity: spec.Error, Code: codeUnknownName,
			Message: fmt.Sprintf("there is no environment %q", e.Options.Env),
			Hint:    "use one of: " + strings.Join(known, ", "),
		})
		return nil
	}
	return env.Targets
}

func mapped(mapping map[string]string, key string) string {
	if to, ok := mapping[key]; ok {
		return to
	}
	return key
}

// literal are the target keys that manifests use.
func (e *Engine) literal() map[string]bool {
	keys := map[string]bool{}
	for _, c := range e.Set.Characters {
		for i := range c.Targets {
			keys[c.Targets[i].Instance] = true
		}
	}
	return keys
}

// wanted reports whether any manifest, selected or not, makes a pair in any
// environment: such a pair is no orphan.
func (e *Engine) wanted(a diff.Address) bool {
	c := e.Set.Known(a.Name)
	if c == nil {
		return false
	}
	for i := range c.Targets {
		key := c.Targets[i].Instance
		if key == a.Target {
			return true
		}
		for _, env := range e.Project.Environments {
			if mapped(env.Targets, key) == a.Target {
				return true
			}
		}
	}
	for _, o := range c.Overlays { // of other environments too: what lives there stays
		for _, key := range o.Targets {
			if mapped(e.Project.Environments[o.Env].Targets, key) == a.Target {
				return true
			}
		}
	}
	return false
}

// selected reports whether a character is meant, by name and labels.
func (e *Engine) selected(c *spec.Character) bool {
	return e.named(c.Name) && e.labelled(c)
}

// named reports whether a character is meant by its name.
func (e *Engine) named(name string) bool {
	e.naming.Do(func() {
		e.names = make(map[string]bool, len(e.Options.Selection.Names))
		for _, n := range e.Options.Selection.Names {
			e.names[n] = true
		}
	})
	return (len(e.names) == 0 || e.names[name]) && !e.Options.Selection.leavesOut(name)
}

func (e *Engine) labelled(c *spec.Character) bool {
	for _, selector := range e.Options.Selection.Selectors {
		if !selector.Matches(c.Labels) {
			return false
		}
	}
	return true
}

func (e *Engine) targetSelected(key, instance string) bool {
	t := e.Options.Selection.Targets
	return len(t) == 0 || slices.Contains(t, key) || slices.Contains(t, instance)
}

func (e *Engine) addPairs(p *pairs, c *spec.Character, mapping map[string]string) {
	taken := map[string]string{}
	for i := range c.Targets {
		t := &c.Targets[i]
		instance := mapped(mapping, t.Instance)
		if !e.targetSelected(t.Instance, instance) {
			continue
		}
		if other, twice := taken[instance]; twice {
			p.diagnostics = append(p.diagnostics, spec.Diagnostic{
				Pos: t.Pos, Severity: spec.Error, Code: codeSharedCharacter, Character: c.Name, Target: t.Instance,
				Message: fmt.Sprintf("targets %s and %s both go to %s in environment %s", other, t.Instance, instance, e.Options.Env),
				Hint:    "remove one of the targets, or change the environment",
			})
			continue
		}
		taken[instance] = t.Instance
		q, early := e.early.pairs[t]
		if !early {
			q = e.newPair(c, t, instance)
		}
		p.list = append(p.list, q)
	}
}

func (e *Engine) newPair(c *spec.Character, t *spec.Target, instance string) *pair {
	_, known := e.Project.Instances[instance]
	q := &pair{Address: diff.Address{Name: c.Name, Target: instance}, character: c, target: t}
	q.account = e.Accounts[instance]
	if !known || q.account == nil || q.account.Driver == nil {
		q.err = spec.Diagnostic{
			Pos: t.Pos, Severity: spec.Error, Code: codeUnknownName, Character: c.Name, Target: t.Instance,
			Message: fmt.Sprintf("%s is not a provider instance of this project", instance),
			Hint:    "use one of: " + strings.Join(slices.Sorted(maps.Keys(e.Project.Instances)), ", "),
		}
	}
	return q
}
