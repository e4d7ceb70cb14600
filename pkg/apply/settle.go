package apply

import (
	"context"
	"fmt"
	"time"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// verdict is what became of a creation whose answer was not recorded.
type verdict struct {
	id     string         // it was created: this is it
	key    string         // only repeating the request with this key can tell,
	body   providers.Body // with exactly this body
	reason string         // for the plan
	err    error          // it can't be told, and a person must decide
}

// keyLifetime is how long a vendor is trusted to remember an idempotency key.
// None says; a day is what others promise.
const keyLifetime = 24 * time.Hour

// doubt is a creation that is to be settled.
type doubt struct {
	diff.Address
	intent Intent
	// unwanted creations have no manifest any more: repeating the request
	// would create what nobody wants.
	unwanted bool
	// taken says that whoever asks takes back what a repetition may create.
	taken bool
}

// settleDoubts finds out what became of earlier creations of the pairs that
// are planned. It only reads.
func (e *Engine) settleDoubts(ctx context.Context, w *accountPlan) map[diff.Address]verdict {
	var doubts []doubt
	for _, q := range w.pairs {
		if entry, ok := e.Lock.Peek(q.Address); ok && entry.Pending != nil && entry.Pending.Action == diff.Create {
			doubts = append(doubts, doubt{Address: q.Address, intent: *entry.Pending})
		}
	}
	out, least := e.settle(ctx, w.account, doubts)
	w.least += least
	return out
}

// settleDoubts finds out, right before creating, what became of earlier
// attempts.
func (ar *accountRun) settleDoubts(ctx context.Context) {
	var doubts []doubt
	for _, it := range ar.items {
		p := it.entry.Pending
		switch {
		case p == nil || p.Action != diff.Create:
		case it.Action == diff.Create || it.Action == diff.Replace:
			doubts = append(doubts, doubt{Address: it.Address, intent: *p})
		case attempted(it):
			doubts = append(doubts, doubt{Address: it.Address, intent: *p, unwanted: true, taken: true})
		}
	}
	ar.doubts, _ = ar.engine.settle(ctx, ar.account, doubts)
}

// settle tells for each doubt what became of it: by the vendor's own means
// where there are any, else by listing and comparing content. It only reads;
// where nothing but repeating the request can tell, the verdict says so.
func (e *Engine) settle(ctx context.Context, a *Account, doubts []doubt) (out map[diff.Address]verdict, least int) {
	out = map[diff.Address]verdict{}
	before := a.requests()
	byContent := map[string][]doubt{}
	for _, d := range doubts {
		switch {
		case a.Driver.Key == providers.ByHeader && d.intent.Clone == "" && !d.unwanted && e.fresh(d.intent):
			if body := e.recordedBody(d.intent); body != nil {
				out[d.Address] = verdict{
					key: d.intent.Key, body: body,
					reason: "an earlier attempt got no answer: its key tells whether it was created",
				}
				continue
			}
			byContent[d.intent.Scope] = append(byContent[d.intent.Scope], d)
		case a.Driver.Key == providers.ByField && d.intent.Clone == "":
			out[d.Address] = e.settleByField(ctx, a, d)
			if left := []doubt{d}; len(e.unfound(a, left, out)) > 0 {
				e.until(ctx, a, newest(left), "an earlier creation whose answer was lost", func() bool {
					out[d.Address] = e.settleByField(ctx, a, d)
					return len(e.unfound(a, left, out)) == 0
				})
			}
		default:
			byContent[d.intent.Scope] = append(byContent[d.intent.Scope], d)
		}
	}
	for scope, list := range byContent {
		e.settleByContent(ctx, a, scope, list, out)
		if left := e.unfound(a, list, out); len(left) > 0 {
			e.until(ctx, a, newest(left), "an earlier creation whose answer was lost", func() bool {
				e.settleByContent(ctx, a, scope, left, out)
				left = e.unfound(a, left, out)
				return len(left) == 0
			})
		}
		e.preferKeys(a, list, out)
	}
	return out, a.requests() - before
}

func (e *Engine) fresh(i Intent) bool {
	at, err := time.Parse(time.RFC3339, i.At)
	return err == nil && e.now().Sub(at) < keyLifetime
}

func (e *Engine) settleByField(ctx context.Context, a *Account, d doubt) verdict {
	settler, ok := a.Provider.(providers.Settler)
	if !ok {
		return verdict{err: fmt.Errorf("%s can't be asked what became of an earlier attempt", a.Instance.Name)}
	}
	id, err := settler.Settle(ctx, d.intent.Key, d.intent.Scope, e.recordedBody(d.intent))
	if err != nil {
		return verdict{err: err}
	}
	return foundVerdict(id)
}

func foundVerdict(id string) verdict {
	if id == "" {
		return verdict{}
	}
	return verdict{id: id, reason: "created by an earlier run whose answer was lost"}
}

// settled is the entry of a creation of which it is known by now what it
// made: the character is bound next, and one that it was to replace is left to
// be removed.
func (a *Account) settled(e Entry) Entry {
	e.Old, e.ID = e.ID, ""
	e.Fields = a.trusted(e.Pending)
	return e
}

// trusted are the marks of what a creation sent and nothing shows: that it was
// made is all that will ever be known of them.
func (a *Account) trusted(i *Intent) map[spec.Path]diff.Mark {
	marks := map[spec.Path]diff.Mark{}
	if i == nil {
		return marks
	}
	for path, digest := range i.Fields {
		if !readableAmong(a.Driver.Fields, []spec.Path{path}) {
			marks[path] = diff.Mark{File: digest}
		}
	}
	return marks
}

// preferKeys lets the key tell where the content is not enough. A list that
// could not be read tells nothing at all, and what nobody wants is not repeated.
func (e *Engine) preferKeys(a *Account, doubts []doubt, out map[diff.Address]verdict) {
	for _, d := range doubts {
		err := out[d.Address].err
		if err == nil || diagnosticOf(err).Code != codeInDoubt || d.unwanted && !d.taken || a.Driver.Key != providers.ByHeader || !e.fresh(d.intent) {
			continue
		}
		if body := e.recordedBody(d.intent); body != nil {
			out[d.Address] = verdict{key: d.intent.Key, body: body}
		}
	}
}
