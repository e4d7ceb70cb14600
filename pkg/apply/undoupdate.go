package apply

import (
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// putBack restores the fields that an update changed.
func (u *undoing) putBack(r *reversal, id string) (*diff.Change, error) {
	entry, bound := u.boundAs(id)
	if !bound {
		r.note("%s is not bound to %s any more: what the run changed there is left as it is", r.Address, id)
		return nil, nil
	}
	s := r.seen[id]
	if s.gone {
		r.note("%s is not there any more: what the run changed in it can't be put back", id)
		return nil, nil
	}
	want, prior := u.wantBefore(r, id, s.doc)
	c := u.change(r, diff.Update, entry)
	rules := u.account.rules()
	c.Fields = diff.Fields(rules, want, s.doc, prior)
	c.Base = base(rules, want, s.doc)
	u.remember(c, r, want)
	u.decide(c)
	if sends, _ := sending(c.Fields); sends || len(c.Blocked) > 0 {
		return c, nil
	}
	return u.recordOf(c, entry), nil
}

// wantBefore is what the fields that were sent held before, and for each, as
// the base to compare with, what the run left.
func (u *undoing) wantBefore(r *reversal, id string, live diff.Doc) (diff.Doc, map[spec.Path]diff.Mark) {
	want, prior := diff.Doc{}, map[spec.Path]diff.Mark{}
	for _, rule := range u.account.rules() {
		sentValue, sent := r.Sent[id][rule.Path]
		if !sent {
			continue
		}
		row, _ := u.account.Driver.Fields.Field(rule.Path)
		was, known, partly := u.before(r, id, row)
		left, seen, _ := r.left(id, rule)
		switch {
		case !known:
			r.note("%s can't be read back, and no record says what it held before the run: it keeps what the run sent", rule.Path)
			continue
		case rule.Equal(was, left):
			continue
		case rule.Canonical(was) == nil && !row.Clear.Can:
			r.note("%s was empty before the run and can't be emptied: %s", rule.Path, row.Clear.Why)
			continue
		}
		if partly {
			r.note("%s: %s never shows %s, so that part is not put back", rule.Path, u.account.Driver.Title, hiddenParts(row))
		}
		mark := diff.Mark{File: rule.Digest(left)}
		if now, shown := live[rule.Path]; !seen && shown && diff.Kept(rule, sentValue, was, now).Fine() {
			mark.File = rule.Digest(now) // the run was stopped before it read its own work back
		}
		want[rule.Path], prior[rule.Path] = was, mark
	}
	return want, prior
}

// hiddenParts names what a service never shows of a list's elements.
func hiddenParts(f providers.Field) string {
	for _, p := range f.Parts {
		if p.Hidden {
			return p.Name
		}
	}
	return ""
}

// remember says what the lock is to hold of the fields afterwards: a field
// that was in step before the run gets its mark of then, one that was not
// managed none. All others are marked by what is put back.
func (u *undoing) remember(c *diff.Change, r *reversal, want diff.Doc) {
	marks := map[spec.Path]diff.Mark{}
	if r.Was != nil {
		marks = r.Was.Fields
	}
	for i := range c.Fields {
		if _, managed := marks[c.Fields[i].Path]; !managed {
			c.Fields[i].Unmarked = true
		}
	}
	for _, rule := range u.account.rules() {
		v, wanted := want[rule.Path]
		if mark, managed := marks[rule.Path]; wanted && managed && rule.Digest(v) == mark.Reading() {
			setMark(c, rule.Path, mark)
		}
	}
}

func setMark(c *diff.Change, p spec.Path, m diff.Mark) {
	if c.Marks == nil {
		c.Marks = map[spec.Path]string{}
	}
	c.Marks[p] = state.EncodeMark(m)
}

// recordOf makes a change of which only the lock takes notice, where it does:
// somebody has put back by hand what the run had changed.
func (u *undoing) recordOf(c *diff.Change, entry Entry) *diff.Change {
	c.Action, c.Reason = diff.Record, "holds already what it held before the run"
	after := entry.Clone()
	after.Pending = nil // what was in doubt is clear now
	if after.Fields == nil {
		after.Fields = map[spec.Path]diff.Mark{}
	}
	rules := u.account.rulesByPath()
	for _, f := range c.Fields {
		after.Fields[f.Path] = diff.Mark{File: rules[f.Path].Digest(f.After)}
		if f.Unmarked {
			delete(after.Fields, f.Path)
		}
	}
	for p, m := range rememberedMarks(c) {
		after.Fields[p] = m
	}
	if after.Same(entry) {
		return nil
	}
	return c
}
