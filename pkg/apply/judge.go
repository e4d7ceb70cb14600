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
