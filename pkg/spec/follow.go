package spec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
)

// Follower holds a project's manifests in memory and takes in what changes in
// its files. What an update costs depends on the files that changed, not on
// how many there are.
//
// A file with an error keeps what was good of it last: its characters are
// neither changed nor gone until it is mended or deleted. Without errors a
// follower always holds what Load would give.
type Follower struct {
	project     *Project
	parallelism int
	env         string
	globs       []glob
	listing     []Diagnostic               // what listing the files found
	files       map[string]*followed       // the manifests
	readers     map[string]map[string]bool // referenced file to the manifests that refer to it
	claims      map[string][]document      // by name, in the order of their places
	found       map[string]bool            // files with findings
	twice       map[string]bool            // names that are claimed more than once
	before      map[string]*Character      // during an update: what names meant that are touched
	mended      map[string]bool            // and names in files that had an error and have none now
}

// followed is one manifest file.
type followed struct {
	documents []document // those with a name; of a file with an error the last good ones
	findings  []Diagnostic
	refs      []string
}

// Update is what an update of a follower came to. Names are sorted.
type Update struct {
	Changed []string // characters that came, say something else, or stood in a file with an error
	Gone    []string // characters that are in no manifest any more
	Moved   []string // characters that say the same, at another place or beside another error
	Read    []string // manifests that were read
}

// Follow reads all manifests of a project and follows them. It returns errors
// where Load does. Of the options Paths and Keep are not heeded.
func Follow(ctx context.Context, p *Project, o LoadOptions) (*Follower, error) {
	f := &Follower{
		project: p, parallelism: cmp.Or(max(o.Parallelism, 0), runtime.GOMAXPROCS(0)), env: o.Env,
		files: map[string]*followed{}, readers: map[string]map[string]bool{}, claims: map[string][]document{},
		found: map[string]bool{}, twice: map[string]bool{}, before: map[string]*Character{}, mended: map[string]bool{},
	}
	root, err := os.OpenRoot(p.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the project: %w", err)
	}
	defer root.Close()
	files, err := f.list(ctx, root)
	if err != nil {
		return nil, err
	}
	if err := f.read(ctx, root, files); err != nil {
		return nil, err
	}
	clear(f.before)
	return f, nil
}

// list finds the manifests anew.
func (f *Follower) list(ctx context.Context, root *os.Root) ([]string, error) {
	finder := &finder{project: f.project, tree: root.FS()}
	files, err := finder.find(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("list the manifests: %w", err)
	}
	f.globs = finder.globs
	f.listing = slices.DeleteFunc(finder.findings, func(d Diagnostic) bool { return d.Code == CodeNoManifests && len(files) == 0 })
	if len(f.listing) == 0 {
		f.listing = nil
	}
	return files, nil
}

// Update takes in files that were written, came or went: manifests, and files
// that manifests refer to. They are relative to the project. For a changed
// charsync.yaml the project is followed anew.
func (f *Follower) Update(ctx context.Context, files []string) (Update, error) {
	root, err := os.OpenRoot(f.project.Dir)
	if err != nil {
		return Update{}, fmt.Errorf("open the project: %w", err)
	}
	defer root.Close()
	again, gone, err := f.sort(ctx, root, files)
	if err != nil {
		return Update{}, err
	}
	clear(f.before)
	for _, file := range gone {
		f.absorb(file, nil)
	}
	if err := f.read(ctx, root, again); err != nil {
		return Update{}, err
	}
	u := f.compare()
	u.Read = again
	return u, nil
}

// sort tells the manifests that are to be read from those that are gone.
func (f *Follower) sort(ctx context.Context, root *os.Root, files []string) (again, gone []string, err error) {
	read, relist := map[string]bool{}, len(f.listing) > 0
	for _, file := range files {
		maps.Copy(read, f.readers[file])
		info, err := root.Lstat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && info.IsDir():
			if f.files[file] != nil {
				gone = append(gone, file)
				relist = relist || len(f.globs) > 1 // a pattern may match nothing now
			}
		case err != nil || info.Mode()&os.ModeSymlink != 0:
			relist = true // what is above it, or where it leads, decides
		case strings.EqualFold(path.Ext(file), ".yml"), strings.EqualFold(path.Ext(file), ".yaml") && !f.takes(file):
			relist = true // it may be a near miss
		case f.files[file] != nil || f.takes(file):
			read[file] = true
		}
	}
	if relist || len(f.files)+len(read) > maxFiles {
		listed, err := f.list(ctx, root)
		if err != nil {
			return nil, nil, err
		}
		there := map[string]bool{}
		for _, file := range listed {
			there[file] = true
			read[file] = read[file] || f.files[file] == nil || slices.Contains(files, file)
		}
		for file := range f.files {
			if !there[file] && !slices.Contains(gone, file) {
				gone = append(gone, file)
			}
		}
	}
	for _, file := range gone {
		delete(read, file)
	}
	maps.DeleteFunc(read, func(_ string, yes bool) bool { return !yes })
	return sortedKeys(read), gone, nil
}

