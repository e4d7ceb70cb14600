// Package pull brings what was changed at the services back into the
// manifests: it finds out which place of which file says a drifted field, and
// what that place must say so that it asks for what is live. It computes
// files and writes none.
package pull

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Conflicts says what becomes of a field that changed on both sides.
type Conflicts string

// The ways with conflicts.
const (
	Refuse  Conflicts = "refuse"  // leave it as it is, and say so
	Markers Conflicts = "markers" // both sides go into the text, between markers as Git writes them
	Live    Conflicts = "live"    // the live value replaces the manifest's
)

// Shared says where a new value of a common field goes that other targets of
// the character use, and do not hold.
type Shared string

// The ways with common fields.
const (
	AtTarget Shared = "target" // to the target alone, as an override
	Common   Shared = "common" // to the common field: the others get it with the next apply
)

// Input is what is pulled from.
type Input struct {
	Project   *spec.Project
	Set       *spec.Set
	Plan      *diff.Plan // made with drift and conflicts left alone
	Accounts  map[string]*apply.Account
	Env       string
	Conflicts Conflicts
	Shared    Shared
	// Base recalls what was last applied to a field; ok is false when nothing
	// remembers it.
	Base func(a diff.Address, p spec.Path) (v any, ok bool)
	// Read returns a file of the project.
	Read func(file string) ([]byte, error)
}

// The statuses of an item.
const (
	Pulled   = "pulled"
	Merged   = "merged"   // both sides changed different lines
	Marked   = "marked"   // both sides stand in the text now, between markers
	Conflict = "conflict" // left alone
	Refused  = "refused"
)

// Item is one field that differs, and what becomes of it.
type Item struct {
	diff.Address
	Path   spec.Path `json:"path"`
	Status string    `json:"status"`
	File   string    `json:"file,omitempty"`  // where it is written
	Where  string    `json:"where,omitempty"` // in the manifest: "spec.greeting"; "" is the whole file
	Reason string    `json:"reason,omitempty"`
	Hint   string    `json:"hint,omitempty"`

	live any
	at   *place
}

// Written reports whether the item changes a file.
func (i *Item) Written() bool { return i.Status == Pulled || i.Status == Merged || i.Status == Marked }

// Live is the value that the service holds, in its spelling.
func (i *Item) Live() any { return i.live }

func (i *Item) refuse(hint, format string, args ...any) {
	i.Status, i.Reason, i.Hint = Refused, fmt.Sprintf(format, args...), hint
	i.File, i.Where = "", ""
}

// File is a file that is to change.
type File struct {
	Name     string
	Old, New []byte
}

// Result is what a pull would do.
type Result struct {
	Items []*Item
	Files []File
}

// Count is the number of items with one of the statuses.
func (r *Result) Count(statuses ...string) int {
	n := 0
	for _, i := range r.Items {
		if slices.Contains(statuses, i.Status) {
			n++
		}
	}
	return n
}

// Prepare finds what to write where. An error is that a file can't be read.
func Prepare(in Input) (*Result, error) {
	p := &preparing{Input: in, users: map[place][]user{}}
	for i := range in.Plan.Changes {
		p.change(&in.Plan.Changes[i])
	}
	if len(p.items) > 0 {
		p.listUsers()
	}
	p.settle()
	files, err := p.files()
	if err != nil {
		return nil, err
	}
	r := &Result{Files: files}
	for _, w := range p.items {
		r.Items = append(r.Items, w.Item)
	}
	return r, nil
}

// wish is an item with the place and the value that it asks for.
type wish struct {
	*Item
	field     *diff.FieldChange
	character *spec.Character
	target    *spec.Target
	value     any // in the manifest's spelling
	part      spec.Path
	root      []string // keys of the mapping that says it
	holdsBoth bool     // of a conflict: one text can hold both sides, between markers
}

type preparing struct {
	Input
	items []*wish
	users map[place][]user
	edits []placed
}

// change takes the fields of a change that were edited at the service.
func (p *preparing) change(c *diff.Change) {
	character := p.Set.Find(c.Name)
	if character == nil || c.ID == "" {
		return
	}
	for i := range c.Fields {
		f := &c.Fields[i]
		if f.Class != diff.Drift && f.Class != diff.Conflict || !f.BeforeKnown {
			continue
		}
		w := &wish{
			Item: &Item{Address: c.Address, Path: f.Path, Status: Pulled, live: f.Before}, field: f,
			character: character, target: p.target(character, c.Target),
		}
		p.items = append(p.items, w)
		if w.target == nil {
			w.refuse("", "the manifest has no target for %s any more", c.Target)
			continue
		}
		p.locate(w)
	}
}

// target finds the target of a character that goes to an instance.
func (p *preparing) target(c *spec.Character, instance string) *spec.Target {
	for i := range c.Targets {
		if in, ok := p.Project.Route(p.Env, c.Targets[i].Instance); ok && in.Name == instance {
			return &c.Targets[i]
		}
	}
	return nil
}

// files makes the new texts.
func (p *preparing) files() ([]File, error) {
	var names []string
	edits := map[string][]placed{}
	for _, e := range p.edits {
		if edits[e.file] == nil {
			names = append(names, e.file)
		}
		edits[e.file] = append(edits[e.file], e)
	}
	var out []File
	for _, name := range names {
		old, err := p.Read(name)
		if err != nil {
			return nil, err
		}
		text, err := write(name, old, edits[name])
		if err != nil {
			return nil, fmt.Errorf("change %s: %w", name, err)
		}
		if string(text) != string(old) {
			out = append(out, File{Name: name, Old: old, New: text})
		}
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
