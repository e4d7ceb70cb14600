package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxEntries bounds the files of the folder.
const maxEntries = 2_000_000

// entry is a file, a link, a folder or a submodule.
type entry struct {
	name     string // its last part
	mode     fs.FileMode
	object   string // "" of folders
	size     int64
	children []*entry // sorted by name
}

// list reads what the folder holds at the commit.
func (t *Tree) list(ctx context.Context) error {
	out, err := t.git.run(ctx, "ls-tree", "-r", "-l", "-z", t.Commit)
	if err != nil {
		var f *failure
		if errors.As(err, &f) {
			return &Error{fmt.Sprintf("git can't list the files at %s: %s", t.Ref, f.words), "fetch what is missing: git fetch --refetch, without a filter"}
		}
		return err
	}
	t.root = &entry{name: ".", mode: fs.ModeDir | 0o755}
	folders := map[string]*entry{"": t.root}
	count := 0
	for line := range bytes.SplitSeq(out, []byte{0}) {
		if len(line) == 0 {
			continue
		}
		if count++; count > maxEntries {
			return &Error{fmt.Sprintf("the project holds more than %d files at %s", maxEntries, t.Ref), "keep the project in a folder of its own"}
		}
		e, file, err := parseEntry(string(line))
		if err != nil {
			return err
		}
		if e.mode&fs.ModeDir != 0 {
			t.Submodules = append(t.Submodules, file)
		}
		e.name = path.Base(file)
		dir := folderOf(folders, parent(file))
		dir.children = append(dir.children, e)
	}
	for _, dir := range folders {
		slices.SortFunc(dir.children, func(a, b *entry) int { return strings.Compare(a.name, b.name) })
	}
	return nil
}

func parent(file string) string {
	dir, _, ok := cutLast(file)
	if !ok {
		return ""
	}
	return dir
}

func cutLast(file string) (dir, name string, ok bool) {
	i := strings.LastIndexByte(file, '/')
	if i < 0 {
		return "", file, false
	}
	return file[:i], file[i+1:], true
}

// folderOf finds a folder, and makes it and those above it when it is new.
func folderOf(folders map[string]*entry, dir string) *entry {
	if e, ok := folders[dir]; ok {
		return e
	}
	e := &entry{name: path.Base(dir), mode: fs.ModeDir | 0o755}
	folders[dir] = e
	above := folderOf(folders, parent(dir))
	above.children = append(above.children, e)
	return e
}

// parseEntry reads "mode type object size<TAB>path".
func parseEntry(line string) (*entry, string, error) {
	head, file, ok := strings.Cut(line, "\t")
	fields := strings.Fields(head)
	if !ok || len(fields) != 4 || !isName(fields[2]) || file == "" {
		return nil, "", fmt.Errorf("git listed %.80q, which is no file", line)
	}
	e := &entry{object: fields[2]}
	switch fields[0] {
	case "160000":
		e.mode, e.object = fs.ModeDir|0o755, ""
		return e, file, nil
	case "120000":
		e.mode = fs.ModeSymlink | 0o777
	default:
		e.mode = 0o644
	}
	size, err := strconv.ParseInt(fields[3], 10, 64)
	if err != nil || size < 0 {
		return nil, "", fmt.Errorf("git listed %.80q without its size", line)
	}
	e.size = size
	return e, file, nil
}
