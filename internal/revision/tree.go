package revision

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Tree is a folder as it stands at a commit. Symbolic links are followed as
// far as they stay inside the folder. It may be used by several goroutines.
type Tree struct {
	Ref        string   // as it was named
	Commit     string   // the commit that is shown
	Submodules []string // folders whose files are in other repositories and are not here

	git   *git
	root  *entry
	blobs *blobs
	lfs   string // where Git LFS keeps what was fetched
}

// Close ends the programs behind the tree.
func (t *Tree) Close() error {
	t.blobs.close()
	return nil
}

// Open opens a file or a folder, as fs.FS demands.
func (t *Tree) Open(name string) (fs.File, error) {
	e, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	if e.mode.IsDir() {
		return &folder{entry: e}, nil
	}
	if e.size > maxObject {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("it is too large")}
	}
	data, err := t.content(e)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{entry: e, Reader: bytes.NewReader(data)}, nil
}

// Stat describes what a name leads to.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	e, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return info{e}, nil
}

// ReadDir lists a folder, sorted by name.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !e.mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("it is not a folder")}
	}
	return entries(e), nil
}

func entries(e *entry) []fs.DirEntry {
	out := make([]fs.DirEntry, len(e.children))
	for i, c := range e.children {
		out[i] = fs.FileInfoToDirEntry(info{c})
	}
	return out
}

// maxLinks bounds the links that one name leads through.
const maxLinks = 40

// find walks to what a name leads to, through links.
func (t *Tree) find(op, name string) (*entry, error) {
	fail := func(err error) (*entry, error) { return nil, &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	rest, links := strings.Split(name, "/"), 0
	var at []string // the way to here
	e := t.root
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		if part == "." {
			continue
		}
		child := e.child(part)
		if child == nil {
			return fail(fs.ErrNotExist)
		}
		if child.mode&fs.ModeSymlink == 0 {
			e, at = child, append(at, part)
			continue
		}
		if links++; links > maxLinks {
			return fail(errors.New("too many symbolic links"))
		}
		target, err := t.blobs.read(child.object)
		if err != nil {
			return fail(err)
		}
		to := path.Join(strings.Join(at, "/"), string(target))
		if path.IsAbs(string(target)) || to == ".." || strings.HasPrefix(to, "../") {
			return fail(errors.New("path escapes from parent"))
		}
		rest = append(strings.Split(to, "/"), rest...)
		e, at = t.root, nil
	}
	return e, nil
}

func (e *entry) child(name string) *entry {
	i, ok := slices.BinarySearchFunc(e.children, name, func(c *entry, name string) int { return strings.Compare(c.name, name) })
	if !ok {
		return nil
	}
	return e.children[i]
}

// info describes an entry.
type info struct{ *entry }

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

// file is an open file.
type file struct {
	*entry
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return info{f.entry}, nil }
func (f *file) Close() error               { return nil }

// folder is an open folder.
type folder struct {
	*entry
	read int
}

func (f *folder) Stat() (fs.FileInfo, error) { return info{f.entry}, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("it is a folder")}
}

// ReadDir returns the next n entries, or all when n is not positive.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := entries(f.entry)[f.read:]
	if n <= 0 {
		f.read += len(rest)
		return rest, nil
	}
	if len(rest) == 0 {
		return nil, io.EOF
	}
	rest = rest[:min(n, len(rest))]
	f.read += len(rest)
	return rest, nil
}
