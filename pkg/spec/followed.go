package spec

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Find returns the character with a name, or nil.
func (f *Follower) Find(name string) *Character {
	if claims := f.claims[name]; len(claims) > 0 {
		return claims[0].character
	}
	return nil
}

// Names lists the characters, sorted.
func (f *Follower) Names() []string {
	names := make([]string, 0, len(f.claims))
	for name := range f.claims {
		if f.Find(name) != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Len is the number of characters that have a manifest.
func (f *Follower) Len() int { return len(f.claims) }

// Set is everything that the follower holds.
func (f *Follower) Set() *Set {
	s := &Set{Project: f.project, Diagnostics: f.Diagnostics()}
	for _, name := range f.Names() {
		s.Characters = append(s.Characters, f.Find(name))
	}
	s.Complete = !failed(s.Diagnostics)
	return s
}

// Part is a partial set of some characters, which knows of the others. Names
// of no character are left out. It is good until the next update.
func (f *Follower) Part(names []string) *Set {
	s := &Set{Project: f.project, Partial: true, others: f.Find}
	for _, name := range names {
		if c := f.Find(name); c != nil {
			s.Characters = append(s.Characters, c)
		}
	}
	slices.SortFunc(s.Characters, func(a, b *Character) int { return strings.Compare(a.Name, b.Name) })
	s.Characters = slices.Compact(s.Characters)
	return s
}

// Diagnostics are the findings about all files, by position. What this costs
// depends on how many there are.
func (f *Follower) Diagnostics() []Diagnostic {
	out := slices.Clone(f.listing)
	for file := range f.found {
		out = append(out, f.files[file].findings...)
	}
	for name := range f.twice {
		claims := f.claims[name]
		for _, d := range claims[1:] {
			out = append(out, d.second(claims[0].pos))
		}
	}
	if len(f.files) == 0 && len(f.listing) == 0 {
		finder := finder{project: f.project}
		finder.noManifests()
		out = append(out, finder.findings...)
	}
	out = f.project.WithSource(out)
	SortDiagnostics(out)
	return slices.Compact(out)
}

// Held lists the characters that stand in a file with an error, or under a
// name that is claimed twice: what is known of them is the last good state.
func (f *Follower) Held() map[string]bool {
	held := maps.Clone(f.twice)
	for file := range f.found {
		if !failed(f.files[file].findings) {
			continue
		}
		for _, d := range f.files[file].documents {
			held[d.name] = true
		}
	}
	return held
}

// In lists the characters that a manifest defines or that refer to a file,
// sorted.
func (f *Follower) In(file string) []string {
	names := map[string]bool{}
	add := func(manifest string) {
		if m := f.files[manifest]; m != nil {
			for _, d := range m.documents {
				names[d.name] = true
			}
		}
	}
	add(file)
	for manifest := range f.readers[file] {
		add(manifest)
	}
	return sortedKeys(names)
}

// References lists the files that manifests refer to, of some manifests or,
// with none given, of all; sorted.
func (f *Follower) References(manifests ...string) []string {
	if len(manifests) == 0 {
		return sortedKeys(f.readers)
	}
	refs := map[string]bool{}
	for _, manifest := range manifests {
		if m := f.files[manifest]; m != nil {
			for _, ref := range m.refs {
				refs[ref] = true
			}
		}
	}
	return sortedKeys(refs)
}

// says reports whether two characters say the same, wherever they stand.
func (c *Character) says(o *Character) bool {
	if c.Name != o.Name || !maps.Equal(c.Labels, o.Labels) || !c.Protect.says(o.Protect) ||
		!c.Fields.says(o.Fields) || len(c.Targets) != len(o.Targets) {
		return false
	}
	for i := range c.Targets {
		a, b := &c.Targets[i], &o.Targets[i]
		if a.Instance != b.Instance || !a.Fields.says(b.Fields) || !a.ID.says(b.ID) || !a.CloneFrom.says(b.CloneFrom) ||
			!a.KB.says(b.KB) || !maps.EqualFunc(a.Compose, b.Compose, slices.Equal) {
			return false
		}
	}
	return true
}

func (f Fields) says(o Fields) bool {
	return maps.EqualFunc(f, o, func(a, b Field) bool { return a.Value.says(b.Value) })
}

func (v Value) says(o Value) bool { return v.Set == o.Set && reflect.DeepEqual(v.V, o.V) }

// About are the findings about the files that define a character, and about
// its name, by position.
func (f *Follower) About(name string) []Diagnostic {
	var out []Diagnostic
	claims := f.claims[name]
	files := map[string]bool{}
	for i, d := range claims {
		if i > 0 {
			out = append(out, d.second(claims[0].pos))
		}
		if file := f.files[d.pos.File]; file != nil && !files[d.pos.File] {
			files[d.pos.File] = true
			out = append(out, aboutOne(file.findings, name)...)
		}
	}
	out = f.project.WithSource(out)
	SortDiagnostics(out)
	return out
}

// aboutOne leaves out what is said of other characters of a file.
func aboutOne(found []Diagnostic, name string) []Diagnostic {
	return slices.DeleteFunc(slices.Clone(found), func(d Diagnostic) bool { return d.Character != "" && d.Character != name })
}
