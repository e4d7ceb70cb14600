package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
)

// loss is what one provider does to some fields of some characters.
type loss struct {
	target, how, note string
	paths             string
	names             []string
}

// losses says once for each target what it does not keep as the manifests have
// it: all of it where a character is made, only what is dropped where one
// changes or is left alone. That a field has another name there is no loss to a reader.
func (p *printer) losses(plan *diff.Plan) {
	var found []loss
	pairs := map[string]int{} // that could have lost something, by target
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Action == diff.Delete || c.Action == diff.Record {
			continue
		}
		pairs[c.Target]++
		for _, l := range lossesOf(c) {
			at := slices.IndexFunc(found, func(o loss) bool {
				return o.target == l.target && o.how == l.how && o.note == l.note && o.paths == l.paths
			})
			if at < 0 {
				at = len(found)
				found = append(found, l)
			}
			found[at].names = append(found[at].names, SanitizeLine(c.Name))
		}
	}
	if len(found) == 0 {
		return
	}
	slices.SortStableFunc(found, func(a, b loss) int {
		return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.how, b.how), cmp.Compare(len(b.names), len(a.names)))
	})
	p.line(0, run{"Not kept as written:", strong})
	longest := 0
	for _, l := range found {
		longest = max(longest, width(l.target))
	}
	last := ""
	for _, l := range found {
		lead := l.target
		if lead == last {
			lead = ""
		}
		last = l.target
		look := faint
		if l.how == "dropped" {
			look = changed
		}
		words := l.how + ": " + l.paths
		if l.note != "" {
			words += " (" + l.note + ")"
		}
		body := []run{{words, look}}
		if len(l.names) < pairs[l.target] {
			body = append(body, run{"  only " + whose(l.names), faint})
		}
		p.para(2, []run{{lead + strings.Repeat(" ", longest-width(lead)+2), plain}}, body)
	}
	p.blank()
}

// whose names a few characters, or counts them.
func whose(names []string) string {
	if len(names) > 3 {
		return Count(len(names), "character")
	}
	return strings.Join(names, ", ")
}

// lossesOf groups what is lost of one pair in the same way.
func lossesOf(c *diff.Change) []loss {
	var out []loss
	for _, l := range c.Losses {
		if l.How != "dropped" && (l.How == "mapped" || c.Action == diff.Update || c.Action == diff.Report) {
			continue
		}
		g := loss{target: SanitizeLine(c.Target), how: SanitizeLine(l.How), note: SanitizeLine(l.Note), paths: SanitizeLine(string(l.Path))}
		at := slices.IndexFunc(out, func(o loss) bool { return o.how == g.how && o.note == g.note })
		if at < 0 {
			out = append(out, g)
			continue
		}
		out[at].paths += ", " + g.paths
	}
	return out
}
