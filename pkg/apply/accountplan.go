package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// accountPlan is the part of a plan that one account is asked for. While it
// is read, slots are filled from several goroutines, each its own.
type accountPlan struct {
	instance string
	account  *Account
	pairs    []*pair
	prune    []Entry // orphans that are to be deleted
	orphans  []Entry // orphans that a renamed manifest may claim
	lost     []Entry // orphans that were being created when a run was stopped
	stale    []staleName

	renamed     map[diff.Address]*Entry // orphans that are the old names of new pairs, by the new address
	claimed     map[diff.Address]bool   // the addresses of those orphans
	broken      error                   // why the account could not be read
	changes     []*diff.Change
	twins       []Stray // what creations would make a second time
	unplanned   []diff.Unplanned
	diagnostics []spec.Diagnostic
	guards      []diff.Block
	unchanged   int
	bound       int            // pairs that are bound already: what shares are shares of
	finishing   []diff.Address // pairs whose creation a run was stopped in
	made, least int
}

// planAccount plans everything of one account.
func (e *Engine) planAccount(ctx context.Context, w *accountPlan) {
	if _, err := e.account(w.instance); err != nil {
		w.broken = err
		e.planNothing(w, err)
		return
	}
	before := w.account.sent()
	doubts := e.settleDoubts(ctx, w)
	var needs []need
	var tell []func(seen)
	var waits []*awaited
	rules := w.account.rules()
	w.changes = make([]*diff.Change, len(w.pairs)+len(w.prune))
	unchanged := make([]bool, len(w.pairs))
	failures := make([]error, len(w.changes))
	for i, q := range w.pairs {
		if q.err != nil || q.invalid {
			w.refuse(q)
			continue
		}
		entry, _ := e.Lock.Peek(q.Address)
		verdict := doubts[q.Address]
		id, renamed := e.boundTo(q), w.renamed[q.Address]
		switch {
		case verdict.err != nil:
			w.fail(q.Address, verdict.err)
			continue
		case verdict.id != "":
			id = verdict.id
		case id == "" && renamed != nil:
			id = renamed.ID
		}
		if err := e.elsewhereBound(q); id == "" && err != nil {
			w.fail(q.Address, err)
			continue
		}
		if id == "" {
			w.changes[i], failures[i] = q.creatable(verdict.reason)
			continue
		}
		if verdict.id != "" || entry.ID != "" && len(entry.Fields) == 0 && q.adopt == "" {
			w.finishing = append(w.finishing, q.Address)
		} else {
			w.bound++
		}
		needs = append(needs, need{id: id, paths: q.paths(entry)})
		if renamed != nil && entry.ID == "" {
			waits = append(waits, e.awaits(w.account, *renamed, id))
		} else {
			waits = append(waits, e.awaits(w.account, entry, id))
		}
		tell = append(tell, func(s seen) {
			entry, _ := e.Lock.Peek(q.Address) // not held for all pairs at once
			w.changes[i], failures[i] = e.planSeen(q, entry, renamed, id, verdict, s)
			unchanged[i] = w.changes[i] == nil && failures[i] == nil
		})
	}
	for j, entry := range w.prune {
		i := len(w.pairs) + j
		w.bound++
		needs = append(needs, need{id: entry.ID, paths: markedPaths(rules, entry)})
		waits = append(waits, e.awaits(w.account, entry, entry.ID))
		tell = append(tell, func(s seen) { w.changes[i], failures[i] = e.planRemoval(w.account, entry, s) })
	}
	e.settleOrphans(ctx, w)
	for _, s := range w.stale {
		w.changes = append(w.changes, s.forget())
	}
	least, broken := e.observeLate(ctx, w.account, "observe", needs, func(i int) *awaited { return waits[i] }, func(i int, s seen) { tell[i](s) })
	w.least += least
	broken = e.lookForTwins(ctx, w, doubts, needs, failures, broken)
	w.made = w.account.requests() - before
	e.sumUp(w, unchanged, failures, broken)
}

// sumUp turns what reading found into figures and findings. A failure of the
// account is said once, not for every character.
func (e *Engine) sumUp(w *accountPlan, unchanged []bool, failures []error, broken error) {
	w.broken = broken
	if broken != nil {
		w.diagnostics = append(w.diagnostics, w.unread(broken))
	}
	for _, same := range unchanged {
		if same {
			w.unchanged++
		}
	}
	for i, err := range failures {
		if err == nil {
			continue
		}
		var address diff.Address
		if i < len(w.pairs) {
			address = w.pairs[i].Address
		} else {
			address = w.prune[i-len(w.pairs)].Address
		}
		if broken != nil && errors.Is(err, broken) {
			w.unplanned = append(w.unplanned, unplanned(address, diagnosticOf(err)))
			continue
		}
		w.fail(address, err)
	}
	w.warnOfAnother()
}

