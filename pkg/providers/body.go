package providers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Creating is the body of a create, and the fields that creation does not
// take, which a second call must send, in the order of the rows. Parts of the
// id are left to the scope. An empty value is sent only where the vendor holds
// something by itself: nothing else is there yet to be cleared.
func (t Table) Creating(want diff.Doc) (body Body, late []spec.Path) {
	body = Body{}
	for _, f := range t {
		v, managed := want[f.Path]
		if !managed || f.ReadOnly() || v == nil && !f.filledIn() {
			continue
		}
		pointer := f.creates()
		if v == nil && pointer != Never {
			v = f.Clear.Send
		}
		switch {
		case pointer == Never:
			late = append(late, f.Path)
		case strings.HasPrefix(pointer, "{"):
		default:
			put(body, pointer, v)
			f.copy(body, v, nil)
		}
	}
	return body, late
}

// filledIn reports a field that can be emptied and that the vendor fills in by
// itself.
func (f Field) filledIn() bool { return f.Default != nil && f.Clear.Can }

// copy writes a value of the field to where the vendor keeps it once more. At
// creation, without a live document, lists are left alone.
func (f Field) copy(body Body, v any, live Body) {
	for _, pointer := range f.Copies {
		key, first := strings.CutSuffix(pointer, "/0")
		if !first {
			put(body, pointer, v)
			continue
		}
		list, ok := body[key[1:]].([]any)
		if was, shown := pick(live, f.reads()); ok && shown && len(list) > 0 && list[0] == was {
			list = slices.Clone(list)
			list[0] = v
			body[key[1:]] = list
		}
	}
}

// Updating is the body of an update that sends the changes.
//
// Where the vendor keeps what is left out, the body holds the changes alone.
// Where it forgets, live must be the owner's view: every key of it goes back
// under the name it is written by, except for the read-only ones, so that
// what this program does not know survives; and an update is refused when a
// field that it would erase was not in the view. Where it keeps at the top
// level only, this holds of each top-level object that a change is inside of,
// and its nulls are left out.
//
// In all cases the elements of a changed list keep the keys of their live
// counterparts that the table does not know.
func (t Table) Updating(changes diff.Doc, live Body, m Manner) (Body, error) {
	body := Body{}
	switch m {
	case Forgets:
		if err := t.overlay(body, changes, live); err != nil {
			return nil, err
		}
	case KeepsTop:
		if err := t.overlayRoots(body, changes, live); err != nil {
			return nil, err
		}
	}
	for _, f := range t {
		v, changed := changes[f.Path]
		if !changed {
			f.alongside(body, live)
			continue
		}
		if ambiguous(live, f.Write) {
			return nil, fmt.Errorf("%s can't be told apart from others of its kind there: more than one element fits %s; leave one of them", f.Path, f.Write)
		}
		if v != nil {
			f.copy(body, v, live) // before lists that the changes set, which are not touched
		}
		if f.Write == Never {
			return nil, fmt.Errorf("%s can't be updated", f.Path)
		}
		if v == nil {
			if !f.Clear.Can {
				return nil, fmt.Errorf("%s can't be cleared", f.Path)
			}
			v = f.Clear.Send
		}
		put(body, f.Write, f.carry(v, live))
	}
	return body, nil
}

// overlay fills the body with what must be sent back so that a full replace
// loses nothing.
func (t Table) overlay(body Body, changes diff.Doc, live Body) error {
	var unread []string
	consumed := map[string]bool{}
	for _, f := range t {
		consumed[root(f.reads())] = true
		if f.ReadOnly() {
			continue
		}
		if _, changed := changes[f.Path]; changed {
			continue
		}
		v, shown := pick(live, f.reads())
		if f.Fixed() { // set once, and still erased by a replace that leaves it out
			if shown && v != nil && f.creates()[0] == '/' {
				put(body, f.creates(), v)
			}
			continue
		}
		switch {
		case !shown && !f.Optional:
			unread = append(unread, string(f.Path))
		case !shown:
		case v != nil:
			put(body, f.Write, v)
		case f.Clear.Can:
			put(body, f.Write, f.Clear.Send)
		}
	}
	if len(unread) > 0 {
		return fmt.Errorf("the read did not show %s, which this update would erase", strings.Join(unread, ", "))
	}
	for key, v := range live {
		if _, written := body[key]; !written && !consumed[key] && v != nil {
			body[key] = v
		}
	}
	return nil
}