// takes reports whether listing the manifests would find a regular file.
func (f *Follower) takes(file string) bool {
	if file == f.project.config() {
		return false
	}
	for segment := range strings.SplitSeq(file, "/") {
		if hidden(segment) {
			return false
		}
	}
	return slices.ContainsFunc(f.globs, func(g glob) bool { return g.match(file) })
}

// read parses manifests and takes them in.
func (f *Follower) read(ctx context.Context, root *os.Root, files []string) error {
	l := newLoader(f.project, root.FS(), math.MaxInt)
	l.env = f.env
	results, err := l.all(ctx, files, f.parallelism)
	if err != nil {
		return fmt.Errorf("load the manifests: %w", err)
	}
	for i, file := range files {
		r := &results[i]
		f.absorb(file, &followed{
			documents: slices.DeleteFunc(r.documents, func(d document) bool { return d.name == "" }),
			findings:  r.findings, refs: r.refs,
		})
	}
	return nil
}

// absorb puts what a file says now in the place of what it said; nil is a
// file that is gone.
func (f *Follower) absorb(file string, now *followed) {
	old := f.files[file]
	if old == nil {
		old = &followed{}
	}
	delete(f.found, file)
	for _, ref := range old.refs {
		delete(f.readers[ref], file)
		if len(f.readers[ref]) == 0 {
			delete(f.readers, ref)
		}
	}
	for _, d := range old.documents {
		f.remember(d.name)
		f.release(d)
	}
	delete(f.files, file)
	if now == nil {
		return
	}
	if failed(now.findings) {
		now.documents = lastGood(old.documents, now.documents)
	}
	f.files[file] = now
	if len(now.findings) > 0 {
		f.found[file] = true
	}
	for _, ref := range now.refs {
		if f.readers[ref] == nil {
			f.readers[ref] = map[string]bool{}
		}
		f.readers[ref][file] = true
	}
	for _, d := range now.documents {
		f.remember(d.name)
		f.mended[d.name] = f.mended[d.name] || failed(old.findings) && !failed(now.findings)
		f.claim(d)
	}
}

// lastGood keeps the sound characters of a file that has an error now.
func lastGood(old, now []document) []document {
	var out []document
	kept := map[string]bool{}
	for _, d := range old {
		if d.character != nil && !kept[d.name] {
			kept[d.name] = true
			out = append(out, d)
		}
	}
	for _, d := range now {
		if !kept[d.name] {
			out = append(out, d)
		}
	}
	return out
}

// remember keeps what a name meant before the update.
func (f *Follower) remember(name string) {
	if _, known := f.before[name]; !known {
		f.before[name] = f.Find(name)
	}
}

func (f *Follower) claim(d document) {
	list := f.claims[d.name]
	i, _ := slices.BinarySearchFunc(list, d, func(a, b document) int { return a.pos.compare(b.pos) })
	f.claims[d.name] = slices.Insert(list, i, d)
	f.count(d.name)
}

func (f *Follower) release(d document) {
	f.claims[d.name] = slices.DeleteFunc(f.claims[d.name], func(c document) bool { return c.pos == d.pos })
	f.count(d.name)
}

func (f *Follower) count(name string) {
	switch len(f.claims[name]) {
	case 0:
		delete(f.claims, name)
		delete(f.twice, name)
	case 1:
		delete(f.twice, name)
	default:
		f.twice[name] = true
	}
}

// compare says what became of the names that an update touched.
func (f *Follower) compare() Update {
	var u Update
	for _, name := range sortedKeys(f.before) {
		was, is := f.before[name], f.Find(name)
		switch {
		case is == nil && was == nil:
		case is == nil:
			u.Gone = append(u.Gone, name)
		case was == is, was != nil && was.says(is) && !f.mended[name]:
			u.Moved = append(u.Moved, name)
		default:
			u.Changed = append(u.Changed, name)
		}
	}
	clear(f.before)
	clear(f.mended)
	return u
}

// compare orders places of one name: by file, then by line and column.
func (p Pos) compare(o Pos) int {
	return cmp.Or(strings.Compare(p.File, o.File), cmp.Compare(p.Line, o.Line), cmp.Compare(p.Col, o.Col))
}