// warnOfAnother says so when nothing that is bound was found: it is likelier
// that the account is another one than that all were deleted there.
func (w *accountPlan) warnOfAnother() {
	again, then := 0, ""
	for _, c := range w.changes {
		if c == nil || c.Gone == "" {
			continue
		}
		switch c.Action {
		case diff.Create:
			again++
			then = ": all would be created anew, and the lock would forget the others"
		case diff.Report:
			again++
		}
	}
	if again < 2 || again < w.bound {
		return
	}
	if then != "" {
		b := block(guardAccount, "%s holds none of the %s characters that the lock binds there", w.instance, providers.Figure(again))
		b.Hint = "look whether key, base URL and lock are of one account; if they were deleted there, " + b.Hint + " and creates them anew"
		w.guards = append(w.guards, b)
	}
	w.diagnostics = append(w.diagnostics, spec.Diagnostic{
		Severity: spec.Warning, Code: codeNoneFound, Target: w.instance,
		Message: fmt.Sprintf("%s holds none of the %s characters that the lock binds there%s", w.instance, providers.Figure(again), then),
		Hint:    "look whether key, base URL and lock are of one account before applying anything",
	})
}

func (w *accountPlan) unread(err error) spec.Diagnostic {
	d := diagnosticOf(err)
	d.Severity, d.Target = spec.Error, w.instance
	if d.Code == codeElsewhere {
		return d
	}
	d.Code = codeUnread
	d.Message = fmt.Sprintf("%s could not be read: %v", w.instance, err)
	if d.Hint == "" {
		d.Hint = hintFor(err)
	}
	return d
}

// fail notes a pair that nothing can be planned for.
func (w *accountPlan) fail(a diff.Address, err error) {
	d := diagnosticOf(err)
	d.Character, d.Target = a.Name, a.Target
	if d.Hint == "" {
		d.Hint = hintFor(err)
	}
	if d.Code == codeUnread {
		d.Message = fmt.Sprintf("%s could not be read: %s", a, d.Message)
	}
	w.diagnostics = append(w.diagnostics, d)
	w.unplanned = append(w.unplanned, unplanned(a, d))
}

func unplanned(a diff.Address, d spec.Diagnostic) diff.Unplanned {
	return diff.Unplanned{Address: a, Code: d.Code, Message: d.Message, Hint: d.Hint}
}

// refuse notes a pair whose manifest can't be used.
func (w *accountPlan) refuse(q *pair) {
	if q.err != nil {
		w.fail(q.Address, q.err)
		return
	}
	for _, d := range q.findings {
		if d.Severity == spec.Error {
			w.fail(q.Address, d)
			return
		}
	}
}

// planNothing is for an account that could not be opened.
func (e *Engine) planNothing(w *accountPlan, err error) {
	d := diagnosticOf(err)
	if d.Code != codeElsewhere {
		d = spec.Diagnostic{Severity: spec.Error, Code: codeUnopened, Target: w.instance, Message: err.Error(), Hint: hintFor(err)}
	}
	w.diagnostics = append(w.diagnostics, d)
	for _, q := range w.pairs {
		w.unplanned = append(w.unplanned, unplanned(q.Address, d))
	}
	for _, entry := range w.prune {
		w.unplanned = append(w.unplanned, unplanned(entry.Address, d))
	}
}

// planSeen is the change of a bound pair, from what reading it found.
func (e *Engine) planSeen(q *pair, entry Entry, renamed *Entry, id string, v verdict, s seen) (*diff.Change, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case s.gone && q.adopt != "":
		return nil, spec.Diagnostic{
			Pos: q.place(), Severity: spec.Error, Code: codeAdoptedGone,
			Message: fmt.Sprintf("%s has no character %s", q.Target, id),
			Hint:    "correct the id, or remove it from the manifest to create a new character",
		}
	case s.gone:
		if err := e.recall(q); err != nil {
			return nil, err
		}
		c, err := q.creatable("not found on " + q.Target)
		if c != nil {
			c.Superseded, c.Gone = entry.Old, entry.ID
		}
		if c != nil && renamed != nil && entry.ID == "" {
			c.Superseded, c.Gone, c.RenamedFrom = renamed.Old, renamed.ID, renamed.Name
		}
		return c, err
	}
	if renamed != nil && entry.ID == "" {
		entry = *renamed
	}
	if v.id != "" {
		entry = q.account.settled(entry)
	}
	entry, merged := e.reconcile(q.account, entry, s.doc)
	if !merged && q.settled && asMarked(q.account.rules(), entry, s.doc) {
		return nil, nil
	}
	if err := e.recall(q); err != nil {
		return nil, err
	}
	c := e.compare(q, entry, id, s.doc)
	if renamed != nil {
		c = e.rename(c, q, renamed)
	}
	if c == nil && len(e.Lock.Rivals(q.Address)) > 0 {
		c = q.change(diff.Record)
		c.ID, c.Reason = id, "two branches changed it: one line of the lock is left"
	}
	if c != nil && v.reason != "" {
		c.Reason = v.reason
	}
	return c, nil
}
