package apply

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
		if entry, ok := e.Lock.peek(q.Address); ok && entry.Pending != nil && entry.Pending.Action == diff.Create {
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
		default:
			byContent[d.intent.Scope] = append(byContent[d.intent.Scope], d)
		}
	}
	for scope, list := range byContent {
		e.settleByContent(ctx, a, scope, list, out)
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

// settleByContent looks among the characters that nothing is bound to for
// those that hold exactly what the lost request sent.
func (e *Engine) settleByContent(ctx context.Context, a *Account, scope string, doubts []doubt, out map[diff.Address]verdict) {
	bound := map[string]bool{}
	for _, entry := range e.Lock.peekAll() {
		if entry.Provider == a.Driver.Name {
			bound[entry.ID], bound[entry.Old] = true, true
		}
	}
	rules := a.rules()
	exact := map[diff.Address][]string{}
	similar := map[diff.Address][]string{}
	for remote, err := range a.Provider.List(ctx, scope) {
		if err == nil {
			err = e.stranger(a, remote.Body)
		}
		if err != nil {
			for _, d := range doubts {
				out[d.Address] = verdict{err: fmt.Errorf("what became of an earlier attempt can't be told: %w", err)}
			}
			return
		}
		if bound[remote.ID] {
			continue
		}
		for _, d := range doubts {
			if remote.ID == d.intent.Clone {
				continue // what it was to be made of holds the same, and is somebody's
			}
			switch e.resembles(ctx, a, rules, d, remote) {
			case same:
				exact[d.Address] = append(exact[d.Address], remote.ID)
			case alike:
				similar[d.Address] = append(similar[d.Address], remote.ID)
			}
		}
	}
	for _, d := range doubts {
		out[d.Address] = contentVerdict(d, exact[d.Address], similar[d.Address])
	}
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

func contentVerdict(d doubt, exact, similar []string) verdict {
	switch {
	case len(exact) == 1:
		return foundVerdict(exact[0])
	case len(exact)+len(similar) == 0:
		return verdict{}
	}
	candidates := slices.Concat(exact, similar)
	slices.Sort(candidates)
	return verdict{err: spec.Diagnostic{
		Severity: spec.Error, Code: codeInDoubt, Character: d.Name, Target: d.Target,
		Message: fmt.Sprintf("an earlier attempt to create %s got no answer, and it may be %s", d.Address, strings.Join(candidates, " or ")),
		Hint: fmt.Sprintf("if one of them is it, set id: to it in the manifest's target; if none is, "+
			"`charsync state rm %s` forgets the attempt and the next apply creates anew", d.Address),
	}}
}

// resemblance is how much a live character looks like a lost creation.
type resemblance int

const (
	other resemblance = iota
	alike             // the same name, and something else
	same              // every field that was sent and can be read is equal
)

func (e *Engine) resembles(ctx context.Context, a *Account, rules []diff.Rule, d doubt, remote providers.Remote) resemblance {
	differs, unseen, named := compareIntent(rules, d.intent, a.Driver.Fields.Live(nil, remote.Body))
	if differs && !named {
		return other
	}
	if !differs && !readableAmong(a.Driver.Fields, unseen) {
		return same
	}
	body, err := a.Provider.Get(ctx, remote.ID)
	if err != nil {
		return alike
	}
	differs, _, named = compareIntent(rules, d.intent, a.Driver.Fields.Live(body, remote.Body))
	switch {
	case !differs:
		return same
	case named:
		return alike
	}
	return other
}

// compareIntent compares the digests of a lost request with a live document.
// A clone is called whatever the vendor likes: its name says nothing.
func compareIntent(rules []diff.Rule, i Intent, live diff.Doc) (differs bool, unseen []spec.Path, named bool) {
	for _, r := range rules {
		digest, sent := i.Fields[r.Path]
		if !sent {
			continue
		}
		v, known := live[r.Path]
		switch {
		case !known:
			unseen = append(unseen, r.Path)
		case r.Digest(v) != digest:
			differs = true
		case r.Path == "name":
			named = true
		}
	}
	return differs, unseen, named
}

func readableAmong(t providers.Table, paths []spec.Path) bool {
	return slices.ContainsFunc(paths, func(p spec.Path) bool {
		f, ok := t.Field(p)
		return ok && f.Readable()
	})
}

// maxRecord bounds a run record that is read back.
const maxRecord = 1 << 30

// recordedBody is the body of a lost request, from the record of its run; nil
// when that is not there, or is not the one.
func (e *Engine) recordedBody(i Intent) providers.Body {
	if e.Options.RunDir == "" || i.Run == "" || filepath.Base(i.Run) != i.Run {
		return nil
	}
	path := filepath.Join(e.Options.RunDir, i.Run, runLogFile)
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxRecord {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	key, _ := json.Marshal(i.Key)
	lines := bufio.NewReaderSize(f, 64<<10)
	for {
		data, err := lines.ReadBytes('\n')
		if bytes.Contains(data, key) {
			var line RunLine
			if json.Unmarshal(data, &line) == nil && line.Kind == "intent" && line.Key == i.Key && bodyDigest(line.Body) == i.Body {
				return line.Body
			}
		}
		if err != nil {
			return nil
		}
	}
}

// bodyDigest fingerprints a request body, the same before and after a record
// was written and read.
func bodyDigest(b providers.Body) string { return diff.Digest(providers.Plain(map[string]any(b))) }
