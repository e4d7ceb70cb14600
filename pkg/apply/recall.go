package apply

import (
	"errors"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// errFound ends the reading of a log.
var errFound = errors.New("found")

// Recall finds what was last applied to a field: the lock has a digest of it,
// and the records of earlier runs have what was sent. Where none of the last
// runs remembers it, ok is false.
func (e *Engine) Recall(a diff.Address, p spec.Path) (v any, ok bool) {
	entry, bound := e.Lock.Peek(a)
	mark, marked := entry.Fields[p]
	account := e.Accounts[a.Target]
	if !bound || !marked || account == nil || account.Driver == nil || e.Options.RunDir == "" {
		return nil, false
	}
	row, known := account.Driver.Fields.Field(p)
	heads, _, err := ListRuns(e.Options.RunDir)
	if err != nil || !known {
		return nil, false
	}
	rule := row.Rule()
	for _, h := range heads[:min(len(heads), earlierRuns)] {
		_, err := runLines(e.Options.RunDir, h.ID, func(line RunLine) error {
			if line.Address != a {
				return nil
			}
			if sent, has := line.Doc[p]; has && rule.Digest(sent) == mark.File {
				v = sent
				return errFound
			}
			return nil
		})
		if errors.Is(err, errFound) {
			return v, true
		}
	}
	return nil, false
}

// Remark records in the lock what the manifest says now of fields that were
// pulled: the base of the next comparison.
func (e *Engine) Remark(marks map[diff.Address]map[spec.Path]diff.Mark) error {
	if len(marks) == 0 {
		return nil
	}
	if err := e.Lock.Begin(Recordless(e.now(), wroteByPull)); err != nil {
		return err
	}
	for a, fields := range marks {
		entry, ok := e.Lock.Entry(a)
		if !ok {
			continue
		}
		if entry.Fields == nil {
			entry.Fields = map[spec.Path]diff.Mark{}
		}
		for p, m := range fields {
			entry.Fields[p] = m
		}
		if err := e.Lock.Put(entry); err != nil {
			return errors.Join(err, e.Lock.Finish())
		}
	}
	return e.Lock.Finish()
}
