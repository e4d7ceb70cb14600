package apply

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Against compares what the manifests make of the selected characters with
// what those of another revision made of them: what a branch changes, from the
// files alone. Base is an engine over that revision, with its own project and
// set, the same options and an empty lock; neither engine needs more of its
// accounts than drivers. The document can't be applied.
//
// A character is renamed when a name went, another came, and both say the
// same; or when the two stand at the same place and say much the same. What
// the revision says of a character that can't be read there is not known, and
// the document says so.
func (e *Engine) Against(base *Engine, r diff.Revision) *diff.Plan {
	c := &comparison{engine: e, base: base, ref: r.Ref, was: map[diff.Address]*pair{}}
	plan := e.newPlan(e.resolve())
	plan.About, plan.Against = diff.AboutBase, &r
	plan.Diagnostics = append(plan.Diagnostics, c.unclear()...)
	if _, known := base.Project.Environments[e.Options.Env]; known || e.Options.Env == "" {
		for _, q := range base.resolve().list {
			c.was[q.Address] = q
		}
	}
	c.findRenamed()
	for _, q := range e.resolve().list {
		if q.err != nil {
			continue // said by validation
		}
		change := c.pair(q)
		if change == nil {
			plan.Unchanged++
			continue
		}
		plan.Changes = append(plan.Changes, *change)
	}
	c.left(plan)
	figures := shares{bound: e.boundPairs(), changes: e.Options.Policy.MaxChanges, deletes: e.Options.Policy.MaxDeletes}
	figures.edits = sharedEdits(e.resolve().list, plan.Changes)
	figures.overlaid = e.overlaid(e.resolve().list, plan.Changes)
	guardPlan(plan, figures, e.Options.Allow)
	c.markKnown(plan)
	plan.Seal()
	return plan
}

// markKnown marks the losses that the revision has already.
func (c *comparison) markKnown(plan *diff.Plan) {
	known := lossSet{}
	for _, was := range c.was {
		if was.err == nil {
			known.add(was.account.Driver.Name, was.whole.Losses)
		}
	}
	for i := range plan.Changes {
		known.mark(&plan.Changes[i])
	}
}

// comparison is the work of Against.
type comparison struct {
	engine, base *Engine
	ref          string
	was          map[diff.Address]*pair // of the revision
	from         map[string]string      // new names of renamed characters → old ones
	gone         map[string]bool        // old names
}

// maxUnclear bounds what is said about the revision's own faults.
const maxUnclear = 20

// unclear says what of the revision can't be used. It stops nothing: nobody
// can mend what is past.
func (c *comparison) unclear() []spec.Diagnostic {
	var out []spec.Diagnostic
	more := 0
	for _, d := range c.base.Set.Diagnostics {
		if d.Severity != spec.Error {
			continue
		}
		if len(out) == maxUnclear {
			more++
			continue
		}
		out = append(out, spec.Diagnostic{
			Severity: spec.Warning, Code: d.Code, Character: d.Character,
			Message: fmt.Sprintf("at %s: %s: %s", c.ref, d.Pos, d.Message),
			Hint:    "what it said there is taken as not known",
		})
	}
	if more > 0 {
		out = append(out, spec.Diagnostic{
			Severity: spec.Warning, Code: CodeUnclearBase,
			Message: fmt.Sprintf("at %s: %s more", c.ref, plural(more, "error")), Hint: "check that revision out and validate it",
		})
	}
	return out
}

// pair is what became of a pair; nil is nothing.
func (c *comparison) pair(q *pair) *diff.Change {
	old, renamed := q.Address, c.from[q.Name]
	if renamed != "" {
		old.Name = renamed
	}
	was := c.was[old]
	switch {
	case was != nil && was.err == nil:
		return c.both(q, was)
	case was != nil, c.base.Set.Unclear(q.Name, q.character.Pos.File):
		return c.unknown(q)
	}
	return c.added(q)
}

// entry is what the lock knows of a pair, under its name or its old one.
func (c *comparison) entry(q *pair) Entry {
	entry, _ := c.engine.Lock.Peek(q.Address)
	if old := c.from[q.Name]; entry.ID == "" && old != "" {
		entry, _ = c.engine.Lock.Peek(diff.Address{Name: old, Target: q.Target})
	}
	return entry
}

// added is a pair that the revision does not have.
func (c *comparison) added(q *pair) *diff.Change {
	id := c.engine.boundTo(q)
	if id == "" {
		return q.creation("")
	}
	change := q.change(diff.Update)
	change.ID, change.Reason = id, "new in the manifests, and bound to a live character"
	change.Fields = fromNothing(q.account.rules(), q.whole.Doc)
	for i := range change.Fields {
		change.Fields[i].Fixed = false // what it holds of that is not known
	}
	return change
}

// unknown is a pair whose manifest the revision can't show.
func (c *comparison) unknown(q *pair) *diff.Change {
	change := q.change(diff.Update)
	change.ID, change.Reason = c.entry(q).ID, "what "+c.ref+" says of it can't be read"
	change.Fields = fromNothing(q.account.rules(), q.whole.Doc)
	for i := range change.Fields {
		change.Fields[i].BeforeKnown, change.Fields[i].Fixed = false, false
	}
	return change
}

