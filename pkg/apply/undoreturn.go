package apply

import (
	"context"
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// comeBack restores a character that the run removed.
func (u *undoing) comeBack(ctx context.Context, r *reversal, id string) (*diff.Change, error) {
	if now, known := u.engine.Lock.Entry(r.Address); known && now.ID != id {
		r.note("%s is bound to %s by now: the character that the run removed, %s, is left as it is", r.Address, now.ID, id)
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
		e := a.settled(r.Was.Clone())
		e.ID, e.Pending = id, nil
		return e
	}
	if r.Was != nil && r.Was.ID == id {
		e := r.Was.Clone()
		e.Pending = nil
		return e
	}
	return Entry{Address: r.Address, Provider: r.Provider, ID: id}
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
			c.Base = base(u.account.rules(), live, live)
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
	rules := u.account.rules()
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
	c.Fields = fromNothing(u.account.rules(), doc)
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
			r.note("%s: %s never shows %s, so that part is not put back", f.Path, u.account.Driver.Title, hiddenParts(f))
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
