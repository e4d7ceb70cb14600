package apply

import (
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// Examine judges a character while the manifests are being loaded, and
// returns what a plan has to hold of it: of one whose values are all as the
// lock remembers them, the bindings alone. The lock's digests then stand for
// its texts, and it is read again when something of it must be shown or sent.
// It is meant for spec.LoadOptions.Keep: selectors, targets and lock must be
// there, names and set may come later. Mere notes are not kept. Its texts are
// read here too, for LintUnseen.
func (e *Engine) Examine(c *spec.Character) *spec.Character {
	list := e.examine(c, func(d spec.Diagnostic) bool { return d.Severity == spec.Info })
	kept := c
	if !slices.ContainsFunc(list, func(q *pair) bool { return !e.asRemembered(q) }) {
		for _, q := range list {
			e.early.keepLosses(q)
			q.settled, q.whole = true, providers.Desired{}
		}
		kept = bare(c)
	}
	e.noteRead(c, kept, list, lint.ReadUnseen)
	return e.examined(kept, list)
}

// Judge is Examine for validation: nothing will be planned, and of no
// character more than its findings and bindings is held. Its texts are read
// here too, for Lint.
func (e *Engine) Judge(c *spec.Character) *spec.Character {
	list := e.examine(c, func(spec.Diagnostic) bool { return false })
	kept := bare(c)
	e.noteRead(c, kept, list, lint.Read)
	for _, q := range list {
		q.whole = providers.Desired{}
	}
	return e.examined(kept, list)
}

// noteRead reads the texts of a character, and notes what that came to under
// what is kept of it.
func (e *Engine) noteRead(c, kept *spec.Character, list []*pair, reading func(*spec.Project, lint.Subject) lint.Reading) {
	var read lint.Reading
	if e.labelled(c) {
		read = reading(e.Project, pageOf(c, list))
	}
	e.early.mu.Lock()
	defer e.early.mu.Unlock()
	if e.early.read == nil {
		e.early.read, e.early.names = map[*spec.Character]lint.Reading{}, map[string]bool{}
	}
	if !read.Silent() {
		e.early.read[kept] = read
	}
	lint.AddNames(e.early.names, c)
}

// examine makes the pairs of a character and what each wants.
func (e *Engine) examine(c *spec.Character, passed func(spec.Diagnostic) bool) []*pair {
	if !e.labelled(c) {
		return nil
	}
	var list []*pair
	mapping := e.Project.Environments[e.Options.Env].Targets
	for i := range c.Targets {
		t := &c.Targets[i]
		instance := mapped(mapping, t.Instance)
		if !e.targetSelected(t.Instance, instance) {
			continue
		}
		q := e.newPair(c, t, instance)
		if q.err == nil {
			q.want()
			e.judge(q)
			q.findings = slices.DeleteFunc(q.findings, passed)
			e.Project.Locate(q.findings) // now, since a place in a text is found by the text
		}
		list = append(list, q)
	}
	return list
}

// examined notes the pairs of a character under what is kept of it.
func (e *Engine) examined(kept *spec.Character, list []*pair) *spec.Character {
	for _, q := range list {
		q.character, q.target = kept, kept.Target(q.target.Instance)
	}
	e.early.mu.Lock()
	defer e.early.mu.Unlock()
	if e.early.pairs == nil {
		e.early.pairs = map[*spec.Target]*pair{}
	}
	for _, q := range list {
		e.early.pairs[q.target] = q
	}
	return kept
}

// bare is a character without its values.
func bare(c *spec.Character) *spec.Character {
	out := *c
	out.Fields, out.Targets = nil, make([]spec.Target, len(c.Targets))
	for i, t := range c.Targets {
		out.Targets[i] = spec.Target{Instance: t.Instance, Pos: t.Pos, ID: t.ID, CloneFrom: t.CloneFrom}
	}
	return &out
}

// asRemembered reports whether everything that a pair wants is, to the digest,
// what the lock says was applied last, and nothing else is to be settled.
func (e *Engine) asRemembered(q *pair) bool {
	if q.err != nil || q.invalid {
		return false
	}
	entry, _ := e.Lock.Peek(q.Address)
	if entry.ID == "" || entry.ID != e.boundTo(q) || entry.Pending != nil || entry.Old != "" || entry.Protect != q.protect() {
		return false
	}
	return q.wantsMarked(entry) && len(e.Lock.Rivals(q.Address)) == 0
}

// wantsMarked reports whether the lock has exactly the marks of what a pair
// wants.
func (q *pair) wantsMarked(entry Entry) bool {
	if len(entry.Fields) != len(q.whole.Doc) {
		return false
	}
	matching := 0
	for _, r := range q.account.rules() {
		v, wanted := q.whole.Doc[r.Path]
		mark, marked := entry.Fields[r.Path]
		switch {
		case wanted != marked:
			return false
		case !wanted:
		case r.Digest(v) != mark.File:
			return false
		default:
			matching++
		}
	}
	return matching == len(entry.Fields)
}

// asMarked reports whether what is live is what the lock says it was, as far
// as it can be read: with a settled pair there is nothing to do then.
func asMarked(rules []diff.Rule, entry Entry, live diff.Doc) bool {
	for _, r := range rules {
		mark, marked := entry.Fields[r.Path]
		if v, known := live[r.Path]; marked && known && r.Digest(v) != mark.Reading() {
			return false
		}
	}
	return true
}

// recall brings the values of a settled pair back. They must be what they
// were: the plan is made of one state of the project.
func (e *Engine) recall(q *pair) error {
	if !q.settled {
		return nil
	}
	c, err := e.Set.Reload(q.character)
	if err != nil {
		return err
	}
	entry, _ := e.Lock.Peek(q.Address)
	if t := c.Target(q.target.Instance); t != nil {
		q.character, q.target, q.settled = c, t, false
		q.want()
		if q.err == nil && q.wantsMarked(entry) {
			return nil
		}
	}
	return spec.Diagnostic{
		Pos: q.place(), Severity: spec.Error, Code: spec.CodeUnreadable, Character: q.Name, Target: q.Target,
		Message: "the manifest of " + q.Name + " changed while it was in use", Hint: "run the command again",
	}
}
