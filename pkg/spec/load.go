package spec

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"gopkg.in/yaml.v3"
)

// LoadOptions narrow and pace loading.
type LoadOptions struct {
	// Paths are the only files or folders to load, absolute or relative to the
	// project. Of a folder those files are taken that the project's patterns
	// match, or, when there is none, every .yaml and .yml file.
	Paths       []string
	Parallelism int // files read at a time; 0 is the number of processors
	// Keep is shown each sound character as soon as it is read, from several
	// goroutines, and what it returns stands in the set in its place. So a
	// command that is done with most of a manifest at once need not hold the
	// texts of all of them; Reload brings one back. Name, place and labels are
	// to be left as they are. Nil keeps everything.
	Keep func(*Character) *Character
	// Env is the environment whose overlays are put over what the manifests
	// say otherwise; "" is none. One that nobody speaks of changes nothing.
	Env string
}

// Set is what was loaded.
type Set struct {
	Project     *Project
	Characters  []*Character // by name; those with an error are left out
	Diagnostics []Diagnostic // by position
	Complete    bool         // no error arose: an absent character is really gone
	Partial     bool         // only some paths were loaded: absence says nothing

	broken map[string]bool              // names of documents that can't be used
	others func(name string) *Character // of a part: finds those that it leaves out
	again  reloaded
}

// Find returns the character with a name, or nil.
func (s *Set) Find(name string) *Character {
	i, ok := slices.BinarySearchFunc(s.Characters, name, func(c *Character, name string) int { return strings.Compare(c.Name, name) })
	if !ok {
		return nil
	}
	return s.Characters[i]
}

// Known finds a character as Find does, and of a part of a set (Follower.Part)
// also one that the part leaves out.
func (s *Set) Known(name string) *Character {
	if c := s.Find(name); c != nil || s.others == nil {
		return c
	}
	return s.others(name)
}

// Unclear reports whether the set can't tell what a character says: its
// document could not be used, the file that it would stand in could not be
// read to its end, or not all files were to be read.
func (s *Set) Unclear(name, file string) bool {
	if s.Find(name) != nil {
		return false
	}
	return s.Partial || s.broken[name] || slices.ContainsFunc(s.Diagnostics, func(d Diagnostic) bool { return d.Severity == Error && d.Pos.File == file })
}

// Load reads the manifests of a project. What is wrong with them stands in
// the set's diagnostics; an error is returned only when the context ends or
// the project's folder can't be opened.
func Load(ctx context.Context, p *Project, o LoadOptions) (*Set, error) {
	root, err := os.OpenRoot(p.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the project: %w", err)
	}
	defer root.Close()
	set, err := LoadTree(ctx, p, root.FS(), o)
	if err != nil {
		return nil, err
	}
	set.again.tree = nil // it is opened anew
	set.Diagnostics = p.WithSource(set.Diagnostics)
	return set, nil
}

// LoadTree is Load with the project's folder as it stands in tree, which may
// be the one of another time: names in it are relative to the project. It may
// be read by several goroutines.
func LoadTree(ctx context.Context, p *Project, tree fs.FS, o LoadOptions) (*Set, error) {
	f := &finder{project: p, tree: tree}
	files, err := f.find(ctx, o.Paths)
	if err != nil {
		return nil, fmt.Errorf("list the manifests: %w", err)
	}
	room := math.MaxInt
	if o.Keep != nil {
		room = proseRoom
	}
	l := newLoader(p, tree, room)
	l.keep, l.explicit, l.env = o.Keep, len(o.Paths) > 0, o.Env
	results, err := l.all(ctx, files, cmp.Or(max(o.Parallelism, 0), runtime.GOMAXPROCS(0)))
	if err != nil {
		return nil, fmt.Errorf("load the manifests: %w", err)
	}
	set := &Set{Project: p, Partial: len(o.Paths) > 0, Diagnostics: f.findings, again: reloaded{tree: tree, env: o.Env, partly: o.Keep != nil}}
	set.collect(results)
	SortDiagnostics(set.Diagnostics)
	set.Diagnostics = slices.Compact(set.Diagnostics) // what is wrong with a base is said once
	set.Complete = !failed(set.Diagnostics)
	return set, nil
}

// loaded is what became of one file.
type loaded struct {
	documents []document
	findings  []Diagnostic
	refs      []string // the files that it refers to, also those that are missing
}

type loader struct {
	project  *Project
	tree     fs.FS
	prose    *prose
	bases    *bases
	keep     func(*Character) *Character // nil keeps all
	explicit bool
	env      string
}

