package apply

import (
	"context"
	"fmt"
	"slices"
	"sync"

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
// What the needs name is somebody's. It reads the lists of the places that the
// pairs live in.
func (e *Engine) strays(ctx context.Context, a *Account, pairs []*pair, taken []need) ([]Stray, error) {
	byScope := map[string][]*pair{}
	for _, q := range pairs {
		byScope[q.whole.Scope] = append(byScope[q.whole.Scope], q)
	}
	known := e.knownIDs(a)
	for _, n := range taken {
		known[n.id] = true
	}
	var out []Stray
	for scope, list := range byScope {
		found, err := e.straysIn(ctx, a, scope, list, known)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.SortFunc(out, func(a, b Stray) int { return a.Compare(b.Address) })
	return out, nil
}

// mostAlike bounds the characters of one place that are read singly because
// they have the name of one that is looked for.
const mostAlike = 100

func (e *Engine) straysIn(ctx context.Context, a *Account, scope string, pairs []*pair, known map[string]bool) ([]Stray, error) {
	byName := map[string][]*pair{}
	for _, q := range pairs {
		name, _ := q.whole.Doc["name"].(string)
		byName[name] = append(byName[name], q)
	}
	byID := sync.OnceValue(func() map[string]*pair { // records are read when there is something to look up
		byID, made := map[string]*pair{}, e.madeByRuns()
		for _, q := range pairs {
			if m, ok := made[q.Address]; ok {
				byID[m.id] = q
			}
		}
		return byID
	})
	found := map[*pair]bool{}
	var out []Stray
	var alike []providers.Remote
	for remote, err := range a.Provider.List(ctx, scope) {
		if err == nil {
			err = e.stranger(a, remote.Body)
		}
		if providers.KindOf(err) == providers.NotFound {
			return nil, nil // a place that is not there holds nothing
		}
		if err != nil {
			return nil, err
		}
		if known[remote.ID] {
			continue
		}
		switch q := byID()[remote.ID]; {
		case q != nil:
			live, there, err := e.wholeOf(ctx, a, q, remote)
			if err != nil {
				return nil, err
			}
			if there {
				found[q] = true
				out = append(out, Stray{Address: q.Address, ID: remote.ID, From: e.madeByRuns()[q.Address].run, pair: q, live: live})
			}
		case len(byName[shownName(a, remote)]) > 0 && len(alike) < mostAlike:
			alike = append(alike, remote)
		}
	}
	for _, remote := range alike {
		for _, q := range byName[shownName(a, remote)] {
			if found[q] {
				continue
			}
			live, there, err := e.wholeOf(ctx, a, q, remote)
			if err != nil {
				return nil, err
			}
			if there && wantsLive(a.rules(), q.whole.Doc, live) {
				found[q] = true
				out = append(out, Stray{Address: q.Address, ID: remote.ID, pair: q, live: live})
				break
			}
		}
	}
	return out, nil
}

// shownName is the display name of a listed character.
func shownName(a *Account, remote providers.Remote) string {
	if shown, known := a.Driver.Fields.Live(nil, remote.Body)["name"].(string); known {
		return shown
	}
	return remote.Name
}

// wholeOf is what a listed character holds of the fields that a pair wants. It
// is read singly for what the list does not show; there is false when that does
// not find it, or may not.
func (e *Engine) wholeOf(ctx context.Context, a *Account, q *pair, remote providers.Remote) (live diff.Doc, there bool, err error) {
	var body providers.Body
	if !a.Driver.Fields.Listed(managed(a.rules(), q.whole.Doc)) {
		body, err = a.Provider.Get(ctx, remote.ID)
		switch providers.KindOf(err) {
		case providers.NotFound, providers.Forbidden, providers.Unsupported:
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("%s has the name of a character to create, and could not be read: %w", remote.ID, err)
		}
	}
	return a.Driver.Fields.Live(body, remote.Body), true, nil
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
	e.recorded.Do(func() { e.madeBefore = e.readMade() })
	return e.madeBefore
}

func (e *Engine) readMade() map[diff.Address]madeBy {
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
			found, err = e.strays(ctx, a, pairs, nil)
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
