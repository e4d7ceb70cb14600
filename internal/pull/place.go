package pull

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/edit"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// place is where a value stands: a path in a character's document, or a file
// that manifests refer to.
type place struct {
	file string
	name string // of the character; "" is the whole file
	path string // with dots between keys, from the document's root
}

// user is a field that is made of what stands at a place.
type user struct {
	diff.Address
	path spec.Path
	key  string // of the target in its manifest
}

// placed is one change of a file.
type placed struct {
	place
	value  any
	wishes []*wish
}

// write makes the changes of one file. Those that it can't hold turn into
// refusals of the items that ask for them.
func write(file string, data []byte, all []placed) ([]byte, error) {
	var inside []placed
	var changes []edit.Change
	for _, e := range all {
		if e.name != "" {
			inside = append(inside, e)
			changes = append(changes, edit.Change{Name: e.name, Path: strings.Split(e.path, "\x00"), Value: e.value})
			continue
		}
		text, err := edit.Prose(data, e.value.(string))
		var refusal *edit.Refusal
		switch {
		case errors.As(err, &refusal):
			e.refuse(refusal)
		case err != nil:
			return nil, err
		default:
			data = text
		}
	}
	if len(changes) == 0 {
		return data, nil
	}
	text, refused, err := edit.Set(file, data, changes...)
	for i, refusal := range refused {
		if refusal != nil {
			inside[i].refuse(refusal)
		}
	}
	return text, err
}

func (e placed) refuse(r *edit.Refusal) {
	for _, w := range e.wishes {
		w.refuse(r.Hint, "%s: %s", e.file, r.Reason)
	}
}

// at is the place of what a manifest says of a path at a target.
func (p *preparing) at(c *spec.Character, t *spec.Target, path spec.Path, v spec.Value) (at place, common, ok bool) {
	common = t == nil || !t.Fields.Lookup(path).Set
	if v.Ref != "" {
		return place{file: v.Ref}, common, true
	}
	keys := rootOf(c, v)
	if !common {
		keys = append(keys, "targets", t.Instance)
	}
	keys = append(keys, path.Segments()...)
	return place{file: c.Pos.File, name: c.Name, path: strings.Join(keys, "\x00")}, common, v.Pos.File == c.Pos.File
}

// rootOf is where a manifest says a value: among its fields, or in what it
// says of an environment.
func rootOf(c *spec.Character, v spec.Value) []string {
	if env := c.OverlayAt(v.Pos); env != "" {
		return []string{"spec", "environments", env}
	}
	return []string{"spec"}
}

// locate finds the place that a drifted field comes from, and the value that
// it should get.
func (p *preparing) locate(w *wish) {
	account := p.Accounts[w.Target]
	origin := account.Driver.Origin(w.character, w.target, account.Instance, w.Path)
	if len(origin) == 0 {
		w.refuse("change it in charsync.yaml", "the manifest does not say it: it comes from the instance %s", w.Target)
		return
	}
	row, _ := account.Driver.Fields.Field(w.Path)
	value, ok := spelled(w, row, origin)
	if !ok {
		return
	}
	said, value, ok := p.part(w, origin, value)
	if !ok {
		return
	}
	w.root = rootOf(w.character, said.Value)
	w.part, w.value = said.Path, value
	if n := len(said.Value.Refs); n > 0 {
		w.refuse("edit the one that should say it by hand", "the text is put together from %d files", n)
		return
	}
	at, _, ok := p.at(w.character, w.target, said.Path, said.Value)
	if !ok {
		w.refuse("change it there, or say it in the manifest itself", "%s says it, which others may use", said.Value.Pos.File)
		return
	}
	w.at = &at
}

// part is the one place of those that a field comes from that is to change,
// and its new value. Where both sides changed, the value holds both if it can.
func (p *preparing) part(w *wish, origin []providers.Said, live any) (providers.Said, any, bool) {
	whole := len(origin) == 1 && origin[0].Path == w.Path
	if w.field.Class == diff.Conflict && p.Conflicts != Live {
		both, clean, ok := p.joined(w, origin, live)
		i := 0
		if ok && !whole {
			i, both, ok = unfold(w, origin, both)
		}
		w.holdsBoth = ok
		switch {
		case w.Status == Refused:
			return providers.Said{}, nil, false
		case ok && p.Conflicts == Markers && clean:
			w.Status = Merged
		case ok && p.Conflicts == Markers:
			w.Status = Marked
		}
		return origin[i], both, true
	}
	if whole {
		return origin[0], live, true
	}
	i, text, ok := unfold(w, origin, live)
	if !ok {
		return providers.Said{}, nil, false
	}
	return origin[i], text, true
}