// both is a pair that the revision has too.
func (c *comparison) both(q, was *pair) *diff.Change {
	change := q.change(diff.Record)
	change.ID = c.entry(q).ID
	change.Fields = fieldsAgainst(q, was)
	reasons := c.reasons(q, was)
	if renamed := c.from[q.Name]; renamed != "" {
		change.RenamedFrom = renamed
	}
	sends, fixed := sending(change.Fields)
	switch {
	case fixed || q.account.Driver.Name != was.account.Driver.Name:
		change.Action, change.Removal = diff.Replace, removal(was.account)
		if why := replaceReason(change.Fields); why != "" {
			reasons = append([]string{why}, reasons...)
		}
	case sends:
		change.Action = diff.Update
	case len(change.Fields) == 0 && len(reasons) == 0:
		return nil
	}
	change.Reason = strings.Join(reasons, "; ")
	return change
}

// fieldsAgainst compares two readings of a manifest as a plan compares, with
// the older one for what is live and for what was applied.
func fieldsAgainst(q, was *pair) []diff.FieldChange {
	rules := q.account.rules()
	marks := make(map[spec.Path]diff.Mark, len(was.whole.Doc))
	for _, r := range rules {
		if v, ok := was.whole.Doc[r.Path]; ok {
			marks[r.Path] = diff.Mark{File: r.Digest(v)}
		}
	}
	fields := diff.Fields(rules, q.whole.Doc, was.whole.Doc, marks)
	for i := range fields {
		if f := &fields[i]; f.Class == diff.Unverifiable { // not in the older manifest, which managed it not
			f.Class, f.Fixed, f.BeforeKnown = diff.Yours, false, f.After != nil
		}
	}
	return fields
}

// reasons are the changes of a pair that are no field of its provider.
func (c *comparison) reasons(q, was *pair) []string {
	var out []string
	say := func(differs bool, format string, args ...any) {
		if differs {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(q.Name != was.Name, "renamed from %s", was.Name)
	if entry, bound := c.engine.Lock.Peek(q.Address); q.Name != was.Name && (!bound || entry.ID == "") && !isSame(q, was) {
		say(true, "`charsync state mv %s %s` makes it keep its live character, else a second one is created", was.Name, q.Name)
	}
	say(q.account.Driver.Name != was.account.Driver.Name, "%s is %s now, and was %s", q.Target, q.account.Driver.Title, was.account.Driver.Title)
	say(q.adopt != was.adopt && q.adopt != "", "the id is %s now", q.adopt)
	say(q.target.CloneFrom.Text() != was.target.CloneFrom.Text(), "cloneFrom changed")
	say(q.protect() != was.protect(), "protect is %t now", q.protect())
	say(!maps.Equal(q.character.Labels, was.character.Labels), "labels changed")
	if lost := unkept(q, was); len(lost) > 0 {
		say(true, "changed, and not kept by %s: %s", q.account.Driver.Title, strings.Join(lost, ", "))
	}
	return out
}

// unkept are the common fields that changed and that this provider drops.
func unkept(q, was *pair) []string {
	var out []string
	for _, l := range append(slices.Clone(q.whole.Losses), was.whole.Losses...) {
		now, before := q.character.Lookup(q.target, l.Path), was.character.Lookup(was.target, l.Path)
		if l.How == string(providers.ClassDropped) && !slices.Contains(out, string(l.Path)) && diff.Digest(now.V) != diff.Digest(before.V) {
			out = append(out, string(l.Path))
		}
	}
	slices.Sort(out)
	return out
}

// left adds what the revision has and the manifests have no more: orphans, or
// with prune deletions.
func (c *comparison) left(plan *diff.Plan) {
	now := map[diff.Address]bool{}
	for _, q := range c.engine.resolve().list {
		now[q.Address] = true
	}
	for _, was := range c.base.resolve().list {
		if c.was[was.Address] == nil || now[was.Address] || was.err != nil || c.gone[was.Name] || !c.engine.selectsLeft(was) {
			continue
		}
		entry, _ := c.engine.Lock.Peek(was.Address)
		if !c.engine.Options.Prune {
			plan.Orphans = append(plan.Orphans, diff.Orphan{Address: was.Address, ID: entry.ID, Protect: was.protect()})
			continue
		}
		plan.Changes = append(plan.Changes, diff.Change{
			Address: was.Address, Provider: was.account.Driver.Name, Action: diff.Delete, ID: entry.ID,
			Protect: was.protect(), Labels: was.character.Labels, Removal: removal(was.account), Reason: "it left the manifests",
		})
	}
}

// selectsLeft reports whether a pair of the revision is meant. One of a
// character that is there still is meant as that character is.
func (e *Engine) selectsLeft(was *pair) bool {
	if c := e.Set.Known(was.Name); c != nil {
		return e.selected(c)
	}
	return e.Set.Complete && e.selected(was.character)
}
