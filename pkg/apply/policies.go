package apply

import (
	"fmt"

	"github.com/charsync/charsync/pkg/diff"
)

// applyPolicies decides about drift and conflicts.
func (e *Engine) applyPolicies(q *pair, c *diff.Change) {
	policy := e.Options.Policy
	var drift, conflict int
	for i := range c.Fields {
		f := &c.Fields[i]
		switch f.Class {
		case diff.Drift:
			drift++
			f.Send = policy.Drift != "report" && policy.Drift != "fail"
		case diff.Conflict:
			conflict++
			f.Send = policy.Conflict == "overwrite"
		}
	}
	if drift > 0 && policy.Drift == "fail" {
		c.Blocked = append(c.Blocked, diff.Block{
			Rule: "drift", Message: fmt.Sprintf("%s changed on %s since the last apply", plural(drift, "field"), c.Target),
			Hint: "`charsync pull` brings the live value into the manifest; `--drift enforce` writes the manifest's back",
		})
	}
	if conflict > 0 && policy.Conflict != "overwrite" {
		c.Blocked = append(c.Blocked, diff.Block{
			Rule: "conflict", Message: fmt.Sprintf("%s changed both in the manifest and on %s", plural(conflict, "field"), c.Target),
			Hint: q.wayOut(c.Fields),
		})
	}
	if len(c.Blocked) > 0 {
		for i := range c.Fields {
			c.Fields[i].Send = false
		}
	}
}

// wayOut says what to do about fields that are in conflict. Only a text that
// stands in the manifest as it is at the provider can hold both sides.
func (q *pair) wayOut(fields []diff.FieldChange) string {
	for _, f := range fields {
		if f.Class != diff.Conflict || f.Kind != diff.Text {
			continue
		}
		said := q.account.Driver.Origin(q.character, q.target, q.account.Instance, f.Path)
		if len(said) == 1 && said[0].Path == f.Path {
			return "edit the manifest to what you want to keep, or `charsync pull --conflicts markers`; `--conflict overwrite` writes the manifest's value over the live one"
		}
	}
	return "edit the manifest to what you want to keep, and `--conflict overwrite` writes it over the live value; `charsync pull --conflicts live` takes the live one"
}
