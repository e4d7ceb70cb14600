package apply

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/charsync/charsync/pkg/providers"
)

const (
	aheadMost  = 400 // characters of a list that wait in memory for the plan
	aheadShare = 10  // characters that a page must show at least, or reading singly may turn out cheaper
)

// ahead is a list that is read before it is asked for.
type ahead struct {
	scope  string
	before int // requests of the account until then
	stop   context.CancelFunc
	found  chan found
	// more goes on with the list when found is closed and empty; end leaves it.
	more func() (providers.Remote, error, bool)
	end  func()
}

// found is a step of a list.
type found struct {
	remote providers.Remote
	err    error
}

// ReadAhead begins with the lists that a plan of the whole project will read,
// while the manifests are still being loaded; the lock must be there. As many
// characters are read as the lock binds: a plan that finds its manifests reads
// no page more for it. Nothing is read of an account where something is in
// doubt, since that must be settled first, nor where it is not plain by the
// lock alone that a list is cheapest. The returned function ends what
// no plan has asked for, and must be called.
func (e *Engine) ReadAhead(ctx context.Context) (end func()) {
	for _, name := range slices.Sorted(maps.Keys(e.Accounts)) {
		if !e.certain(name) {
			continue
		}
		if a, err := e.account(name); err == nil {
			e.readAhead(ctx, a)
		}
	}
	return func() {
		for _, a := range e.Accounts {
			a.ahead.Swap(nil).leave()
		}
	}
}

// certain reports whether a plan will look at an instance: none does that
// another environment stands for.
func (e *Engine) certain(instance string) bool {
	if s := e.Options.Selection; len(s.Names)+len(s.Selectors) > 0 || s.Changed != nil || !e.targetSelected(instance, instance) {
		return false
	}
	mapping := e.Project.Environments[e.Options.Env].Targets
	if len(mapping) == 0 {
		return len(e.Project.Environments) == 0
	}
	return slices.Contains(slices.Collect(maps.Values(mapping)), instance)
}

// readAhead begins with the one list of an account that is surely read.
func (e *Engine) readAhead(ctx context.Context, a *Account) {
	var needs []need
	for _, entry := range e.Lock.PeekAll() {
		switch {
		case entry.Target != a.Instance.Name:
		case entry.Pending != nil:
			return
		case entry.ID != "":
			needs = append(needs, need{id: entry.ID, paths: markedPaths(a.rules(), entry)})
		}
	}
	scopes, of := byScope(a.Driver, needs)
	if len(scopes) != 1 {
		return
	}
	r := planReading(a.Driver, scopes[0], needs, of[scopes[0]], len(needs))
	if r.mustList || len(r.gets) > 0 || r.pages*aheadShare > len(needs) {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	h := &ahead{scope: r.scope, before: a.requests(), stop: stop, found: make(chan found, min(len(needs), aheadMost))}
	h.more, h.end = iter.Pull2(a.Provider.List(ctx, r.scope))
	go h.read(ctx, len(needs))
	a.ahead.Store(h)
}

// read reads up to n characters.
func (h *ahead) read(ctx context.Context, n int) {
	defer close(h.found)
	for range n {
		remote, err, ok := h.more()
		if !ok {
			return
		}
		select {
		case h.found <- found{remote, err}:
		case <-ctx.Done():
			return
		}
	}
}

// leave ends the reading. It may be called again, and on nil.
func (h *ahead) leave() {
	if h == nil {
		return
	}
	h.stop()
	for range h.found { // until it is closed: nobody else calls more then
	}
	h.end()
}

// list is the list from its beginning, once.
func (h *ahead) list(yield func(providers.Remote, error) bool) {
	for f := range h.found {
		if !yield(f.remote, f.err) {
			return
		}
	}
	for {
		remote, err, ok := h.more()
		if !ok || !yield(remote, err) {
			return
		}
	}
}

// list is the list that was begun early, or else a new one.
func (o *observation) list(ctx context.Context, scope string) iter.Seq2[providers.Remote, error] {
	if o.ahead != nil && o.ahead.scope == scope {
		return o.ahead.list
	}
	return o.account.Provider.List(ctx, scope)
}

// sent is how many requests the account had sent before anything was read for
// the plan that is about to be made.
func (a *Account) sent() int {
	if h := a.ahead.Load(); h != nil {
		return h.before
	}
	return a.requests()
}
