package apply

import (
	"context"
	"fmt"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// conclude judges a change by what was read back, and records what arrived.
func (ar *accountRun) conclude(ctx context.Context, it *item) {
	table := ar.account.Driver.Fields
	if err := table.Shape(it.got.get, it.got.list); err != nil {
		ar.unchecked(it, &providers.Error{Kind: providers.Unexpected, Provider: it.Target, Op: "read", Message: err.Error()})
		return
	}
	live := table.Live(it.got.get, it.got.list)
	if it.failure == nil && !it.tired && ar.outdated(it, live) {
		it.late = true
		return
	}
	it.after = live
	if rest := ar.uncleared(it, live); len(rest) > 0 && it.failure == nil && !it.cleared {
		it.cleared = true
		ar.clearRest(ctx, it, rest, live)
		return
	}
	entry := it.entry
	entry.ID, entry.Pending, entry.Unseen = it.id, nil, nil
	if owner := ar.account.owner(it.got.get, it.got.list); owner != "" {
		entry.Owner = owner
	}
	kept, bad := ar.judge(it, live, &entry)
	if !ar.bind(it, live, entry) {
		return
	}
	o := Outcome{Status: Done, Fields: kept}
	if it.Action == diff.Update && !it.wrote {
		it.Change = withAction(it.Change, diff.Record) // somebody else had done it all
	}
	if it.made != "" {
		it.Change = asTakenOver(it)
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

// bind brings the lock up to date with what became of a change. It ends the
// change and returns false when that can't be written.
func (ar *accountRun) bind(it *item, live diff.Doc, entry Entry) bool {
	ar.recordUnsent(it, &entry)
	ar.recordMarks(it, live, &entry)
	err := ar.put(entry)
	if err == nil {
		it.entry = entry
		err = ar.dropOldName(it)
	}
	if err != nil {
		ar.fail(it, err)
	}
	return err == nil
}

// dropOldName forgets the binding under the name that a manifest had before.
func (ar *accountRun) dropOldName(it *item) error {
	if it.RenamedFrom == "" {
		return nil
	}
	return ar.drop(diff.Address{Name: it.RenamedFrom, Target: it.Target})
}
