package apply

import (
	"context"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
)

// verifyLate looks again for what was written and did not show, all of it
// together, as long as the driver's table says that it may take.
func (ar *accountRun) verifyLate(ctx context.Context) {
	var left []*item
	for _, it := range ar.items {
		if it.late && !it.over {
			left = append(left, it)
		}
	}
	if len(left) == 0 {
		return
	}
	ar.engine.until(ctx, ar.account, time.Time{}, plural(len(left), "write"), func() bool {
		left = ar.lookAgain(ctx, left)
		return len(left) == 0
	})
	for _, it := range left {
		it.tired = true
		switch {
		case it.got.doc != nil:
			ar.conclude(ctx, it)
		case it.got.err != nil:
			ar.unchecked(it, it.got.err)
		case it.entry.Unseen != nil:
			ar.unchecked(it, notVisible(it.Target, it.id))
		default:
			ar.unchecked(it, &providers.Error{
				Kind: providers.NotFound, Provider: it.Target, Op: "read", Message: "the service does not show the character that was just written",
				Hint: "run again: it is bound, and what it holds will be compared",
			})
		}
	}
}

// lookAgain reads the changes once more, concludes those that show, and gives
// the others.
func (ar *accountRun) lookAgain(ctx context.Context, items []*item) []*item {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer done()
	needs := make([]need, len(items))
	for i, it := range items {
		needs[i] = need{id: it.id, paths: sentPaths(it.Change)}
	}
	_, _ = ar.engine.observe(ctx, ar.account, "verify", needs, func(i int, s seen) { items[i].got = s }) // an error is in each
	var left []*item
	for _, it := range items {
		switch {
		case it.got.gone:
			it.got = seen{}
		case it.got.err == nil && !ar.outdated(it, it.got.doc):
			it.late = false
			ar.conclude(ctx, it)
			continue
		}
		left = append(left, it)
	}
	return left
}

// outdated reports a character that holds what it held before the write, in
// every field that was sent: the service may show the write late. Where one
// field shows it, the others were not kept.
func (ar *accountRun) outdated(it *item, live diff.Doc) bool {
	old := false
	for _, f := range it.fields {
		got, readable := live[f.path]
		rule := ar.rules[f.path]
		switch {
		case !readable || f.made || rule.Equal(f.wanted, f.before):
		case !rule.Equal(got, f.before):
			return false
		default:
			old = true
		}
	}
	return old
}
