package apply

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// BranchLock is the lock of another branch.
type BranchLock struct {
	Branch string
	Data   []byte
}

// lookForTwins reads the lists of the places that a plan would create
// characters in, and looks for what would be there twice: a lock may be behind
// what another checkout has applied, or be missing. What a run recorded here has
// made is bound again; everything else is left to judgeTwins. A place that can't
// be read gets nothing created in it. It returns why the account could not be
// read.
func (e *Engine) lookForTwins(ctx context.Context, w *accountPlan, doubts map[diff.Address]verdict, needs []need, failures []error, broken error) error {
	creating, at := e.creations(w)
	if len(creating) == 0 || e.Options.Allow[guardDuplicate] || ctx.Err() != nil {
		return broken
	}
	var found []Stray
	if broken == nil {
		before := w.account.requests()
		var err error
		if found, err = e.strays(ctx, w.account, creating, needs); err != nil {
			broken = fmt.Errorf("whether what is to be created is there already can't be told: %w", err)
		}
		w.least += w.account.requests() - before
		found = e.notInDoubt(w, doubts, found)
	}
	if broken != nil {
		for _, i := range at {
			w.changes[i], failures[i] = nil, broken
		}
		return broken
	}
	missing := e.lockMissing()
	for _, s := range found {
		if i := at[s.Address]; s.From != "" && !missing {
			w.changes[i], failures[i] = e.bindAgain(s, "run "+s.From+" made it, and the lock does not know of that")
			w.bound++
			continue
		}
		w.twins = append(w.twins, s)
	}
	return nil
}

// notInDoubt leaves out what an earlier attempt is likely to have made of which
// only its key can tell: applying the plan will bind that.
func (e *Engine) notInDoubt(w *accountPlan, doubts map[diff.Address]verdict, found []Stray) []Stray {
	var open []Intent
	for a, v := range doubts {
		if entry, ok := e.Lock.Peek(a); ok && entry.Pending != nil && v.key != "" {
			open = append(open, *entry.Pending)
		}
	}
	return slices.DeleteFunc(found, func(s Stray) bool {
		i := slices.IndexFunc(open, func(i Intent) bool {
			differs, _, _ := compareIntent(w.account.rules(), i, s.live)
			return !differs
		})
		if i >= 0 { // it made no more than one
			open = slices.Delete(open, i, i+1)
		}
		return i >= 0
	})
}

// creations are the pairs of an account that the plan makes a character for, with
// their places in the plan.
func (e *Engine) creations(w *accountPlan) (pairs []*pair, at map[diff.Address]int) {
	at = map[diff.Address]int{}
	for i, q := range w.pairs {
		if c := w.changes[i]; c != nil && c.Action == diff.Create && c.CloneOf == "" {
			pairs, at[q.Address] = append(pairs, q), i
		}
	}
	return pairs, at
}

// lockMissing reports a project that has no lock and is not new, as far as can
// be told.
func (e *Engine) lockMissing() bool {
	return !e.Lock.Exists() && e.Lock.Len() == 0 && (e.Options.Cloned || len(e.madeByRuns()) > 0)
}

// bindAgain is the change that binds a stray and brings it to its manifest.
func (e *Engine) bindAgain(s Stray, reason string) (*diff.Change, error) {
	if err := e.recall(s.pair); err != nil {
		return nil, err
	}
	entry, _ := e.Lock.Peek(s.Address)
	c := e.compare(s.pair, entry, s.ID, s.live)
	c.Reason = reason
	return c, nil
}

// judgeTwins decides about creations of which an equal character is there
// already. One that carries the key of the very creation is what an earlier run
// made of the same plan, and is bound. About others a person decides: they may
// be somebody's. A plan that was reviewed is left as it was; applying it
// recognises what it has made before.
func (e *Engine) judgeTwins(ctx context.Context, work []*accountPlan, plan *diff.Plan) error {
	if plan.Digest == e.Options.Reviewed {
		return nil
	}
	digest, missing, changed := plan.Digest, e.lockMissing(), false
	for _, w := range work {
		twins := w.twins
		if missing {
			twins = e.notOfBranches(w, plan)
		}
		var left []Stray
		for _, s := range twins {
			i := slices.IndexFunc(plan.Changes, func(c diff.Change) bool { return c.Address == s.Address })
			c := &plan.Changes[i]
			changed = true
			if keyed, err := e.carriesKey(ctx, w.account, s, e.keyOf(digest, c)); err != nil {
				return err
			} else if keyed {
				bound, err := e.bindAgain(s, "an earlier run of this plan made it")
				if err != nil {
					return err
				}
				*c = *bound
				continue
			}
			left = append(left, s)
			if !missing {
				c.Blocked = append(c.Blocked, twinBlock(s, c.Gone))
			}
		}
		if missing && len(left) > 0 {
			e.missLock(w, left, plan)
		}
	}
	if changed {
		e.seal(plan)
	}
	return nil
}

