package apply

import (
	"context"
	"slices"
	"time"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// A service may show a write late: its reads then answer as if the write had
// not been made. How long it may is data of the driver; what follows asks again
// within that time, and never longer.

// looks is how often a write is looked for again. The pauses between them
// double, and together are the driver's Late.
const looks = 5

// haste is how much shorter the pauses are towards this machine, where nobody
// is late but on purpose.
const haste = 100

// until calls look after growing pauses until it is content, and reports
// whether it was. It ends when the service has had all the time that its table
// gives it since a moment; the zero time is now.
func (e *Engine) until(ctx context.Context, a *Account, since time.Time, what string, look func() bool) bool {
	most := a.Driver.Late.Most
	left := most
	if passed := e.now().Sub(since); !since.IsZero() && passed > 0 {
		left -= passed
	}
	pause := most / (1<<looks - 1)
	for range looks {
		if left <= 0 || ctx.Err() != nil {
			return false
		}
		wait := min(pause, left)
		if left -= wait; hostAndPath(a.BaseURL) == "loopback" {
			wait /= haste
		}
		e.event(Event{Kind: "wait", Instance: a.Instance.Name, Text: what, Wait: wait})
		if e.sleep(ctx, wait) != nil {
			return false
		}
		if look() {
			return true
		}
		pause *= 2
	}
	return false
}

// sleep waits, unless ctx ends first.
func (e *Engine) sleep(ctx context.Context, d time.Duration) error {
	if e.Options.Sleep != nil {
		return e.Options.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// moment reads a time of the lock; what can't be read is long ago.
func moment(at string) time.Time {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return time.Unix(0, 0)
	}
	return t
}

// recent reports whether a write of that moment may not be shown yet.
func (e *Engine) recent(a *Account, at time.Time) bool {
	return e.now().Sub(at) < a.Driver.Late.Most
}

// awaited is a write that was sent to a character, and that reads may not show
// yet.
type awaited struct {
	since time.Time
	shown func(seen) bool
}

// waits reports whether what was read does not show the write, or does so in
// one of two places alone.
func (w *awaited) waits(s seen) bool { return s.split || s.err == nil && !w.shown(s) }

// awaits is what the lock says was sent to a character and was not seen since:
// its creation, or the write of a run that was stopped. It is nil for nothing.
func (e *Engine) awaits(a *Account, entry Entry, id string) *awaited {
	p := entry.Pending
	switch {
	case entry.Unseen != nil:
		return &awaited{since: moment(entry.Unseen.At), shown: func(s seen) bool { return !s.gone }}
	case p == nil || entry.ID != id:
		return nil
	case p.Action == diff.Update:
		return &awaited{since: moment(p.At), shown: func(s seen) bool { return s.gone || arrived(a.rules(), entry, s.doc) }}
	case p.Action == diff.Delete:
		return &awaited{since: moment(p.At), shown: func(s seen) bool { return removed(a, s) }}
	}
	return nil
}

// awaitEarlier lets what a stopped run sent be shown before a plan of another
// moment is compared with what is live; planning has waited for its own.
func (ar *accountRun) awaitEarlier(ctx context.Context) {
	if !ar.engine.Options.Frozen && ar.engine.Options.Resumes == "" {
		return
	}
	var needs []need
	var waits []*awaited
	for _, it := range ar.items {
		w := ar.engine.awaits(ar.account, it.entry, it.entry.ID)
		if it.entry.ID == "" || w == nil || !ar.engine.recent(ar.account, w.since) {
			continue
		}
		paths := managed(ar.account.rules(), wanted(it.Change))
		needs, waits = append(needs, need{id: it.entry.ID, paths: paths}), append(waits, w)
	}
	if len(needs) > 0 { // what they hold is read again right before it is written to
		_, _ = ar.engine.observeLate(ctx, ar.account, "observe", needs, func(i int) *awaited { return waits[i] }, func(int, seen) {})
	}
}

// arrived reports whether a character shows something of the update that its
// entry holds as pending, or something else than it held before. What the lock
// has no mark of may have held anything.
func arrived(rules []diff.Rule, entry Entry, live diff.Doc) bool {
	arrives := true
	for _, r := range rules {
		sent, was := entry.Pending.Fields[r.Path]
		v, known := live[r.Path]
		if !was || !known {
			continue
		}
		mark, marked := entry.Fields[r.Path]
		switch now := r.Digest(v); {
		case marked && mark.Reading() == sent:
		case now == sent, marked && now != mark.Reading():
			return true
		default:
			arrives = false
		}
	}
	return arrives
}

// removed reports a character that is not there any more, or hidden where
// removing means that.
func removed(a *Account, s seen) bool {
	if s.gone || !hidesOnly(a.Driver) {
		return s.gone
	}
	const path = spec.Path("visibility")
	v, known := s.doc[path]
	return !known || a.rulesByPath()[path].Equal(v, "private")
}

// observeLate is observe with patience: what does not show a write of a moment
// ago is looked at again. of says what is awaited of a need; nil is nothing.
func (e *Engine) observeLate(ctx context.Context, a *Account, kind string, needs []need, of func(i int) *awaited, each func(i int, s seen)) (least int, err error) {
	last := make([]*seen, len(needs)) // of those that wait
	least, err = e.observe(ctx, a, kind, needs, func(i int, s seen) {
		if w := of(i); w != nil && e.recent(a, w.since) && w.waits(s) {
			last[i] = &s
			return
		}
		each(i, s)
	})
	var left, waited []int
	latest := time.Unix(0, 0)
	for i, s := range last {
		if s == nil {
			continue
		}
		left = append(left, i)
		if at := of(i).since; at.After(latest) {
			latest = at
		}
	}
	if len(left) == 0 {
		return least, err
	}
	waited = slices.Clone(left)
	if err == nil {
		e.until(ctx, a, latest, plural(len(left), "write")+" of an earlier run", func() bool {
			some := make([]need, len(left))
			for n, i := range left {
				some[n] = needs[i]
			}
			results := make([]seen, len(left))
			_, err = e.observe(ctx, a, kind, some, func(n int, s seen) { results[n] = s })
			var still []int
			for n, i := range left {
				last[i] = &results[n]
				if of(i).waits(results[n]) {
					still = append(still, i)
				}
			}
			left = still
			return err != nil || len(left) == 0
		})
	}
	for _, i := range left { // what an error or the end kept from being waited for is not settled
		switch {
		case err != nil:
			last[i] = &seen{err: err}
		case ctx.Err() != nil:
			last[i] = &seen{err: ctx.Err()}
		}
	}
	for _, i := range waited {
		each(i, *last[i])
	}
	return least, err
}

// unseen marks a creation that was answered just now.
func (ar *accountRun) unseen(key string) *state.Answered {
	return &state.Answered{Key: key, At: ar.at()}
}

// notVisible is the error of a character that was created, and that the service
// does not show within the time that it may take.
func notVisible(target, id string) *providers.Error {
	return &providers.Error{
		Kind: providers.NotFound, Provider: target, Op: "read",
		Message: "the service answered that it created " + id + ", and does not show it yet",
		Hint:    "run again in a minute: it stays bound, and is looked for before anything is created",
	}
}

// newest is the latest moment at which one of the doubts was sent.
func newest(doubts []doubt) time.Time {
	latest := time.Unix(0, 0)
	for _, d := range doubts {
		if at := moment(d.intent.At); at.After(latest) {
			latest = at
		}
	}
	return latest
}

// unfound are the doubts of which nothing was found, and which may not be shown
// yet.
func (e *Engine) unfound(a *Account, doubts []doubt, out map[diff.Address]verdict) []doubt {
	var left []doubt
	for _, d := range doubts {
		if v := out[d.Address]; v.id == "" && v.key == "" && v.err == nil && e.recent(a, moment(d.intent.At)) {
			left = append(left, d)
		}
	}
	return left
}
