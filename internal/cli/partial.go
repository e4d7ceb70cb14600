package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// wholly refuses a plan of which a part can't be done for lack of a credential,
// before anything of the rest is written. Where nothing can be done anyway, the
// outcomes say so.
func wholly(engine *apply.Engine, plan *diff.Plan) error {
	missing, elsewhere := map[string]bool{}, false
	lacks := func(target string) bool {
		account := engine.Accounts[target]
		return account != nil && account.Err != nil && providers.KindOf(account.Err) == providers.Unauthorized
	}
	for i := range plan.Changes {
		switch c := &plan.Changes[i]; {
		case c.Action == diff.Record, c.Action == diff.Report, len(c.Blocked) > 0:
		case lacks(c.Target):
			missing[c.Target] = true
		default:
			elsewhere = true
		}
	}
	for _, u := range plan.Unplanned {
		if lacks(u.Target) {
			missing[u.Target] = true
		}
	}
	if len(missing) == 0 || !elsewhere {
		return nil
	}
	names := slices.Sorted(maps.Keys(missing))
	hints := make([]string, len(names))
	for i, name := range names {
		names[i], hints[i] = view.SanitizeLine(name), hintFor(engine.Accounts[name].Err)
	}
	return failed(strings.Join(hints, "; ")+"; --partial applies what can be, elsewhere",
		"apply: no credential for %s, which the plan has to do with: nothing was written", view.And(names))
}
