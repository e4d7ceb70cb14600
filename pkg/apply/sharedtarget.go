package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// guardSharedTarget stops what an environment says otherwise from being sent
// to a live character that it shares with everybody else.
const guardSharedTarget = "shared-target"

// overlaid are, by change, the fields that would be sent and whose value is
// the environment's own, at targets that the environment neither redirects nor
// is meant to share.
func (e *Engine) overlaid(list []*pair, changes []diff.Change) map[diff.Address][]spec.Path {
	environment, known := e.Project.Environments[e.Options.Env]
	if e.Options.Env == "" || !known {
		return nil
	}
	pairs := make(map[diff.Address]*pair, len(list))
	for _, q := range list {
		pairs[q.Address] = q
	}
	out := map[diff.Address][]spec.Path{}
	for i := range changes {
		c := &changes[i]
		q := pairs[c.Address]
		if q == nil || q.account == nil || q.account.Driver == nil || len(q.character.Overlays) == 0 {
			continue
		}
		key := q.target.Instance
		if to, redirected := environment.Targets[key]; redirected && to != key || slices.Contains(environment.Shared, key) {
			continue
		}
		if q.character.OverlayAt(q.target.Pos) == e.Options.Env {
			continue // nobody has this target outside of the environment
		}
		for _, f := range c.Sends() {
			said := q.account.Driver.Origin(q.character, q.target, q.account.Instance, f.Path)
			for _, o := range said {
				if q.character.OverlayAt(o.Value.Pos) == e.Options.Env {
					out[c.Address] = append(out[c.Address], f.Path)
					break
				}
			}
		}
	}
	return out
}

// guardOverlays looks for fields that only the environment says so.
func guardOverlays(c *diff.Change, env string, fields []spec.Path) []diff.Block {
	if len(fields) == 0 {
		return nil
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	b := block(guardSharedTarget, "environment %s would write its own %s to a character that it shares with everybody", env, strings.Join(names, ", "))
	b.Hint = fmt.Sprintf("send %s elsewhere with environments.%s.targets in charsync.yaml, name it under environments.%s.shared if this is meant, or pass --allow %s",
		c.Target, env, env, guardSharedTarget)
	return []diff.Block{b}
}
