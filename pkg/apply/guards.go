package apply

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The guards, by the names that --allow takes.
const (
	guardDuplicate  = "duplicate"
	guardMaxChanges = "max-changes"
	guardMaxDeletes = "max-deletes"
	guardShrink     = "shrink"
	guardPublish    = "publish"
	guardSameText   = "same-text"
	guardProtected  = "protected"
	guardReplace    = "replace"
)

// Guards are the rules that refuse an apply, sorted.
func Guards() []string {
	return []string{guardAccount, guardDuplicate, guardMaxChanges, guardMaxDeletes, guardProtected, guardPublish, guardReplace, guardSameText, guardSharedTarget, guardShrink}
}

// sharesFrom is the number of bound pairs from which percentages count: of a
// few, every change is a large share.
const sharesFrom = 20

// longText is the length in characters from which losing text is looked at.
const longText = 200

// sameTextFrom is how many characters make one new text suspicious.
const sameTextFrom = 3

// shares are the figures that the guards about shares look at.
type shares struct {
	bound   int // pairs that the lock binds at the instances in play, selected or not
	changes spec.Share
	deletes spec.Share
	// finishing are updates that bring a creation to its end that a run was
	// stopped in: they count as little as the creation itself.
	finishing map[diff.Address]bool
	// edits are by field the edits of texts that several characters share.
	edits map[diff.Address]map[spec.Path]edit
	// overlaid are the fields that an environment alone says so, at targets that
	// it shares.
	overlaid map[diff.Address][]spec.Path
}

// edit names an edit of one text that several characters take from one place.
type edit string

// sharedEdits names what a change is, if every field that it sends is a text
// that several characters share; "" otherwise.
func (s shares) sharedEdits(c *diff.Change) edit {
	var all []string
	for _, f := range c.Sends() {
		of := s.edits[c.Address][f.Path]
		if of == "" {
			return ""
		}
		all = append(all, string(of))
	}
	slices.Sort(all)
	return edit(strings.Join(slices.Compact(all), "\x00"))
}

// guardPlan judges a whole plan. It adds to each change what stops it, and to
// the plan what stops the run, leaving out the rules that are allowed. It
// looks at nothing but the plan and the figures.
func guardPlan(p *diff.Plan, s shares, allow map[string]bool) {
	for i := range p.Changes {
		c := &p.Changes[i]
		for _, b := range slices.Concat(guardProtection(c), guardReplacing(c), guardShrinking(c), guardPublishing(c), guardOverlays(c, p.Env, s.overlaid[c.Address])) {
			if !allow[b.Rule] {
				c.Blocked = append(c.Blocked, b)
			}
		}
	}
	for _, b := range slices.Concat(guardShares(p, s), guardSameTexts(p, s)) {
		if !allow[b.Rule] {
			p.Guards = append(p.Guards, b)
		}
	}
}

func block(rule, format string, args ...any) diff.Block {
	return diff.Block{Rule: rule, Message: fmt.Sprintf(format, args...), Hint: "--allow " + rule + " lets it pass"}
}

func guardProtection(c *diff.Change) []diff.Block {
	if !c.Protect || c.Action != diff.Delete && c.Action != diff.Replace {
		return nil
	}
	b := block(guardProtected, "it is protected and would be deleted")
	b.Hint = "apply its manifest with protect: false first, or pass --allow protected"
	return []diff.Block{b}
}

func guardReplacing(c *diff.Change) []diff.Block {
	if c.Action != diff.Replace {
		return nil
	}
	old := "the old one removed"
	if c.ID != "" {
		old += " (" + c.ID + ")"
	}
	return []diff.Block{block(guardReplace, "it would be created anew and %s: %s", old, c.Reason)}
}

// guardShrinking looks for long texts that lose more than half.
func guardShrinking(c *diff.Change) []diff.Block {
	var out []diff.Block
	for _, f := range c.Sends() {
		before, ok := f.Before.(string)
		if f.Kind != diff.Text || !ok || !f.BeforeKnown {
			continue
		}
		after, _ := f.After.(string)
		had, has := utf8.RuneCountInString(before), utf8.RuneCountInString(after)
		switch {
		case had < longText || has*2 >= had:
		case has == 0:
			out = append(out, block(guardShrink, "%s would lose all of its %s characters", f.Path, providers.Figure(had)))
		default:
			out = append(out, block(guardShrink, "%s would go from %s characters to %s", f.Path, providers.Figure(had), providers.Figure(has)))
		}
	}
	return out
}