// newLoader reads from a tree. It holds on to as many bytes of shared texts
// as there is room for.
func newLoader(p *Project, tree fs.FS, room int) *loader {
	return &loader{project: p, tree: tree, prose: &prose{tree, p.ownFiles(), newTexts(room)}, bases: newBases()}
}

// all loads files in parallel; results are in the order of the files.
func (l *loader) all(ctx context.Context, files []string, parallelism int) ([]loaded, error) {
	results := make([]loaded, len(files))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(parallelism, len(files)) {
		group.Go(func() {
			w := newWorker(l)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				results[i] = w.file(files[i])
			}
		})
	}
	group.Wait()
	return results, ctx.Err()
}

// worker loads one file after another; its buffer is used again.
type worker struct {
	*loader
	buffer []byte
	names  map[string]string
	labels map[string]map[string]string
}

func newWorker(l *loader) *worker {
	return &worker{loader: l, names: map[string]string{}, labels: map[string]map[string]string{}}
}

// alike is one map for all characters that have the same labels: most share
// theirs with many, and nobody changes them.
func (w *worker) alike(labels map[string]string) map[string]string {
	var key strings.Builder
	for _, k := range sortedKeys(labels) {
		key.WriteString(k + "=" + labels[k] + ",") // none of these signs may stand in a label
	}
	if one, known := w.labels[key.String()]; known {
		return one
	}
	w.labels[key.String()] = labels
	return labels
}

func (w *worker) file(file string) loaded {
	data, problem := readFile(w.tree, file, w.buffer)
	if problem != nil {
		problem.Pos, problem.Severity = Pos{File: file, Line: 1, Col: 1}, Error
		if problem.Code == CodeTooLarge {
			problem.Source = beginning(w.tree, file)
		}
		return loaded{findings: []Diagnostic{*problem}}
	}
	if cap(data) <= 1<<20 {
		w.buffer = data
	}
	if w.foreign(file, data) {
		return loaded{}
	}
	src := &source{file: file, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	if len(bytes.TrimSpace(src.data)) == 0 {
		return loaded{findings: []Diagnostic{src.finding(CodeEmptyFile, src.pos(1, 1), 0, "the file is empty", "restore it, or delete it: then its character counts as gone")}}
	}
	b := &builder{project: w.project, schema: characterSchema(), prose: w.prose, bases: w.bases, src: src, names: w.names, env: w.env}
	var out loaded
	broken := src.parse(func(index int, root *yaml.Node) {
		if len(b.findings) < maxFindings {
			d := b.document(index, root)
			if d.character != nil {
				d.character.Labels = w.alike(d.character.Labels)
				if w.keep != nil {
					d.character = w.keep(d.character)
				}
			}
			out.documents = append(out.documents, d)
		}
	})
	out.findings, out.refs = append(b.findings, broken...), b.refs
	if len(out.findings) > maxFindings {
		SortDiagnostics(out.findings)
		out.findings = out.findings[:maxFindings]
	}
	return out
}

// foreign reports files beside a project without configuration that have
// nothing to do with charsync.
func (w *worker) foreign(file string, data []byte) bool {
	return w.project.File == "" && !w.explicit && !strings.Contains(file, "/") && !bytes.Contains(data, []byte("charsync.dev/"))
}

// collect gathers the results and refuses second uses of a name.
func (s *Set) collect(results []loaded) {
	first := map[string]Pos{}
	s.broken = map[string]bool{}
	for _, r := range results {
		s.Diagnostics = append(s.Diagnostics, r.findings...)
		for _, d := range r.documents {
			if d.name == "" {
				continue
			}
			if at, taken := first[d.name]; taken {
				s.Diagnostics = append(s.Diagnostics, d.second(at))
				continue
			}
			first[d.name] = d.pos
			if d.character != nil {
				s.Characters = append(s.Characters, d.character)
			} else {
				s.broken[d.name] = true
			}
		}
	}
	slices.SortFunc(s.Characters, func(a, b *Character) int { return strings.Compare(a.Name, b.Name) })
}

// second is the finding that a name was taken before, at another place.
func (d document) second(at Pos) Diagnostic {
	return Diagnostic{
		Pos: d.pos, Severity: Error, Code: CodeDuplicateName, Character: d.name, Path: "metadata.name", Length: len(d.name),
		Message: fmt.Sprintf("a second character is named %q; the first is at %s", d.name, at),
		Hint:    "rename one of the two: the name is the identity inside the project",
	}
}