// listUsers finds out who else uses the places that are to change.
func (p *preparing) listUsers() {
	asked, names := map[place]bool{}, map[string]bool{}
	for _, w := range p.items {
		if w.at != nil {
			asked[*w.at] = true
			names[w.at.name] = true // "" is a file, which anybody may use
		}
	}
	for _, c := range p.Set.Characters {
		if !names[c.Name] && !names[""] {
			continue
		}
		for i := range c.Targets {
			t := &c.Targets[i]
			in, ok := p.Project.Route(p.Env, t.Instance)
			account := p.Accounts[in.Name]
			if !ok || account == nil || account.Driver == nil {
				continue
			}
			for _, row := range account.Driver.Fields {
				for _, said := range account.Driver.Origin(c, t, account.Instance, row.Path) {
					at, _, _ := p.at(c, t, said.Path, said.Value)
					if asked[at] && !row.ReadOnly() {
						p.users[at] = append(p.users[at], user{diff.Address{Target: in.Name, Name: c.Name}, row.Path, t.Instance})
					}
				}
			}
		}
	}
}

// settle decides place by place: it is changed when all who use it ask for
// the same; else a common field is overridden at the targets that ask.
func (p *preparing) settle() {
	var order []place
	asking := map[place][]*wish{}
	for _, w := range p.items {
		if w.at == nil || w.Status == Refused {
			continue
		}
		if w.field.Class == diff.Conflict && !p.conflict(w) {
			continue
		}
		if asking[*w.at] == nil {
			order = append(order, *w.at)
		}
		asking[*w.at] = append(asking[*w.at], w)
	}
	for _, at := range order {
		wishes := p.marked(at, asking[at])
		if len(wishes) == 0 {
			continue
		}
		if p.agreed(at, wishes) {
			p.put(at, wishes[0].value, wishes)
			continue
		}
		if p.Shared == Common && p.alone(at, wishes) {
			for _, w := range wishes {
				w.Reason = p.others(at, w) + " gets it with the next apply"
			}
			p.put(at, wishes[0].value, wishes)
			continue
		}
		for _, w := range wishes {
			p.override(at, w)
		}
	}
}

// marked puts markers into the place itself, whoever else uses it: a text with
// markers reaches nobody before a person has chosen. It returns the wishes
// that are left.
func (p *preparing) marked(at place, wishes []*wish) []*wish {
	var rest []*wish
	var first *wish
	for _, w := range wishes {
		switch {
		case w.Status != Marked:
			rest = append(rest, w)
		case first == nil:
			first = w
			if others := p.others(at, w); others != "" {
				w.Reason = others + " uses it too"
			}
			p.put(at, w.value, []*wish{w})
		case reflect.DeepEqual(w.field.Before, first.field.Before):
			w.File, w.Where = first.File, first.Where
			w.Reason = "the same text is live on " + first.Target
		default:
			w.Status, w.Reason = Conflict, "the markers of "+first.String()+" are in the same text"
			w.Hint = "choose between them, then run the same command again"
		}
	}
	return rest
}

func (p *preparing) agreed(at place, wishes []*wish) bool {
	for _, w := range wishes {
		if !reflect.DeepEqual(w.value, wishes[0].value) {
			return false
		}
	}
	for _, u := range p.users[at] {
		if !slices.ContainsFunc(wishes, func(w *wish) bool { return w.Address == u.Address && w.Path == u.path }) {
			return false
		}
	}
	return true
}

// alone reports whether one character uses the place, and its targets that
// changed it ask for the same.
func (p *preparing) alone(at place, wishes []*wish) bool {
	for _, w := range wishes {
		if !reflect.DeepEqual(w.value, wishes[0].value) || p.elsewhere(at, w) || w.target.Fields.Lookup(w.part).Set {
			return false
		}
	}
	return true
}

func (p *preparing) put(at place, value any, wishes []*wish) {
	for _, w := range wishes {
		w.File, w.Where = at.file, strings.ReplaceAll(at.path, "\x00", ".")
	}
	p.edits = append(p.edits, placed{at, value, wishes})
}

// override says at one target what is to hold there alone.
func (p *preparing) override(at place, w *wish) {
	others := p.others(at, w)
	switch {
	case w.target.Fields.Lookup(w.part).Set:
		w.refuse("give each a text of its own, or edit it by hand", "%s is used by %s too, and they don't ask for the same", at.file, others)
		return
	case p.elsewhere(at, w):
		w.refuse("give each a file of its own, or edit it by hand", "%s is used by %s too, and they don't ask for the same", at.file, others)
		return
	}
	root := strings.Join(w.root, ".")
	keys := append(append(slices.Clone(w.root), "targets", w.target.Instance), w.part.Segments()...)
	w.Reason = root + "." + string(w.part) + " holds for " + others + " too, so it is said at this target alone"
	p.put(place{file: w.character.Pos.File, name: w.Name, path: strings.Join(keys, "\x00")}, w.value, []*wish{w})
}

// elsewhere reports whether another character uses the place.
func (p *preparing) elsewhere(at place, w *wish) bool {
	return slices.ContainsFunc(p.users[at], func(u user) bool { return u.Name != w.Name })
}

func (p *preparing) others(at place, w *wish) string {
	var names []string
	for _, u := range p.users[at] {
		if u.Address != w.Address && !slices.Contains(names, u.String()) {
			names = append(names, u.String())
		}
	}
	const most = 3
	if len(names) > most {
		names = append(names[:most], "others")
	}
	return strings.Join(names, ", ")
}
