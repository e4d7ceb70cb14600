package apply

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// desire computes what the manifests want, in parallel: it is the costly part
// of validation.
func (e *Engine) desire(p *pairs) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	const chunk = 64
	for part := range slices.Chunk(p.list, chunk) {
		g.Go(func() error {
			for _, q := range part {
				if _, early := e.early.pairs[q.target]; !early && q.err == nil {
					q.want()
					e.judge(q)
				}
			}
			return nil
		})
	}
	_ = g.Wait() // the functions return no error
}

// judge gathers what validation says of a pair.
func (e *Engine) judge(q *pair) {
	q.findings = e.lossesOf(q)
	q.invalid = hasErrors(q.whole.Diagnostics)
	if e.boundTo(q) == "" && !q.target.CloneFrom.Set {
		q.findings = append(q.findings, q.account.Driver.Creatable(q.character, q.target, q.whole)...)
	}
}

func (q *pair) want() {
	d := q.account.Driver
	q.whole = d.Desired(q.character, q.target, q.account.Instance)
	id := q.target.ID.Text()
	if id == "" {
		return
	}
	q.adopt = id
	if scope, _ := d.SplitID(id); len(d.Scope) > 0 && scope == "" {
		if q.whole.Scope == "" {
			q.err = spec.Diagnostic{
				Pos: q.target.ID.Pos, Severity: spec.Error, Code: codeUnknownName, Character: q.Name, Target: q.Target,
				Message: fmt.Sprintf("where %s lives is not known", id),
				Hint:    "set the place in this target or as a default of the instance, or write the id with its place in front",
			}
			return
		}
		q.adopt = d.JoinID(q.whole.Scope, id)
	}
}

// boundTo is the live character of a pair: the one its manifest names, else
// the one in the lock.
func (e *Engine) boundTo(q *pair) string {
	if q.adopt != "" {
		return q.adopt
	}
	entry, _ := e.Lock.Peek(q.Address)
	return entry.ID
}

// checkSharing refuses two pairs that are bound to one live character. Pairs
// outside of the selection count too, by the lock.
func (e *Engine) checkSharing(p *pairs) {
	owners := map[state.Live]diff.Address{}
	mine := map[diff.Address]bool{}
	for _, q := range p.list {
		mine[q.Address] = true
	}
	for _, q := range p.list {
		if q.err == nil {
			q.err = e.otherService(q)
		}
		id := e.boundTo(q)
		if q.err != nil || id == "" {
			continue
		}
		key := state.Live{Provider: q.account.Driver.Name, ID: id}
		other, taken := owners[key]
		for _, a := range e.Lock.Holders(key) {
			// A binding without a manifest may be the old name of one of these.
			if !taken && !mine[a] && e.wanted(a) {
				other, taken = a, true
			}
		}
		if !taken {
			owners[key] = q.Address
			continue
		}
		q.err = spec.Diagnostic{
			Pos: q.place(), Severity: spec.Error, Code: codeSharedCharacter, Character: q.Name, Target: q.Target,
			Message: fmt.Sprintf("%s and %s are both bound to the live character %s", other, q.Address, id),
			Hint: fmt.Sprintf("remove the id from one of the manifests, or forget one binding with `charsync state rm %s`; "+
				"`charsync state mv` carries a binding over to a renamed manifest", other),
		}
	}
}

// otherService refuses a binding that was made at another service: the
// instance has changed its type since.
func (e *Engine) otherService(q *pair) error {
	entry, bound := e.Lock.Peek(q.Address)
	if !bound || entry.Provider == q.account.Driver.Name {
		return nil
	}
	return spec.Diagnostic{
		Pos: q.place(), Severity: spec.Error, Code: codeSharedCharacter, Character: q.Name, Target: q.Target,
		Message: fmt.Sprintf("the lock binds %s at %s, and %s is %s now", q.Address, entry.Provider, q.Target, q.account.Driver.Name),
		Hint:    fmt.Sprintf("give the new service an instance of its own, or forget the binding with `charsync state rm %s/%s`", q.Name, q.Target),
	}
}

// place is where to point for something about the binding of a pair.
func (q *pair) place() spec.Pos {
	if q.target.ID.Set {
		return q.target.ID.Pos
	}
	return q.target.Pos
}

func diagnosticOf(err error) spec.Diagnostic {
	var d spec.Diagnostic
	if errors.As(err, &d) {
		return d
	}
	return spec.Diagnostic{Severity: spec.Error, Code: codeUnread, Message: err.Error()}
}
