package view

import "github.com/charsync/charsync/pkg/diff"

// Why names the class of a change in the words of a reader, for every
// renderer of a plan.
func Why(p *diff.Plan, target string, f diff.FieldChange) string { return why(toneOf(p), target, f) }

func why(t tone, target string, f diff.FieldChange) string {
	target = SanitizeLine(target)
	switch t {
	case ofUndo:
		return undoWhy(target, f)
	case ofRun:
		return runWhy(target, f)
	case ofDrift:
		return driftWhy(target, f)
	case ofBase:
		return baseWhy(target, f)
	}
	switch f.Class {
	case diff.Yours:
		if f.Fixed {
			return "yours; can't be updated on " + target + ", so the character is replaced"
		}
		return "yours"
	case diff.Drift:
		if f.Send {
			return "drift: changed on " + target + " since the last apply; will be set back"
		}
		return "drift: changed on " + target + " since the last apply; left as it is"
	case diff.Conflict:
		if f.Send {
			return "conflict: the manifest and " + target + " both changed; the manifest wins"
		}
		return "conflict: the manifest and " + target + " both changed since the last apply"
	case diff.Converged:
		return "the manifest and " + target + " changed to the same"
	case diff.Adopted:
		return "is the same on " + target + " already"
	case diff.Unverifiable:
		return "yours; can't be read back from " + target
	case diff.Released:
		return "no longer managed; left as it is on " + target
	}
	return string(f.Class)
}

// Deed says what happens to a pair, in words.
func Deed(p *diff.Plan, c *diff.Change) string { return deed(toneOf(p), c) }

func deed(t tone, c *diff.Change) string {
	switch c.Action {
	case diff.Create:
		words := "create"
		if c.CloneOf != "" {
			words = "create as a clone of " + c.CloneOf
			if c.CloneKB {
				words += ", with its knowledge bank"
			}
		}
		if c.Scope != "" {
			words += " in " + c.Scope
		}
		return SanitizeLine(words)
	case diff.Record:
		if t == ofBase {
			return "nothing to send"
		}
		return "record in the lock only"
	case diff.Report:
		return found(t, c)
	}
	if c.Stopped() {
		return "not updated"
	}
	return string(c.Action)
}

// found says what became of a character that is shown and left alone.
func found(t tone, c *diff.Change) string {
	switch {
	case t != ofDrift:
		return "left as it is"
	case c.Gone != "":
		return "gone"
	case c.Has(diff.Conflict):
		return "changed here and there"
	}
	return "changed"
}

// StoppedBy names what leaves a pair out, or refuses it.
func StoppedBy(b diff.Block) string {
	switch b.Rule {
	case string(diff.Conflict), string(diff.Drift):
		return "skipped, " + b.Rule
	}
	return "refused by the guard " + SanitizeLine(b.Rule)
}
