package apply

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Stray is a live character that nothing is bound to and that a manifest is
// likely to have made.
type Stray struct {
	diff.Address
	ID   string
	From string // the run that made it, by its record; "" when it holds what the manifest says
	pair *pair
	live diff.Doc
}

// strays looks for the live characters of pairs that are not bound: those that
// a run recorded here has made, and those that hold what the manifest says.
// It reads the lists of the places that the pairs live in.
func (e *Engine) strays(ctx context.Context, a *Account, pairs []*pair) ([]Stray, error) {
	made := e.madeByRuns()
	byScope := map[string][]*pair{}
	for _, q := range pairs {
		byScope[q.whole.Scope] = append(byScope[q.whole.Scope], q)
	}
	known := e.knownIDs(a)
	var out []Stray
	for scope, list := range byScope {
		found, err := e.straysIn(ctx, a, scope, list, made, known)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.SortFunc(out, func(a, b Stray) int { return a.Compare(b.Address) })
	return out, nil
}

func (e *Engine) straysIn(ctx context.Context, a *Account, scope string, pairs []*pair, made map[diff.Address]madeBy, known map[string]bool) ([]Stray, error) {
	byID := map[string]*pair{}
	for _, q := range pairs {
		if m, ok := made[q.Address]; ok {
			byID[m.id] = q
		}
	}
	found := map[*pair]bool{}
	var out []Stray
	var rest []providers.Remote
	for remote, err := range a.Provider.List(ctx, scope) {
		if err == nil {
			err = e.stranger(a, remote.Body)
		}
		if err != nil {
			return nil, err
		}
		q := byID[remote.ID]
		switch {
		case known[remote.ID]:
		case q != nil:
			found[q] = true
			out = append(out, Stray{Address: q.Address, ID: remote.ID, From: made[q.Address].run, pair: q, live: a.Driver.Fields.Live(nil, remote.Body)})
		default:
			rest = append(rest, remote)
		}
	}
	for _, remote := range rest {
		for _, q := range pairs {
			if found[q] {
				continue
			}
			if live, same := e.saysTheSame(ctx, a, q, remote); same {
				found[q] = true
				out = append(out, Stray{Address: q.Address, ID: remote.ID, pair: q, live: live})
				break
			}
		}
	}
	return out, nil
}

// saysTheSame compares a listed character with what a pair wants. One of the
// right name is read singly for what the list does not show.
func (e *Engine) saysTheSame(ctx context.Context, a *Account, q *pair, remote providers.Remote) (diff.Doc, bool) {
	rules, want := a.rules(), q.whole.Doc
	live := a.Driver.Fields.Live(nil, remote.Body)
	name, _ := want["name"].(string)
	if shown, known := live["name"]; known && shown != name || !known && remote.Name != name {
		return nil, false
	}
	if !a.Driver.Fields.Listed(managed(rules, want)) {
		body, err := a.Provider.Get(ctx, remote.ID)
		if err != nil {
			return nil, false
		}
		live = a.Driver.Fields.Live(body, remote.Body)
	}
	return live, wantsLive(rules, want, live)
}

// knownIDs are the live characters of an account's service that the lock binds
// or was made to forget.
func (e *Engine) knownIDs(a *Account) map[string]bool {
	known := map[string]bool{}
	for _, entry := range e.Lock.PeekAll() {
		if entry.Provider == a.Driver.Name {
			known[entry.ID], known[entry.Old] = true, true
		}
	}
	for _, removed := range e.Lock.Removed() {
		if removed.Provider == a.Driver.Name {
			known[removed.ID] = true
		}
	}
	return known
}

// madeBy is a live character that a run recorded here has made.
type madeBy struct{ id, run string }

// madeByRuns are the characters that the newest runs have made for each pair
// and that none has removed since.
func (e *Engine) madeByRuns() map[diff.Address]madeBy {
	made := map[diff.Address]madeBy{}
	heads, _, err := ListRuns(e.Options.RunDir)
	if err != nil {
		return made
	}
	gone := map[string]bool{}
	for _, h := range heads[:min(len(heads), earlierRuns)] {
		run, err := ReadRun(e.Options.RunDir, h.ID)
		if err != nil {
			continue
		}
		for _, d := range run.Deeds {
			for _, id := range d.Removed {
				gone[d.Target+"\x00"+id] = true
			}
			id := d.Created
			if id == "" && d.Was != nil {
				id = d.Was.ID
			}
			if _, newer := made[d.Address]; !newer && id != "" && !gone[d.Target+"\x00"+id] {
				made[d.Address] = madeBy{id: id, run: h.ID}
			}
		}
	}
	return made
}

// missLock says so when the lock is missing and what the creations of an
// account would make is live already. In a project that is new, as far as can be
// told, nothing is asked.
func (e *Engine) missLock(ctx context.Context, w *accountPlan) {
	if e.Lock.Exists() || e.Lock.Len() > 0 {
		return
	}
	var creating []*pair
	for i, q := range w.pairs {
		if c := w.changes[i]; c != nil && c.Action == diff.Create && c.CloneOf == "" && c.Gone == "" {
			creating = append(creating, q)
		}
	}
	if len(creating) == 0 || !e.Options.Cloned && len(e.madeByRuns()) == 0 {
		return
	}
	before := w.account.requests()
	found, err := e.strays(ctx, w.account, creating)
	w.least += w.account.requests() - before
	if err != nil || len(found) == 0 {
		return // a list that can't be read shows nothing; creating will say why
	}
	w.diagnostics = append(w.diagnostics, spec.Diagnostic{
		Severity: spec.Warning, Code: codeLockMissing, Target: w.instance,
		Message: fmt.Sprintf("the lock is missing, and %s to create at %s %s there already: %s is %s",
			plural(len(found), "character"), w.instance, isAre(len(found)), found[0].Name, found[0].ID),
		Hint: fmt.Sprintf("bring the lock back: from Git with `git checkout HEAD -- %s`, or from the branch that has it; or with `charsync state rebuild`, which looks for what is live; "+
			"applying this plan creates a second one of each", filepath.Base(e.Lock.Path())),
	})
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// Strays looks for the live characters of all selected pairs that are not
// bound. What could not be read is among the diagnostics.
func (e *Engine) Strays(ctx context.Context) ([]Stray, []spec.Diagnostic, error) {
	byTarget := map[string][]*pair{}
	for _, q := range e.resolve().list {
		if q.err == nil && !q.invalid && e.unbound(q) && q.adopt == "" {
			byTarget[q.Target] = append(byTarget[q.Target], q)
		}
	}
	var out []Stray
	var diagnostics []spec.Diagnostic
	for _, w := range sortedWork(e.accountWork(e.resolve())) {
		pairs := byTarget[w.instance]
		if len(pairs) == 0 {
			continue
		}
		a, err := e.account(w.instance)
		var found []Stray
		if err == nil {
			found, err = e.strays(ctx, a, pairs)
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err != nil {
			diagnostics = append(diagnostics, w.unread(err))
		}
		out = append(out, found...)
	}
	slices.SortFunc(out, func(a, b Stray) int { return a.Compare(b.Address) })
	return out, diagnostics, nil
}

// BindStrays records the bindings of what Strays has found.
func (e *Engine) BindStrays(list []Stray) error {
	if err := e.Lock.Begin(Recordless(e.now(), wroteByRebuild)); err != nil {
		return err
	}
	for _, s := range list {
		if holders := e.Lock.Holders(state.Live{Provider: s.pair.account.Driver.Name, ID: s.ID}); len(holders) > 0 {
			_ = e.Lock.Finish()
			return fmt.Errorf("%s is bound to %s already", s.ID, holders[0])
		}
		if err := e.Lock.Put(e.signed(s.pair.boundAs(s.ID, s.live))); err != nil {
			_ = e.Lock.Finish()
			return err
		}
	}
	return e.Lock.Finish()
}
