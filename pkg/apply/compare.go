package apply

import (
	"fmt"
	"maps"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// paths are the fields that the manifest sets, in the order of the rules.
func (q *pair) paths(entry Entry) []spec.Path {
	if q.settled {
		return markedPaths(q.account.rules(), entry)
	}
	return managed(q.account.rules(), q.whole.Doc)
}

// managed are the fields that a document sets, in the order of the rules.
func managed(rules []diff.Rule, want diff.Doc) []spec.Path {
	paths := make([]spec.Path, 0, len(want))
	for _, r := range rules {
		if _, ok := want[r.Path]; ok {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// change starts the change of a pair.
func (q *pair) change(action diff.Action) *diff.Change {
	return &diff.Change{
		Address: q.Address, Provider: q.account.Driver.Name, Action: action,
		Protect: q.protect(), Labels: maps.Clone(q.character.Labels), Source: q.character.Pos,
		Losses: q.whole.Losses,
	}
}

// creation is the change that makes a pair's character.
func (q *pair) creation(reason string) *diff.Change {
	c := q.change(diff.Create)
	c.Reason, c.Scope = reason, q.whole.Scope
	c.CloneOf = q.target.CloneFrom.Text()
	c.CloneKB, _ = q.target.KB.V.(bool)
	c.Fields = fromNothing(q.account.rules(), q.whole.Doc)
	return c
}

// creatable is the creation of a pair, unless the manifest lacks what its
// service needs for one.
func (q *pair) creatable(reason string) (*diff.Change, error) {
	if !q.target.CloneFrom.Set {
		for _, d := range q.account.Driver.Creatable(q.character, q.target, q.whole) {
			if d.Severity == spec.Error {
				return nil, d
			}
		}
	}
	return q.creation(reason), nil
}

// fromNothing lists all wanted fields, as against a character that does not
// exist yet: every value is the manifest's, and nothing is there to be
// cleared.
func fromNothing(rules []diff.Rule, want diff.Doc) []diff.FieldChange {
	nothing := make(diff.Doc, len(want))
	for path := range want {
		nothing[path] = nil
	}
	return diff.Fields(rules, want, nothing, nil)
}

// prior is what the lock says of a pair, put in terms of what is live: marks
// of another character do not count, and what a killed run sent without
// recording it does.
func (q *pair) prior(entry Entry, id string, rules []diff.Rule, live diff.Doc) map[spec.Path]diff.Mark {
	if entry.ID != id && entry.ID != "" {
		return nil
	}
	if entry.Pending == nil || entry.Pending.Action != diff.Update {
		return entry.Fields
	}
	marks := maps.Clone(entry.Fields)
	if marks == nil {
		marks = map[spec.Path]diff.Mark{}
	}
	for _, r := range rules {
		sent, was := entry.Pending.Fields[r.Path]
		before, known := live[r.Path]
		mark, marked := marks[r.Path]
		switch wanted := r.Digest(q.whole.Doc[r.Path]); {
		case !was:
		case !known: // nothing shows whether it arrived: it is sent again
			delete(marks, r.Path)
		case r.Digest(before) == mark.Reading():
		case r.Digest(before) == sent && wanted != sent:
			marks[r.Path] = diff.Mark{File: sent}
		case r.Digest(before) != sent && r.Rewrites && marked:
			marks[r.Path] = diff.Mark{File: sent, Live: r.Digest(before)}
		}
	}
	return marks
}

// compare makes the change that brings a live character to its manifest, or
// nil when nothing is to be done.
func (e *Engine) compare(q *pair, entry Entry, id string, live diff.Doc) *diff.Change {
	rules := q.account.rules()
	prior := q.prior(entry, id, rules, live)
	c := q.change(diff.Record)
	c.ID = id
	c.Fields = diff.Fields(rules, q.whole.Doc, live, prior)
	if prior == nil && entry.ID != id {
		assumeFixed(c.Fields)
	}
	e.applyPolicies(q, c)
	c.Superseded = entry.Old
	switch {
	case entry.ID == "":
		c.Reason = "bound to the live character"
	case entry.ID != id:
		c.Reason = fmt.Sprintf("the id changed from %s", entry.ID)
	}
	sends, fixed := sending(c.Fields)
	switch {
	case fixed:
		c.Action, c.Reason, c.Scope = diff.Replace, replaceReason(c.Fields), q.whole.Scope
		c.Removal = removal(q.account)
		c.Fields = replacing(rules, q.whole.Doc, live, c.Fields)
	case sends:
		c.Action = diff.Update
	case c.Has(diff.Drift) || c.Has(diff.Conflict):
		c.Action = diff.Report
	case len(c.Fields) == 0 && entry.ID == id && entry.Protect == c.Protect && entry.Pending == nil && entry.Old == "":
		return nil
	}
	if len(c.Fields) == 0 && entry.Protect != c.Protect && entry.ID == id {
		c.Reason = "protect changed"
	}
	c.Base = base(rules, q.whole.Doc, live)
	return c
}

// assumeFixed takes fields that are set at creation only and can't be read
// back as they are, when a character is bound for the first time: nobody can
// know better, and replacing it would be a poor guess.
func assumeFixed(fields []diff.FieldChange) {
	for i := range fields {
		if f := &fields[i]; f.Fixed && !f.BeforeKnown {
			f.Send = false
		}
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return providers.Figure(n) + " " + noun + "s"
}

func sending(fields []diff.FieldChange) (sends, fixed bool) {
	for _, f := range fields {
		if f.Send {
			sends = true
			fixed = fixed || f.Fixed
		}
	}
	return sends, fixed
}

func replaceReason(fields []diff.FieldChange) string {
	for _, f := range fields {
		if f.Send && f.Fixed {
			return fmt.Sprintf("%s can only be set at creation", f.Path)
		}
	}
	return ""
}

// replacing lists every wanted field, since the new character needs them all.
// Fields that do not change keep the class unchanged.
func replacing(rules []diff.Rule, want, live diff.Doc, changed []diff.FieldChange) []diff.FieldChange {
	known := make(map[spec.Path]diff.FieldChange, len(changed))
	for _, f := range changed {
		known[f.Path] = f
	}
	var out []diff.FieldChange
	for _, r := range rules {
		f, differs := known[r.Path]
		after, wanted := want[r.Path]
		switch {
		case differs:
			f.Send = wanted && after != nil
		case wanted:
			before, shown := live[r.Path]
			f = diff.FieldChange{
				Path: r.Path, Kind: r.Kind, Class: diff.Unchanged, Before: before, BeforeKnown: shown,
				After: after, Send: after != nil, Fixed: r.Fixed,
			}
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// base is the digest of every managed value that could be read.
func base(rules []diff.Rule, want, live diff.Doc) map[spec.Path]string {
	out := map[spec.Path]string{}
	for _, r := range rules {
		if _, ok := want[r.Path]; !ok {
			continue
		}
		if v, known := live[r.Path]; known {
			out[r.Path] = r.Digest(v)
		}
	}
	return out
}

func removal(a *Account) string {
	r := a.Driver.Removal
	if r.Loss == "" {
		return r.Verb
	}
	return r.Verb + ": " + r.Loss
}
