package cli

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charsync/charsync/internal/watch"
	"github.com/charsync/charsync/pkg/spec"
)

// watchScope is what matters of a project: charsync.yaml, what lies where the
// patterns look for manifests, and the prose that manifests refer to.
func watchScope(p *spec.Project, prose []string) watch.Scope {
	lock := path.Clean(p.State.Path)
	s := watch.Scope{
		Files:  append([]string{configName(p)}, prose...),
		Except: []string{lock, path.Join(path.Dir(lock), "."+path.Base(lock)+".*")},
	}
	for _, pattern := range p.Manifests {
		folder := "."
		for segment := range strings.SplitSeq(path.Dir(path.Clean(pattern)), "/") {
			if strings.ContainsAny(segment, "*?[") {
				break
			}
			folder = path.Join(folder, segment)
		}
		if strings.Contains(pattern, "/") {
			s.Trees = append(s.Trees, folder)
		} else {
			s.Globs = append(s.Globs, pattern)
		}
	}
	return s
}

// configName is the project's configuration relative to its folder, whether
// it is there or may come.
func configName(p *spec.Project) string {
	if p.File == "" {
		return spec.ConfigFile
	}
	return filepath.Base(p.File)
}

// owners tell which characters a file has a part in.
type owners map[string]map[string]bool

func (o owners) add(file, name string) {
	if o[file] == nil {
		o[file] = map[string]bool{}
	}
	o[file][name] = true
}

// ownersOf lists the manifest and the prose of every character of a set.
func ownersOf(set *spec.Set) owners {
	o := owners{}
	for _, c := range set.Characters {
		o.add(c.Pos.File, c.Name)
		o.fields(c.Name, c.Fields)
		for i := range c.Targets {
			o.fields(c.Name, c.Targets[i].Fields)
		}
	}
	return o
}

func (o owners) fields(name string, fields spec.Fields) {
	for _, f := range fields {
		o.field(name, f)
	}
}

func (o owners) field(name string, f spec.Field) {
	if f.Ref != "" {
		o.add(f.Ref, name)
	}
	o.fields(name, f.Inner)
	for _, item := range f.Items {
		o.field(name, item)
	}
}

// keep takes over the files of characters that could not be read this time:
// their last good state stays.
func (o owners) keep(last owners, set *spec.Set) {
	for file, names := range last {
		for name := range names {
			if set.Find(name) == nil {
				o.add(file, name)
			}
		}
	}
}

func (o owners) files() []string { return slices.Sorted(maps.Keys(o)) }