// guardPublishing looks for characters that would become public.
func guardPublishing(c *diff.Change) []diff.Block {
	if c.Action != diff.Update && c.Action != diff.Replace {
		return nil
	}
	for _, f := range c.Sends() {
		before, _ := f.Before.(string)
		after, _ := f.After.(string)
		hidden := strings.EqualFold(before, "private") || strings.EqualFold(before, "unlisted")
		if f.Path == "visibility" && hidden && strings.EqualFold(after, "public") {
			return []diff.Block{block(guardPublish, "it is %s and would become public", strings.ToLower(before))}
		}
	}
	return nil
}

// guardShares compares updates and deletions with what is bound. A new
// character never counts, but one in the place of a bound one that is not
// found any more does: where most are missing, the account is another one, or
// the list is wrong, and everything would be there twice.
func guardShares(p *diff.Plan, s shares) []diff.Block {
	updates, deletes, again := 0, 0, 0
	counted, once := map[edit]bool{}, ""
	for i := range p.Changes {
		switch c := &p.Changes[i]; c.Action {
		case diff.Create:
			if c.Gone != "" {
				again++
			}
		case diff.Update:
			of := s.sharedEdits(c)
			switch {
			case s.finishing[c.Address]:
			case counted[of]:
				once = ", a shared text counted once"
			default:
				counted[of] = of != ""
				updates++
			}
		case diff.Delete:
			deletes++
		case diff.Replace:
			updates++
			deletes++
		}
	}
	var out []diff.Block
	usual := spec.DefaultProject("").Policy
	if over(updates, s.bound, s.changes) {
		out = append(out, limited("maxChanges", usual.MaxChanges, block(guardMaxChanges, "%s of %s bound pairs of character and target would be updated (%s%s), and policy.maxChanges is %s",
			providers.Figure(updates), providers.Figure(s.bound), percentage(updates, s.bound), once, s.changes)))
	}
	if over(again, s.bound, s.changes) {
		b := block(guardMaxChanges, "%s of %s bound pairs of character and target were not found and would be created anew (%s), and policy.maxChanges is %s",
			providers.Figure(again), providers.Figure(s.bound), percentage(again, s.bound), s.changes)
		b.Hint = "look whether key, base URL and lock are of one account; if they are really gone, " + b.Hint
		out = append(out, b)
	}
	if over(deletes, s.bound, s.deletes) {
		out = append(out, limited("maxDeletes", usual.MaxDeletes, block(guardMaxDeletes, "%s of %s bound pairs of character and target would be deleted (%s), and policy.maxDeletes is %s",
			providers.Figure(deletes), providers.Figure(s.bound), percentage(deletes, s.bound), s.deletes)))
	}
	return out
}

// limited says of a guard about shares where its limit is set.
func limited(key string, usual spec.Share, b diff.Block) diff.Block {
	b.Hint += "; the limit is set by spec.policy." + key + " in charsync.yaml (" + usual.String() + " when it says nothing)"
	return b
}

// over reports whether n of total is past a limit. Percentages count from twenty
// bound pairs on; absolute limits always.
func over(n, total int, limit spec.Share) bool {
	if limit.Percent && total < sharesFrom {
		return false
	}
	return limit.Exceeded(n, total)
}

func percentage(n, total int) string {
	if total == 0 {
		return "100%"
	}
	return fmt.Sprintf("%.0f%%", float64(n)*100/float64(total))
}

// guardSameTexts looks for one new text in the place of what several
// characters said each in their own way. The edit of a text that they share
// already is one edit.
func guardSameTexts(p *diff.Plan, s shares) []diff.Block {
	type text struct {
		path   spec.Path
		digest string
	}
	names := map[text]map[string]bool{}
	seen := map[edit]spec.Path{}
	var order []text
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Action != diff.Update {
			continue
		}
		for _, f := range c.Sends() {
			after, ok := f.After.(string)
			of := s.edits[c.Address][f.Path]
			if f.Kind != diff.Text || f.Class == diff.Drift || !ok || after == "" || seen[of] == f.Path {
				continue
			}
			if of != "" {
				seen[of] = f.Path
			}
			key := text{f.Path, diff.Digest(after)}
			if names[key] == nil {
				names[key] = map[string]bool{}
				order = append(order, key)
			}
			names[key][c.Name] = true
		}
	}
	var out []diff.Block
	for _, key := range order {
		if n := len(names[key]); n >= sameTextFrom {
			out = append(out, block(guardSameText, "%s characters would get one and the same new %s: %s", providers.Figure(n), key.path, some(slices.Sorted(maps.Keys(names[key])))))
		}
	}
	return out
}
