package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/visible"
)

// Unseen names the texts of a plan that hold hidden characters, on either side,
// in a line each: whose they are, where, and how many of which kind. Several
// targets that a text goes to share a line.
func Unseen(plan *diff.Plan) []string {
	before, after := plan.Sides()
	var out []string
	for changes := range plan.ByCharacter() {
		at := map[string][]string{} // what is said, and of which targets
		var order []string
		note := func(c *diff.Change, side string, p string, v any) {
			words := hiddenIn(v)
			if words == "" {
				return
			}
			words = fmt.Sprintf("%s %s: %s", SanitizeLine(p), side, words)
			if at[words] == nil {
				order = append(order, words)
			}
			at[words] = append(at[words], SanitizeLine(c.Target))
		}
		for i := range changes {
			for _, f := range changes[i].Fields {
				note(&changes[i], before, string(f.Path), f.Before)
				note(&changes[i], after, string(f.Path), f.After)
			}
		}
		for _, words := range order {
			out = append(out, SanitizeLine(changes[0].Name)+", "+And(at[words])+" "+words)
		}
	}
	return out
}

// hiddenIn counts the hidden characters of a value by their kinds, and spells
// what tag letters stand for; "" where nothing is hidden.
func hiddenIn(v any) string {
	counts := map[visible.Kind]int{}
	var spelled strings.Builder
	count := func(s string) {
		if visible.Printable(s, "\n\t") {
			return
		}
		for h := range visible.Hidden(s) {
			counts[h.Kind] += h.Characters
			if h.Kind == visible.Tag && spelled.Len() <= mostSpelled {
				spelled.WriteString(visible.Tags(s[h.Offset : h.Offset+h.Length]))
			}
		}
	}
	eachText(v, count)
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, Count(counts[kind], string(kind)))
	}
	said := And(words)
	if letters := spelled.String(); letters != "" {
		if len(letters) > mostSpelled {
			letters = letters[:mostSpelled] + "…"
		}
		said += fmt.Sprintf(", spelling %q", letters)
	}
	return said
}

// mostSpelled bounds how many letters are spelled out.
const mostSpelled = 60

// eachText visits the texts of a value, keys of mappings included.
func eachText(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, e := range v {
			eachText(e, visit)
		}
	case map[string]any:
		for k, e := range v {
			visit(k)
			eachText(e, visit)
		}
	}
}

// unseen prints the section about hidden text.
func (p *printer) unseen(plan *diff.Plan) {
	lines := Unseen(plan)
	if len(lines) == 0 {
		return
	}
	p.line(0, run{UnseenTitle + ":", strong})
	for i, line := range lines {
		if i == maxEdits {
			p.line(2, run{"and " + Count(len(lines)-i, "text") + " more", faint})
			break
		}
		p.line(2, run{line, changed})
	}
	p.blank()
}

// UnseenTitle heads the lines of Unseen.
const UnseenTitle = "Hidden text, shown as escapes"
