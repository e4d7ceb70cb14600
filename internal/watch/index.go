package watch

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
)

// maxHashed is the size in bytes up to which a file's content is read. What
// is larger is no manifest and no prose, and is known by size and time.
const maxHashed = 16 << 20

// digest stands for what a path held. The zero digest is "nothing there".
type digest struct {
	kind kind
	sum  [sha256.Size]byte
}

type kind byte

const (
	absent kind = iota
	content
	empty
	large
	unreadable
	special // a folder or a device under a file's name
)

// index is what the files held when they were looked at last.
type index struct {
	dir     string
	area    *area
	add     func(folder string) error // starts to watch; a folder that is watched already is fine
	remove  func(folder string) error // stops to watch
	folders map[string]bool           // those that are watched
	left    map[string]bool           // those that were, until they were gone; looked at by compare
	digests map[string]digest         // of the files that are there
}

// look reads a file's digest.
func look(root *os.Root, rel string) digest {
	info, err := root.Stat(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return digest{}
	case err != nil:
		return digest{kind: unreadable}
	case !info.Mode().IsRegular():
		return digest{kind: special} // not opened: a pipe would wait for its writer
	case info.Size() > maxHashed:
		d := digest{kind: large}
		binary.LittleEndian.PutUint64(d.sum[:], uint64(info.Size()))
		binary.LittleEndian.PutUint64(d.sum[8:], uint64(info.ModTime().UnixNano()))
		return d
	}
	f, err := root.Open(rel)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return digest{}
		}
		return digest{kind: unreadable}
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, maxHashed+1))
	switch {
	case err != nil:
		return digest{kind: unreadable}
	case n == 0:
		return digest{kind: empty}
	}
	return digest{kind: content, sum: [sha256.Size]byte(h.Sum(nil))}
}

// scan watches a folder and those below it, and lists the files in them that
// matter. A folder is watched before it is read, so that what appears in
// between is either listed or told of.
func (x *index) scan(root *os.Root, folder string, found map[string]bool) error {
	if !x.area.folder(folder) {
		return nil
	}
	if err := x.watch(folder); err != nil {
		return err
	}
	entries, err := fs.ReadDir(root.FS(), folder)
	if err != nil && folder == "." {
		return fmt.Errorf("read the project's folder: %w", err)
	}
	for _, e := range entries { // of a folder that is gone or closed, none
		rel := path.Join(folder, e.Name())
		if e.IsDir() {
			if err := x.scan(root, rel, found); err != nil {
				return err
			}
		} else if x.area.file(rel) {
			found[rel] = true
		}
	}
	return nil
}

func (x *index) watch(folder string) error {
	err := x.add(folder)
	switch {
	case err == nil:
		x.folders[folder] = true
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		// Gone again, or closed to us: loading says so where it matters.
	default:
		return fmt.Errorf("watch the folder %s: %w", folder, limited(err))
	}
	return nil
}

// follow watches what is, or just was, a new folder.
func (x *index) follow(rel string) error {
	if !x.area.folder(rel) {
		return nil
	}
	root, err := os.OpenRoot(x.dir)
	if err != nil {
		return nil //nolint:nilerr // the project is gone; comparing says so
	}
	defer root.Close()
	if info, err := root.Lstat(rel); err != nil || !info.IsDir() {
		return nil //nolint:nilerr // a file, or gone again
	}
	return x.scan(root, rel, map[string]bool{})
}

// forget stops watching a folder that is gone from its place, and those below
// it: one that was only moved would go on telling of its old place.
func (x *index) forget(rel string) {
	if !x.folders[rel] {
		return
	}
	for folder := range x.folders {
		if within(rel, folder) {
			_ = x.remove(folder) // mostly gone with the folder
			delete(x.folders, folder)
			x.left[folder] = true
		}
	}
}

// compare looks at paths and gives what differs from the index, which it
// leaves as it is. A folder stands for all that lies below it.
func (x *index) compare(paths map[string]bool) (map[string]digest, error) {
	root, err := os.OpenRoot(x.dir)
	if err != nil {
		return nil, fmt.Errorf("open the project's folder: %w", err)
	}
	defer root.Close()
	wanted := map[string]bool{}
	for rel := range paths {
		info, err := root.Lstat(rel)
		folder := err == nil && info.IsDir()
		if folder {
			if err := x.scan(root, rel, wanted); err != nil {
				return nil, err
			}
		}
		if folder || x.folders[rel] || x.left[rel] { // what was below it may be gone
			for file := range x.digests {
				if within(rel, file) {
					wanted[file] = true
				}
			}
		}
		if !folder {
			x.forget(rel)
			if x.area.file(rel) {
				wanted[rel] = true
			}
		}
	}
	changed := map[string]digest{}
	for file := range wanted {
		if d := look(root, file); d != x.digests[file] {
			changed[file] = d
		}
	}
	return changed, nil
}

// take makes the index what compare found, and lists the files by name.
func (x *index) take(changed map[string]digest) []string {
	clear(x.left)
	files := make([]string, 0, len(changed))
	for file, d := range changed {
		files = append(files, file)
		if d.kind == absent {
			delete(x.digests, file)
		} else {
			x.digests[file] = d
		}
	}
	slices.Sort(files)
	return files
}

// unsettled reports a file that was just emptied: some editors truncate, and
// write a while later.
func (x *index) unsettled(changed map[string]digest) bool {
	for file, d := range changed {
		if was := x.digests[file].kind; d.kind == empty && was != absent {
			return true
		}
	}
	return false
}

// cover changes what matters. Files that matter from now on are taken as they
// are, and those that no longer do are forgotten; neither counts as a change.
// It reports whether a file has come in.
func (x *index) cover(next *area) (more bool, err error) {
	before := x.area
	x.area = next
	changed, err := x.compare(map[string]bool{".": true})
	if err != nil {
		return false, err
	}
	for file, d := range changed {
		if !before.file(file) && d.kind != absent {
			x.digests[file], more = d, true
		}
	}
	for file := range x.digests {
		if !next.file(file) {
			delete(x.digests, file)
		}
	}
	return more, nil
}

// include is cover for files that matter from now on beside all others.
func (x *index) include(files []string) (more bool, err error) {
	root, err := os.OpenRoot(x.dir)
	if err != nil {
		return false, fmt.Errorf("open the project's folder: %w", err)
	}
	defer root.Close()
	for _, file := range files {
		if x.area.file(file) || hidden(file) {
			continue
		}
		x.area.files[file] = true
		x.area.lead(path.Dir(file))
		for folder := path.Dir(file); ; folder = path.Dir(folder) {
			if !x.folders[folder] {
				if err := x.watch(folder); err != nil {
					return more, err
				}
			}
			if folder == "." {
				break
			}
		}
		if d := look(root, file); d.kind != absent {
			x.digests[file], more = d, true
		}
	}
	return more, nil
}
