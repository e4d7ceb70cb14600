package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// sharedEdits finds, among the texts that changes send, those of which an edit
// is one edit: several characters take them from one place (a file, or a
// manifest that they extend), and it is the same there for all of them. A text
// may be a part of a field.
func sharedEdits(list []*pair, changes []diff.Change) map[diff.Address]map[spec.Path]edit {
	pairs := make(map[diff.Address]*pair, len(list))
	for _, q := range list {
		pairs[q.Address] = q
	}
	type found struct {
		at   diff.Address
		path spec.Path
	}
	fields, names := map[edit][]found{}, map[edit]map[string]bool{}
	for i := range changes {
		c := &changes[i]
		q := pairs[c.Address]
		if c.Action != diff.Update || q == nil || q.account == nil {
			continue
		}
		for _, f := range c.Sends() {
			for _, of := range q.editsOf(f) {
				fields[of] = append(fields[of], found{c.Address, f.Path})
				if names[of] == nil {
					names[of] = map[string]bool{}
				}
				names[of][c.Name] = true
			}
		}
	}
	out := map[diff.Address]map[spec.Path]edit{}
	for of, where := range fields {
		if len(names[of]) < 2 {
			continue
		}
		for _, w := range where {
			if out[w.at] == nil {
				out[w.at] = map[spec.Path]edit{}
			}
			out[w.at][w.path] = max(of, out[w.at][w.path])
		}
	}
	return out
}

// editsOf names the edit of a text once for each place of the manifests that
// the new words may come from.
func (q *pair) editsOf(f diff.FieldChange) []edit {
	before, known := f.Before.(string)
	after, text := f.After.(string)
	if f.Kind != diff.Text || f.Class != diff.Yours || !known || !text || !f.BeforeKnown {
		return nil
	}
	gone, come := edited(before, after)
	var out []edit
	for _, said := range q.account.Driver.Origin(q.character, q.target, q.account.Instance, f.Path) {
		for _, place := range places(said.Value) {
			if strings.Contains(said.Value.Text(), come) {
				out = append(out, edit(fmt.Sprintf("%s\x00%s\x00%s", place, diff.Digest(gone), diff.Digest(come))))
			}
		}
	}
	return out
}

// places are where a value stands: its files, or a line of a manifest.
func places(v spec.Value) []string {
	switch {
	case v.Ref != "":
		return []string{v.Ref}
	case len(v.Refs) > 0:
		return v.Refs
	}
	return []string{v.Pos.String()}
}

// edited are the lines that an edit takes out of a text, and those that it
// puts there.
func edited(before, after string) (gone, come string) {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	for len(was) > 0 && len(is) > 0 && was[0] == is[0] {
		was, is = was[1:], is[1:]
	}
	for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	blank := func(line string) bool { return strings.TrimSpace(line) == "" }
	trim := func(lines []string) string {
		from := slices.IndexFunc(lines, func(l string) bool { return !blank(l) })
		if from < 0 {
			return ""
		}
		for blank(lines[len(lines)-1]) {
			lines = lines[:len(lines)-1]
		}
		return strings.Join(lines[from:], "\n")
	}
	return trim(was), trim(is)
}
