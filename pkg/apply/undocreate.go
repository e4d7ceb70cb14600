package apply

import (
	"context"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// unmake removes a character that the run made or brought back.
func (u *undoing) unmake(r *reversal, id string) (*diff.Change, error) {
	entry, bound := u.boundAs(id)
	inDoubt := false
	if !bound {
		if now, _ := u.engine.Lock.Entry(r.Address); now.ID == "" && now.Pending != nil && r.Doubt != nil && now.Pending.Key == r.Doubt.Key {
			entry, bound, inDoubt = now, true, true // its answer was lost; it was found just now
			entry.ID = id
		}
	}
	s := r.seen[id]
	switch {
	case !bound && s.gone:
		return nil, nil
	case !bound:
		r.note("%s, which the run made, is not bound any more: it is left as it is", id)
		return nil, nil
	}
	c := u.change(r, diff.Delete, entry)
	if s.gone {
		c.Action, c.Gone, c.Reason = diff.Record, id, "not found on "+c.Target+": the binding is forgotten"
		return c, nil
	}
	c.Reason, c.Removal, c.Rebind = "the run made it", removal(u.account), inDoubt
	rules := u.account.rules()
	c.Base = base(rules, s.doc, s.doc)
	c.Fields = u.editedSince(r, id, s.doc)
	u.decide(c)
	return c, nil
}

// editedSince lists the fields that somebody changed after the run had
// written them: what is live now would be lost.
func (u *undoing) editedSince(r *reversal, id string, live diff.Doc) []diff.FieldChange {
	var out []diff.FieldChange
	for _, rule := range u.account.rules() {
		left, seen, known := r.left(id, rule)
		now, shown := live[rule.Path]
		switch {
		case !known || !shown || rule.Equal(left, now):
			continue
		case !seen && (diff.Kept(rule, left, nil, now).Fine() || u.late(rule.Path)):
			continue // the run was stopped before it read its own work back, or before its second call
		}
		out = append(out, diff.FieldChange{
			Path: rule.Path, Kind: rule.Kind, Class: diff.Conflict, Before: now, BeforeKnown: true, Fixed: rule.Fixed,
		})
	}
	return out
}

// late reports a field that a second call sends after creation.
func (u *undoing) late(p spec.Path) bool {
	f, ok := u.account.Driver.Fields.Field(p)
	return ok && f.Late()
}

// pending is the write that was in doubt before the run.
func (r *reversal) pending() *Intent {
	if r.Was == nil {
		return nil
	}
	return r.Was.Pending
}

// goBack takes a replacement back: the old character counts again where it is
// still there or can be restored; else it is made anew, as a replacement.
func (u *undoing) goBack(ctx context.Context, r *reversal, old, made string) (*diff.Change, error) {
	entry, bound := u.boundAs(made)
	if now, known := u.engine.Lock.Entry(r.Address); !bound && known && now.ID == old {
		entry, bound = now, true // its answer was lost: the lock still has the old one
	}
	if !bound {
		r.note("%s, which the run made, is not bound any more: it is left as it is", made)
		return nil, nil
	}
	was := r.was(u.account, old)
	c := u.change(r, diff.Update, entry)
	c.ID, c.Rebind, c.Superseded = old, true, made
	edited := u.editedSince(r, made, r.seen[made].doc)
	c, err := u.bindAgain(ctx, r, c, was)
	if err != nil {
		return nil, err
	}
	c.Removal = removal(u.account)
	if c.Action == diff.Create {
		u.replaceBack(r, c, made)
	}
	if r.seen[made].gone && c.Action != diff.Create {
		c.Superseded = ""
	}
	if len(edited) > 0 && u.engine.Options.Policy.Conflict != "overwrite" {
		u.addEdited(c, edited)
	}
	return c, nil
}

// replaceBack makes a creation a replacement of what the run made.
func (u *undoing) replaceBack(r *reversal, c *diff.Change, made string) {
	s := r.seen[made]
	if s.gone {
		c.Gone = made
		return
	}
	rules := u.account.rules()
	want := wanted(c)
	unmarked := map[spec.Path]bool{}
	for _, f := range c.Fields {
		unmarked[f.Path] = f.Unmarked
	}
	c.Action, c.ID = diff.Replace, made
	c.Reason = "the run replaced a character by it that can't come back"
	c.Fields = replacing(rules, want, s.doc, diff.Fields(rules, want, s.doc, nil))
	for i := range c.Fields {
		c.Fields[i].Unmarked = unmarked[c.Fields[i].Path]
	}
	c.Base = base(rules, want, s.doc)
}

// addEdited stops a change that would remove what somebody edited.
func (u *undoing) addEdited(c *diff.Change, edited []diff.FieldChange) {
	c.Fields = append(c.Fields, edited...)
	blocked := c.Blocked
	c.Blocked = nil
	u.decide(c)
	if len(c.Blocked) == 0 {
		c.Blocked = blocked
	}
}
