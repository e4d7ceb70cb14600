package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// settleByContent looks among the characters that nothing is bound to for
// those that hold exactly what the lost request sent.
func (e *Engine) settleByContent(ctx context.Context, a *Account, scope string, doubts []doubt, out map[diff.Address]verdict) {
	bound := map[string]bool{}
	for _, entry := range e.Lock.PeekAll() {
		if entry.Provider == a.Driver.Name {
			bound[entry.ID], bound[entry.Old] = true, true
		}
	}
	rules := a.rules()
	exact := map[diff.Address][]string{}
	similar := map[diff.Address][]string{}
	for remote, err := range a.Provider.List(ctx, scope) {
		if err == nil {
			err = e.stranger(a, remote.Body)
		}
		if err != nil {
			for _, d := range doubts {
				out[d.Address] = verdict{err: fmt.Errorf("what became of an earlier attempt can't be told: %w", err)}
			}
			return
		}
		if bound[remote.ID] {
			continue
		}
		for _, d := range doubts {
			if remote.ID == d.intent.Clone {
				continue // what it was to be made of holds the same, and is somebody's
			}
			switch e.resembles(ctx, a, rules, d, remote) {
			case same:
				exact[d.Address] = append(exact[d.Address], remote.ID)
			case alike:
				similar[d.Address] = append(similar[d.Address], remote.ID)
			}
		}
	}
	for _, d := range doubts {
		out[d.Address] = contentVerdict(d, exact[d.Address], similar[d.Address])
	}
}

func contentVerdict(d doubt, exact, similar []string) verdict {
	switch {
	case len(exact) == 1:
		return foundVerdict(exact[0])
	case len(exact)+len(similar) == 0:
		return verdict{}
	}
	candidates := slices.Concat(exact, similar)
	slices.Sort(candidates)
	return verdict{err: spec.Diagnostic{
		Severity: spec.Error, Code: codeInDoubt, Character: d.Name, Target: d.Target,
		Message: fmt.Sprintf("an earlier attempt to create %s got no answer, and it may be %s", d.Address, strings.Join(candidates, " or ")),
		Hint: fmt.Sprintf("if one of them is it, set id: to it in the manifest's target; if none is, "+
			"`charsync state rm %s` forgets the attempt and the next apply creates anew", d.Address),
	}}
}

// resemblance is how much a live character looks like a lost creation.
type resemblance int

const (
	other resemblance = iota
	alike             // the same name, and something else
	same              // every field that was sent and can be read is equal
)

func (e *Engine) resembles(ctx context.Context, a *Account, rules []diff.Rule, d doubt, remote providers.Remote) resemblance {
	differs, unseen, named := compareIntent(rules, d.intent, a.Driver.Fields.Live(nil, remote.Body))
	if differs && !named {
		return other
	}
	if !differs && !readableAmong(a.Driver.Fields, unseen) {
		return same
	}
	body, err := a.Provider.Get(ctx, remote.ID)
	if err != nil {
		return alike
	}
	differs, _, named = compareIntent(rules, d.intent, a.Driver.Fields.Live(body, remote.Body))
	switch {
	case !differs:
		return same
	case named:
		return alike
	}
	return other
}

// compareIntent compares the digests of a lost request with a live document.
// A clone is called whatever the vendor likes: its name says nothing.
func compareIntent(rules []diff.Rule, i Intent, live diff.Doc) (differs bool, unseen []spec.Path, named bool) {
	for _, r := range rules {
		digest, sent := i.Fields[r.Path]
		if !sent {
			continue
		}
		v, known := live[r.Path]
		switch {
		case !known:
			unseen = append(unseen, r.Path)
		case r.Digest(v) != digest:
			differs = true
		case r.Path == "name":
			named = true
		}
	}
	return differs, unseen, named
}

func readableAmong(t providers.Table, paths []spec.Path) bool {
	return slices.ContainsFunc(paths, func(p spec.Path) bool {
		f, ok := t.Field(p)
		return ok && f.Readable()
	})
}