// overlayRoots fills the body with the top-level objects and lists that the
// changes stand in. Of an object whose kind changes, what the new kind may not
// have is left out.
func (t Table) overlayRoots(body Body, changes diff.Doc, live Body) error {
	for _, f := range t {
		if _, changed := changes[f.Path]; !changed || f.Write == Never || above(f.Write) == "" {
			continue
		}
		if live == nil {
			return fmt.Errorf("%s was not read, and this update would replace it", root(f.Write))
		}
		now, there := live[root(f.reads())]
		if _, filled := body[root(f.Write)]; !filled && there && now != nil {
			body[root(f.Write)] = withoutNulls(now)
		}
	}
	for _, f := range t {
		if _, filled := body[root(f.Read)]; filled && f.ReadOnly() && above(f.Read) != "" {
			put(body, f.Read, Gone{})
		}
	}
	for _, f := range t {
		v, changed := changes[f.Path]
		if was, _ := pick(live, f.reads()); !changed || f.Union == nil || was == nil || f.Rule().Equal(f.live(was), v) {
			continue
		}
		around, _ := pick(body, above(f.Write))
		kept := map[string]any{}
		m, _ := object(around)
		for _, key := range f.Union {
			if e, ok := m[key]; ok {
				kept[key] = e
			}
		}
		put(body, above(f.Write), kept)
	}
	return nil
}

// Beside adds to changes what an update of them would lose: where the kind of
// an object changes, the live values of the fields in it that the manifest
// manages and that stay as they are.
func (t Table) Beside(changes, live diff.Doc, managed func(spec.Path) bool) diff.Doc {
	out := maps.Clone(changes)
	for _, union := range t {
		if _, changed := changes[union.Path]; !changed || union.Union == nil {
			continue
		}
		for _, f := range t {
			_, already := out[f.Path]
			if v := live[f.Path]; v != nil && !already && managed(f.Path) && strings.HasPrefix(f.Write, above(union.Write)+"/") {
				out[f.Path] = v
			}
		}
	}
	return out
}

func withoutNulls(v any) any {
	m, ok := object(v)
	if !ok {
		return v
	}
	out := make(map[string]any, len(m))
	for k, e := range m {
		if e != nil {
			out[k] = e
		}
	}
	return out
}

// alongside sends the value as it was read, where the vendor would take its
// absence for a wish.
func (f Field) alongside(body, live Body) {
	v, _ := pick(live, f.reads())
	m, ok := object(v)
	if f.Along == "" || !ok || len(m) == 0 {
		return
	}
	out := make(map[string]any, len(m))
	for name, e := range m {
		inner, _ := object(e)
		parts := map[string]any{}
		for _, p := range f.Parts {
			if inner[p.Name] != nil {
				parts[p.Name] = inner[p.Name]
			} else if p.Required {
				return
			}
		}
		out[name] = parts
	}
	put(body, f.Along, out)
}

// carry adds to the elements of a list the keys that their live counterparts
// have and that the table does not know.
func (f Field) carry(v any, live Body) any {
	list, ok := v.([]any)
	if f.Kind != diff.Objects || len(f.Parts) == 0 || !ok {
		return v
	}
	now, _ := pick(live, f.reads())
	old, _ := now.([]any)
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = e
		m, ok := e.(map[string]any)
		if !ok {
			continue
		}
		if was := f.counterpart(m, i, old); was != nil {
			out[i] = f.withUnknown(m, was)
		}
	}
	return out
}

// counterpart finds the live element that an element of the manifest is
// about: by the row's key, else by its position.
func (f Field) counterpart(m map[string]any, i int, old []any) map[string]any {
	if f.Key == "" {
		if i >= len(old) {
			return nil
		}
		was, _ := old[i].(map[string]any)
		return was
	}
	name, ok := m[f.Key].(string)
	if !ok {
		return nil
	}
	for _, e := range old {
		if was, ok := e.(map[string]any); ok && was[f.Key] == name {
			return was
		}
	}
	return nil
}

func (f Field) withUnknown(m, was map[string]any) map[string]any {
	out := make(map[string]any, len(m)+len(was))
	for k, v := range was {
		if v != nil && !f.hasPart(k) {
			out[k] = v
		}
	}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// hasPart reports whether the row knows a part of that name.
func (f Field) hasPart(part string) bool {
	return slices.ContainsFunc(f.Parts, func(p Part) bool { return p.Name == part })
}
