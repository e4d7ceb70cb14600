package spec

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Overlay notes that a document says something else in an environment. When
// the manifests are read for it, what the overlay says is put over what the
// document says otherwise, before that is put over what it extends.
type Overlay struct {
	Env      string
	From, To Pos      // its key, and where the last of its values begins
	Targets  []string // the targets that it speaks of, sorted
}

// OverlayAt is the environment whose overlay, in whatever file, a value at a
// place belongs to; "" is none.
func (c *Character) OverlayAt(at Pos) string {
	for _, o := range c.Overlays {
		if o.From.File == at.File && o.From.compare(at) <= 0 && at.compare(o.To) <= 0 {
			return o.Env
		}
	}
	return ""
}

// Overlaid are the environments of the project in which characters of the set
// say something else, each with the names of these characters, sorted.
func (s *Set) Overlaid() map[string][]string {
	var out map[string][]string
	for _, c := range s.Characters {
		for _, o := range c.Overlays {
			names := out[o.Env]
			if _, known := s.Project.Environments[o.Env]; !known || len(names) > 0 && names[len(names)-1] == c.Name {
				continue
			}
			if out == nil {
				out = map[string][]string{}
			}
			out[o.Env] = append(names, c.Name)
		}
	}
	return out
}

// checkEnvironments refuses overlays for environments that the project does
// not have.
func (b *builder) checkEnvironments(root *item) {
	name, _ := valueOf(root.child("metadata").child("name")).(string)
	root.child("spec").child("environments").each(func(key *yaml.Node, _ *item) {
		if _, known := b.project.Environments[key.Value]; known {
			return
		}
		environments := sortedKeys(b.project.Environments)
		hint := "declare it under spec.environments of charsync.yaml"
		if near := DidYouMean(key.Value, environments); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		} else if len(environments) > 0 {
			hint += "; known: " + strings.Join(environments, ", ")
		}
		d := b.fail(CodeEnvironment, key, fmt.Sprintf("%q is no environment of this project", key.Value), hint)
		d.Character, d.Path = name, Path("environments."+key.Value)
	})
}

// overlays reads what a document says of each environment, so that all of it
// is checked whichever is asked for.
func (b *builder) overlays(spec *item) (notes []Overlay, said []*Character) {
	spec.child("environments").each(func(key *yaml.Node, it *item) {
		if !it.isMapping() {
			return
		}
		over := &Character{}
		b.say(over, it)
		o := Overlay{Env: b.keep(key.Value), From: b.pos(key), To: b.last(it)}
		for i := range over.Targets {
			o.Targets = append(o.Targets, over.Targets[i].Instance)
		}
		notes, said = append(notes, o), append(said, over)
	})
	return notes, said
}

// last is where the last value of an item begins.
func (b *builder) last(it *item) Pos {
	at := b.pos(it.node)
	for _, child := range it.children {
		if inner := b.last(child); inner.compare(at) > 0 {
			at = inner
		}
	}
	return at
}

// overlay puts what is said of the environment that is asked for over what
// the document says otherwise.
func (b *builder) overlay(c *Character, said []*Character) {
	for i, over := range said {
		if c.Overlays[i].Env == b.env {
			for j := range over.Targets {
				if t := c.Target(over.Targets[j].Instance); t != nil {
					over.Targets[j].Pos = t.Pos // it is no other target
				}
			}
			over.inherit(c)
			c.Fields, c.Protect, c.Targets = over.Fields, over.Protect, over.Targets
		}
	}
}
