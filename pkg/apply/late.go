package apply

import (
	"context"
	"time"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
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
		e.event(Event{Kind: "wait", Instance: a.Instance.Name, Text: what})
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

// observeLate is observe with patience: what is not there, and was answered a
// moment ago, is looked for again. since says when a need was written, the zero
// time for one that must be there by now.
func (e *Engine) observeLate(ctx context.Context, a *Account, kind string, needs []need, since func(i int) time.Time, each func(i int, s seen)) (least int, err error) {
	absent := make([]bool, len(needs))
	least, err = e.observe(ctx, a, kind, needs, func(i int, s seen) {
		if at := since(i); s.gone && !at.IsZero() && e.recent(a, at) {
			absent[i] = true
			return
		}
		each(i, s)
	})
	var left []int
	latest := time.Unix(0, 0)
	for i, missing := range absent {
		if !missing {
			continue
		}
		left = append(left, i)
		if at := since(i); at.After(latest) {
			latest = at
		}
	}
	if len(left) == 0 {
		return least, err
	}
	last := map[int]seen{}
	if err == nil {
		e.until(ctx, a, latest, "what was just created", func() bool {
			var still []int
			some := make([]need, len(left))
			for n, i := range left {
				some[n] = needs[i]
			}
			results := make([]seen, len(left))
			_, err = e.observe(ctx, a, kind, some, func(n int, s seen) { results[n] = s })
			for n, i := range left {
				if results[n].gone {
					still = append(still, i)
					continue
				}
				last[i] = results[n]
			}
			left = still
			return err != nil || len(left) == 0
		})
	}
	for i := range absent {
		if !absent[i] {
			continue
		}
		s, found := last[i]
		switch {
		case found:
		case err != nil:
			s.err = err
		case ctx.Err() != nil:
			s.err = ctx.Err()
		default:
			s.gone = true
		}
		each(i, s)
	}
	return least, err
}

// answeredAt is when the creation of an entry's character was answered, if no
// read has shown it yet.
func answeredAt(e Entry) time.Time {
	if e.Unseen == nil {
		return time.Time{}
	}
	return moment(e.Unseen.At)
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