// carriesKey reports a twin that a creation with a key has made, where the
// service stores the key.
func (e *Engine) carriesKey(ctx context.Context, a *Account, s Stray, key string) (bool, error) {
	settler, ok := a.Provider.(providers.Settler)
	if !ok || a.Driver.Key != providers.ByField {
		return false, nil
	}
	id, err := settler.Settle(ctx, key, s.pair.whole.Scope, providers.Body{"name": s.pair.whole.Doc["name"]})
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	return err == nil && id == s.ID, nil // what can't be told is left to a person
}

// twinBlock stops the creation of a character that is there. One that was bound
// and is gone is in the way of binding it.
func twinBlock(s Stray, gone string) diff.Block {
	b := block(guardDuplicate, "%s is there already and holds everything that the manifest says: creating it would make a second one", s.ID)
	binds := importOf(s.Target, s.ID) + " binds it to the manifest"
	if gone != "" {
		binds = fmt.Sprintf("`charsync state rm %s/%s` forgets %s, which is gone, and then %s", s.Name, s.Target, gone, binds)
	}
	b.Hint = fmt.Sprintf("%s; %s and creates a second one", binds, b.Hint)
	return b
}

// importOf is the command that imports a live character. An id is a service's
// word: one that a shell would read otherwise stands in no command.
func importOf(instance, id string) string {
	switch {
	case !plainID.MatchString(id):
		return "importing it, or id: in the manifest's target,"
	case id[0] == '-':
		return fmt.Sprintf("`charsync import %s -- %s`", instance, id)
	}
	return fmt.Sprintf("`charsync import %s %s`", instance, id)
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9._/:@+=-]+$`)

// missLock says once for an account that the lock is missing, and the ways
// back.
func (e *Engine) missLock(w *accountPlan, found []Stray, plan *diff.Plan) {
	b := block(guardDuplicate, "%s would be created at %s a second time, since the lock is missing", plural(len(found), "character"), w.instance)
	plan.Guards = append(plan.Guards, b)
	first := found[0]
	why := "holds what the manifest says"
	if first.From != "" {
		why = "was made by run " + first.From
	}
	plan.Diagnostics = append(plan.Diagnostics, spec.Diagnostic{
		Severity: spec.Warning, Code: codeLockMissing, Target: w.instance,
		Message: fmt.Sprintf("the lock is missing, and %s to create at %s %s there already: %s is %s, which %s",
			plural(len(found), "character"), w.instance, isAre(len(found)), first.Name, first.ID, why),
		Hint: fmt.Sprintf("bring the lock back: from Git with `git checkout HEAD -- %s`, or from the branch that has it; or with `charsync state rebuild`, which looks for what is live; "+
			"--allow %s creates a second one of each", filepath.Base(e.Lock.Path()), guardDuplicate),
	})
}

// notOfBranches are the twins of an account that the lock of no other branch
// binds. Those that one does are that branch's: this one, which has no lock yet,
// makes its own, and is told what a merge will ask.
func (e *Engine) notOfBranches(w *accountPlan, plan *diff.Plan) []Stray {
	if len(w.twins) == 0 || e.Options.Branches == nil {
		return w.twins
	}
	holder := map[state.Live]string{}
	for _, b := range e.Options.Branches() {
		lock, found := state.Parse(filepath.Base(e.Lock.Path()), b.Data)
		if hasErrors(found) {
			continue
		}
		for _, entry := range lock.Entries() {
			holder[state.Live{Provider: entry.Provider, ID: entry.ID}] = b.Branch
		}
	}
	var left []Stray
	for _, s := range w.twins {
		branch, held := holder[state.Live{Provider: w.account.Driver.Name, ID: s.ID}]
		if !held {
			left = append(left, s)
			continue
		}
		plan.Diagnostics = append(plan.Diagnostics, spec.Diagnostic{
			Severity: spec.Warning, Code: codeLockMissing, Character: s.Name, Target: s.Target,
			Message: fmt.Sprintf("the lock of branch %s binds %s to %s, and this branch has no lock: it gets a character of its own", branch, s.Address, s.ID),
			Hint:    "to manage the same one, merge that branch first; after both were applied, a merge asks which of the two characters counts",
		})
	}
	return left
}
