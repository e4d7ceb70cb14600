package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// loss is what one provider does in one way to some fields of some characters.
type loss struct {
	vendor, how, note string
	paths             []string
	names             []string // of characters, where others lose the same in another way
}

// losses says what each provider does not keep as the manifests have it, once
// for each provider, and only what no bound character has lost in the same way
// before. That a field has another name there is no loss to a reader.
func (p *printer) losses(plan *diff.Plan) {
	found := p.lossesOf(plan)
	if len(found) == 0 || p.tone == ofDrift {
		return
	}
	p.line(0, run{"Not kept as written:", strong})
	for _, l := range found {
		look := plain
		if l.how == "dropped" {
			look = changed
		}
		p.line(2, run{l.String(), look})
	}
	p.blank()
}

// lossesOf gathers the losses of a plan, by provider and in the order in which
// the fields are written.
func (p *printer) lossesOf(plan *diff.Plan) []loss {
	type way struct{ vendor, path, how, note string }
	names := map[way][]string{}
	ways := map[[2]string]int{} // in how many ways a provider loses a field
	var order []way
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Action == diff.Delete || c.Action == diff.Record {
			continue
		}
		for _, l := range c.Losses {
			if l.How == "mapped" || l.Known && !p.style.Detail {
				continue
			}
			w := way{SanitizeLine(cmp.Or(l.Vendor, c.Provider, c.Target)), SanitizeLine(string(l.Path)), SanitizeLine(l.How), SanitizeLine(l.Note)}
			if names[w] == nil {
				order = append(order, w)
				ways[[2]string{w.vendor, w.path}]++
			}
			names[w] = append(names[w], SanitizeLine(c.Name))
		}
	}
	var out []loss
	for _, w := range order {
		l := loss{vendor: w.vendor, how: w.how, note: w.note}
		if ways[[2]string{w.vendor, w.path}] > 1 {
			l.names = slices.Compact(slices.Sorted(slices.Values(names[w])))
		}
		at := slices.IndexFunc(out, func(o loss) bool {
			return o.vendor == l.vendor && o.how == l.how && o.note == l.note && slices.Equal(o.names, l.names)
		})
		if at < 0 {
			at = len(out)
			out = append(out, l)
		}
		out[at].paths = append(out[at].paths, w.path)
	}
	for i := range out {
		slices.SortStableFunc(out[i].paths, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	}
	slices.SortStableFunc(out, func(a, b loss) int {
		return cmp.Or(cmp.Compare(a.vendor, b.vendor), cmp.Compare(a.how, b.how), cmp.Compare(len(b.names), len(a.names)))
	})
	return out
}

// place is where a common field stands among the others; further ones come last.
func place(path string) int {
	common := providers.Common()
	if i := slices.Index(common, spec.Path(path)); i >= 0 {
		return i
	}
	return len(common)
}

// String is the loss in a sentence.
func (l loss) String() string {
	var words string
	switch {
	case l.how == "dropped" && l.note == "":
		words = l.vendor + " has no " + Or(l.paths) + " field"
	case l.how == "dropped":
		words = l.vendor + " does not get " + And(l.paths) + ": " + l.note
	case l.how == "folded":
		words = l.vendor + " gets " + And(l.paths) + " " + strings.Replace(l.note, "into ", "inside ", 1)
	default:
		words = l.vendor + ": " + And(l.paths) + " " + strings.TrimSpace(l.how+" "+l.note)
	}
	if len(l.names) > 0 {
		words += ", for " + whose(l.names)
	}
	return words + "."
}

// Or joins names of which each is meant by itself.
func Or(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// whose names a few characters, or counts them.
func whose(names []string) string {
	if len(names) > 3 {
		return Count(len(names), "character")
	}
	return And(names)
}
