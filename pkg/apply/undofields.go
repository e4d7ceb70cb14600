package apply

import (
	"context"
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// putBack restores the fields that an update changed.
func (u *undoing) putBack(r *reversal, id string) (*diff.Change, error) {
	entry, bound := u.boundAs(id)
	if !bound {
		r.note("", "%s is not bound to %s any more: what the run changed there is left as it is", r.Address, id)
		return nil, nil
	}
	s := r.seen[id]
	if s.gone {
		r.note("", "%s is not there any more: what the run changed in it can't be put back", id)
		return nil, nil
	}
	want, prior := u.wantBefore(r, id, s.doc)
	c := u.change(r, diff.Update, entry)
	rules := u.account.Driver.Fields.Rules()
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
	for _, rule := range u.account.Driver.Fields.Rules() {
		sentValue, sent := r.Sent[id][rule.Path]
		if !sent {
			continue
		}
		row, _ := u.account.Driver.Fields.Field(rule.Path)
		was, known, partly := u.before(r, id, row)
		left, seen, _ := r.left(id, rule)
		switch {
		case !known:
			r.note("", "%s can't be read back, and no record says what it held before the run: it keeps what the run sent", rule.Path)
			continue
		case rule.Equal(was, left):
			continue
		case rule.Canonical(was) == nil && !row.Clear.Can:
			r.note("", "%s was empty before the run and can't be emptied: %s", rule.Path, row.Clear.Why)
			continue
		}
		if partly {
			r.note("", "%s: %s never shows %s, so that part is not put back", rule.Path, u.account.Driver.Title, hiddenParts(row))
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
	for _, rule := range u.account.Driver.Fields.Rules() {
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
	c.Marks[p] = encodeMark(m)
}

// recordOf makes a change of which only the lock takes notice, where it does:
// somebody has put back by hand what the run had changed.
func (u *undoing) recordOf(c *diff.Change, entry Entry) *diff.Change {
	c.Action, c.Reason = diff.Record, "holds already what it held before the run"
	after := entry.clone()
	after.Pending = nil // what was in doubt is clear now
	if after.Fields == nil {
		after.Fields = map[spec.Path]diff.Mark{}
	}
	rules := rulesByPath(u.account.Driver)
	for _, f := range c.Fields {
		after.Fields[f.Path] = diff.Mark{File: rules[f.Path].Digest(f.After)}
		if f.Unmarked {
			delete(after.Fields, f.Path)
		}
	}
	for p, m := range rememberedMarks(c) {
		after.Fields[p] = m
	}
	if after.same(entry) {
		return nil
	}
	return c
}

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
		r.note("", "%s, which the run made, is not bound any more: it is left as it is", id)
		return nil, nil
	}
	c := u.change(r, diff.Delete, entry)
	if s.gone {
		c.Action, c.Gone, c.Reason = diff.Record, id, "not found on "+c.Target+": the binding is forgotten"
		return c, nil
	}
	c.Reason, c.Removal, c.Rebind = "the run made it", removal(u.account), inDoubt
	rules := u.account.Driver.Fields.Rules()
	c.Base = base(rules, s.doc, s.doc)
	c.Fields = u.editedSince(r, id, s.doc)
	u.decide(c)
	return c, nil
}

// editedSince lists the fields that somebody changed after the run had
// written them: what is live now would be lost.
func (u *undoing) editedSince(r *reversal, id string, live diff.Doc) []diff.FieldChange {
	var out []diff.FieldChange
	for _, rule := range u.account.Driver.Fields.Rules() {
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

// comeBack restores a character that the run removed.
func (u *undoing) comeBack(ctx context.Context, r *reversal, id string) (*diff.Change, error) {
	if now, known := u.engine.Lock.Entry(r.Address); known && now.ID != id {
		r.note("", "%s is bound to %s by now: the character that the run removed, %s, is left as it is", r.Address, now.ID, id)
		return nil, nil
	}
	if entry, bound := u.boundAs(id); bound && !r.seen[id].gone && !hidesOnly(u.account.Driver) {
		return u.recordOf(u.change(r, diff.Record, entry), entry), nil // its removal did not happen
	}
	was := r.was(u.account, id)
	c := u.change(r, diff.Update, was)
	c.ID, c.Rebind, c.Superseded = id, true, was.Old
	return u.bindAgain(ctx, r, c, was)
}

// was is the lock's entry from before the run, as the record has it.
func (r *reversal) was(a *Account, id string) Entry {
	if p := r.pending(); p != nil && r.Was.ID == "" && p.Action == diff.Create { // that attempt made it
		e := a.settled(r.Was.clone())
		e.ID, e.Pending = id, nil
		return e
	}
	if r.Was != nil && r.Was.ID == id {
		e := r.Was.clone()
		e.Pending = nil
		return e
	}
	return Entry{Address: r.Address, Provider: r.Provider, ID: id}
}

// pending is the write that was in doubt before the run.
func (r *reversal) pending() *Intent {
	if r.Was == nil {
		return nil
	}
	return r.Was.Pending
}

// bindAgain makes of a change that goes back to a removed character what can
// be done about it: show it again, take it out of the archive, or create it
// anew.
func (u *undoing) bindAgain(ctx context.Context, r *reversal, c *diff.Change, was Entry) (*diff.Change, error) {
	s := r.seen[c.ID]
	for path, mark := range was.Fields {
		setMark(c, path, mark)
	}
	if !s.gone {
		c.Reason = "the run removed it"
		return u.show(r, c, s.doc), nil
	}
	if restorer, ok := u.account.Provider.(providers.Restorer); ok {
		body, err := restorer.Removed(ctx, c.ID)
		u.least++
		if err == nil {
			live := u.account.Driver.Fields.Live(body, nil)
			c.Restore, c.Reason = true, "the run archived it: it is brought back"
			c.Base = base(u.account.Driver.Fields.Rules(), live, live)
			return c, nil
		}
		if providers.KindOf(err) != providers.NotFound {
			return nil, err
		}
	}
	return u.anew(r, c, was)
}

// show makes a character visible again that removal only hid.
func (u *undoing) show(r *reversal, c *diff.Change, live diff.Doc) *diff.Change {
	rules := u.account.Driver.Fields.Rules()
	want, prior := diff.Doc{}, map[spec.Path]diff.Mark{}
	for _, rule := range rules {
		v, known := r.Before[c.ID][rule.Path]
		if rule.Path == "visibility" && known && hidesOnly(u.account.Driver) {
			want[rule.Path] = v
			if !rule.Equal(v, "private") {
				prior[rule.Path] = diff.Mark{File: rule.Digest("private")}
			}
		}
	}
	c.Fields, c.Base = diff.Fields(rules, want, live, prior), base(rules, want, live)
	for i := range c.Fields {
		_, managed := c.Marks[c.Fields[i].Path]
		c.Fields[i].Unmarked = !managed
	}
	u.decide(c)
	if sends, _ := sending(c.Fields); !sends && len(c.Blocked) == 0 {
		c.Action = diff.Record
	}
	return c
}

// anew creates a character that can't come back in its stead.
func (u *undoing) anew(r *reversal, c *diff.Change, was Entry) (*diff.Change, error) {
	d, old := u.account.Driver, c.ID
	doc, err := u.creatable(r, old)
	if err != nil {
		return nil, err
	}
	c.Action, c.Rebind, c.ID, c.Superseded = diff.Create, false, "", ""
	c.Scope, _ = d.SplitID(old)
	if _, bound := u.boundAs(old); bound {
		c.Gone = old // its removal was carried out, and not recorded
	}
	c.Reason = "the run removed " + old
	c.Removal = fmt.Sprintf("a new character with a new id: %s can't come back. %s", old, d.Removal.Loss)
	c.Fields = fromNothing(d.Fields.Rules(), doc)
	c.Marks = nil
	u.remember(c, &reversal{Deed: &Deed{Was: &was}}, doc)
	return c, nil
}

// creatable is what is known of a removed character and can be sent when one
// is created.
func (u *undoing) creatable(r *reversal, id string) (diff.Doc, error) {
	doc := diff.Doc{}
	for _, f := range u.account.Driver.Fields {
		if f.ReadOnly() {
			continue
		}
		v, known, partly := u.before(r, id, f)
		if !known || v == nil && !f.Clear.Can {
			continue
		}
		doc[f.Path] = v
		if partly {
			r.note("", "%s: %s never shows %s, so that part is not put back", f.Path, u.account.Driver.Title, hiddenParts(f))
		}
	}
	for _, p := range u.account.Driver.Required {
		if doc[p] == nil {
			return nil, spec.Diagnostic{
				Severity: spec.Error, Code: codeNotUndone, Character: r.Name, Target: r.Target,
				Message: fmt.Sprintf("%s, which the run removed, can't be created anew: the record does not say its %s", id, p),
				Hint:    "apply its manifest instead",
			}
		}
	}
	return doc, nil
}

// goBack takes a replacement back: the old character counts again where it is
// still there or can be restored; else it is made anew, as a replacement.
func (u *undoing) goBack(ctx context.Context, r *reversal, old, made string) (*diff.Change, error) {
	entry, bound := u.boundAs(made)
	if now, known := u.engine.Lock.Entry(r.Address); !bound && known && now.ID == old {
		entry, bound = now, true // its answer was lost: the lock still has the old one
	}
	if !bound {
		r.note("", "%s, which the run made, is not bound any more: it is left as it is", made)
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
	rules := u.account.Driver.Fields.Rules()
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
