package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// writes reports a change after which values are read back.
func writes(c *diff.Change) bool {
	switch c.Action {
	case diff.Create, diff.Update, diff.Replace:
		return true
	}
	return false
}

// sentPaths are the fields that are looked for after the write.
func sentPaths(c *diff.Change) []spec.Path {
	var paths []spec.Path
	for _, f := range c.Fields {
		if f.Send || c.Action == diff.Create && f.Class != diff.Released {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// scopeOf is the place where a change happens.
func scopeOf(d *providers.Driver, c *diff.Change) string {
	if c.Action == diff.Update || c.Action == diff.Delete {
		scope, _ := d.SplitID(c.ID)
		return scope
	}
	return c.Scope
}

// verifyReadings says how the written characters are read back.
func verifyReadings(d *providers.Driver, changes []*diff.Change, total map[string]int) (of []int, readings []reading) {
	var needs []need
	within := map[string][]int{}
	var scopes []string
	for i, c := range changes {
		if !writes(c) || !readableAmong(d.Fields, sentPaths(c)) {
			continue
		}
		scope := scopeOf(d, c)
		if _, known := within[scope]; !known {
			scopes = append(scopes, scope)
		}
		within[scope] = append(within[scope], len(needs))
		needs = append(needs, need{id: c.ID, paths: sentPaths(c)})
		of = append(of, i)
	}
	for _, scope := range scopes {
		created := 0
		for _, n := range within[scope] {
			if changes[of[n]].Action == diff.Create {
				created++
			}
		}
		readings = append(readings, planReading(d, scope, needs, within[scope], total[scope]+created))
	}
	return of, readings
}

// chooseReadBack decides for each change whether it is read back singly, by
// the list when all is written, or both.
func (ar *accountRun) chooseReadBack() {
	changes := make([]*diff.Change, len(ar.items))
	for i, it := range ar.items {
		changes[i] = it.Change
	}
	of, readings := verifyReadings(ar.account.Driver, changes, ar.engine.boundIn(ar.account))
	inScope := map[string]reading{}
	for _, r := range readings {
		for _, n := range r.gets {
			ar.items[of[n]].mustGet = true
		}
		inScope[r.scope] = r
	}
	for _, i := range of {
		it := ar.items[i]
		r := inScope[scopeOf(ar.account.Driver, it.Change)]
		it.later = r.list && (!it.mustGet || !ar.account.Driver.Fields.Gotten(sentPaths(it.Change)))
	}
}

// readBack reads one character after its write. What the list shows, or shows
// more cheaply, waits until all is written.
func (ar *accountRun) readBack(ctx context.Context, it *item) {
	if it.mustGet {
		body, err := ar.account.Provider.Get(ctx, it.id)
		ar.tried(err)
		if kind := providers.KindOf(err); kind == providers.Unsupported || kind == providers.NotFound && ar.listedAll(it) {
			it.later = true
			return
		}
		if err != nil {
			ar.unchecked(it, err)
			return
		}
		it.got.get = body
	}
	if !it.later {
		ar.conclude(ctx, it)
	}
}

// listedAll reports that the list can stand in for the single read.
func (ar *accountRun) listedAll(it *item) bool {
	return ar.account.Driver.Fields.Listed(sentPaths(it.Change))
}

// verifyLater reads the list for everything that waits for it. Where fewer
// are left than a list costs, they are read singly after all.
func (ar *accountRun) verifyLater(ctx context.Context) {
	waiting := map[string]map[string]*item{}
	var scopes []string
	for _, it := range ar.items {
		if !it.begun || it.over || !it.later || it.id == "" {
			continue
		}
		scope, _ := ar.account.Driver.SplitID(it.id)
		if waiting[scope] == nil {
			waiting[scope] = map[string]*item{}
			scopes = append(scopes, scope)
		}
		waiting[scope][it.id] = it
	}
	if len(scopes) == 0 {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer done()
	for _, scope := range scopes {
		ar.verifyScope(ctx, scope, waiting[scope])
	}
}

func (ar *accountRun) verifyScope(ctx context.Context, scope string, waiting map[string]*item) {
	total := len(waiting)
	for remote, err := range ar.account.Provider.List(ctx, scope) {
		if err != nil {
			for _, it := range waiting {
				ar.unchecked(it, err)
			}
			return
		}
		it, ok := waiting[remote.ID]
		if !ok {
			continue
		}
		delete(waiting, remote.ID)
		it.got.list = remote.Body
		ar.conclude(ctx, it)
		ar.engine.event(Event{Kind: "verify", Address: it.Address, Instance: it.Target, Done: total - len(waiting), Total: total})
		if len(waiting) == 0 {
			return
		}
	}
	for _, it := range waiting {
		ar.unchecked(it, &providers.Error{
			Kind: providers.NotFound, Provider: it.Target, Op: "list", Message: "the list does not show the character that was just written",
			Hint: "run again: it is bound, and what it holds will be compared",
		})
	}
}

// unchecked ends a change whose write went through, or may have, and which
// could not be read back.
func (ar *accountRun) unchecked(it *item, err error) {
	reason := fmt.Sprintf("written, but it could not be read back: %v", err)
	if it.failure != nil {
		reason = fmt.Sprintf("%v; and it could not be read back: %v", it.failure, err)
	}
	ar.finish(it, Outcome{
		Status: Failed, Reason: reason, Err: errors.Join(it.failure, err),
		Hint: "run again: what is live will be compared and what is missing sent",
	})
}

// conclude judges a change by what was read back, and records what arrived.
func (ar *accountRun) conclude(ctx context.Context, it *item) {
	table := ar.account.Driver.Fields
	if err := table.Shape(it.got.get, it.got.list); err != nil {
		ar.unchecked(it, &providers.Error{Kind: providers.Unexpected, Provider: it.Target, Op: "read", Message: err.Error()})
		return
	}
	live := table.Live(it.got.get, it.got.list)
	it.after = live
	if rest := ar.uncleared(it, live); len(rest) > 0 && it.failure == nil && !it.cleared {
		it.cleared = true
		ar.clearRest(ctx, it, rest, live)
		return
	}
	entry := it.entry
	entry.ID, entry.Pending = it.id, nil
	if owner := ar.account.owner(it.got.get, it.got.list); owner != "" {
		entry.Owner = owner
	}
	kept, bad := ar.judge(it, live, &entry)
	ar.recordUnsent(it, &entry)
	ar.recordMarks(it, live, &entry)
	if err := ar.put(entry); err != nil {
		ar.fail(it, err)
		return
	}
	it.entry = entry
	if err := ar.dropOldName(it); err != nil {
		ar.fail(it, err)
		return
	}
	o := Outcome{Status: Done, Fields: kept}
	if it.Action == diff.Update && !it.wrote {
		it.Change = withAction(it.Change, diff.Record) // somebody else had done it all
	}
	switch {
	case it.failure != nil && (len(bad) > 0 || !lost(it.failure)):
		o.Status, o.Err = Failed, it.failure
		o.Reason, o.Hint = partly(it, kept, bad), hintFor(it.failure)
	case len(bad) > 0:
		o.Status = Failed
		o.Reason = fmt.Sprintf("%s did not keep %s", it.Target, strings.Join(bad, ", "))
		o.Err = spec.Diagnostic{Severity: spec.Error, Code: codeNotKept, Character: it.Name, Target: it.Target, Message: o.Reason}
		o.Hint = "change the manifest to what the service keeps, or look at the character there"
	default:
		if !ar.removeOld(ctx, it, &o) {
			o.Status = Failed
		}
	}
	ar.finish(it, o)
}

// uncleared are the fields that the manifest wants empty and that a new
// character holds something in all the same.
func (ar *accountRun) uncleared(it *item, live diff.Doc) []diff.FieldChange {
	if it.Action != diff.Create && it.Action != diff.Replace {
		return nil
	}
	var out []diff.FieldChange
	for _, f := range it.Fields {
		if v, known := live[f.Path]; known && f.After == nil && f.Class != diff.Released && !ar.rules[f.Path].Equal(v, nil) {
			out = append(out, f)
		}
	}
	return out
}

// clearRest empties them, and reads the character once more.
func (ar *accountRun) clearRest(ctx context.Context, it *item, rest []diff.FieldChange, live diff.Doc) {
	it.pre = live
	owner := it.got.get
	if owner == nil {
		owner = it.got.list
	}
	if !ar.send(ctx, it, rest, owner) {
		return
	}
	n := need{id: it.id, paths: sentPaths(it.Change)}
	_, err := ar.engine.observe(ctx, ar.account, "verify", []need{n}, func(_ int, s seen) { it.got = s })
	if err == nil {
		err = it.got.err
	}
	if err != nil {
		ar.unchecked(it, err)
		return
	}
	ar.conclude(ctx, it)
}

// lost reports an error after which the write may have gone through whole.
func lost(err error) bool {
	switch providers.KindOf(err) {
	case providers.Lost, providers.Unavailable, providers.Truncated, providers.NotJSON, providers.TooLarge, providers.Unexpected:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}

// judge compares every field that was sent with what came back, and sets the
// marks of those that arrived.
func (ar *accountRun) judge(it *item, live diff.Doc, entry *Entry) (kept []Kept, bad []string) {
	marks := map[spec.Path]diff.Mark{}
	for p, m := range entry.Fields {
		marks[p] = m
	}
	for _, f := range it.fields {
		rule := ar.rules[f.path]
		row, _ := ar.account.Driver.Fields.Field(f.path)
		got, readable := live[f.path]
		if !readable { // taken on trust: nothing shows it
			if it.failure == nil || f.made {
				marks[f.path] = diff.Mark{File: rule.Digest(f.wanted)}
			} else {
				delete(marks, f.path)
				bad = append(bad, string(f.path))
			}
			continue
		}
		how := diff.Kept(rule, f.wanted, f.before, got)
		if !how.Fine() && rule.Equal(row.Shown(f.wanted), got) {
			how = diff.KeptNormalised
		}
		if how == diff.KeptNormalised && rule.Rewrites && it.failure != nil && f.before == nil {
			how = diff.KeptAltered // it may be what was there by itself: the write has failed
		}
		k := Kept{Path: f.path, How: string(how)}
		if how != diff.KeptEqual {
			k.Wanted, k.Got = f.wanted, got
		}
		kept = append(kept, k)
		if !how.Fine() {
			bad = append(bad, fmt.Sprintf("%s (%s)", f.path, how))
			continue
		}
		mark := diff.Mark{File: rule.Digest(f.wanted)}
		if d := rule.Digest(got); d != mark.File {
			mark.Live = d
		}
		marks[f.path] = mark
	}
	entry.Fields = marks
	return kept, bad
}

// recordUnsent brings the marks of the fields that were not sent up to date:
// adopted and converged ones get theirs, released ones lose theirs.
func (ar *accountRun) recordUnsent(it *item, entry *Entry) {
	if entry.Fields == nil {
		entry.Fields = map[spec.Path]diff.Mark{}
	}
	for _, f := range it.Fields {
		switch {
		case f.Class == diff.Released:
			delete(entry.Fields, f.Path)
		case f.Send:
		case f.Class == diff.Adopted, f.Class == diff.Converged, f.Class == diff.Unverifiable:
			entry.Fields[f.Path] = diff.Mark{File: ar.rules[f.Path].Digest(f.After)}
		}
	}
}

// partly says what arrived of an update that the service answered with an
// error.
func partly(it *item, kept []Kept, bad []string) string {
	var there []string
	for _, k := range kept {
		if diff.Keeping(k.How).Fine() {
			there = append(there, string(k.Path))
		}
	}
	if len(there) == 0 {
		return fmt.Sprintf("%v; nothing of it was stored", it.failure)
	}
	if len(bad) == 0 {
		return fmt.Sprintf("%v; yet everything was stored: %s", it.failure, strings.Join(there, ", "))
	}
	return fmt.Sprintf("%v; stored all the same: %s; not stored: %s", it.failure, strings.Join(there, ", "), strings.Join(bad, ", "))
}

// dropOldName forgets the binding under the name that a manifest had before.
func (ar *accountRun) dropOldName(it *item) error {
	if it.RenamedFrom == "" {
		return nil
	}
	return ar.drop(diff.Address{Name: it.RenamedFrom, Target: it.Target})
}
