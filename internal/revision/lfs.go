package revision

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A pointer of Git LFS is a small file that begins so and names what it stands
// for by its SHA-256.
const (
	lfsHead = "version https://git-lfs.github.com/spec/v1\n"
	lfsName = "\noid sha256:"
	lfsMost = 1024
)

// content is what a file holds: of one that Git LFS keeps, the file itself
// where it was fetched.
func (t *Tree) content(e *entry) ([]byte, error) {
	data, err := t.blobs.read(e.object)
	if err != nil || len(data) > lfsMost || !strings.HasPrefix(string(data), lfsHead) {
		return data, err
	}
	_, rest, found := strings.Cut(string(data), lfsName)
	name, _, _ := strings.Cut(rest, "\n")
	if !found || len(name) != 64 || !isName(name) {
		return data, nil
	}
	kept, err := readKept(filepath.Join(t.lfs, name[:2], name[2:4], name))
	if err != nil {
		return nil, fmt.Errorf("it is kept by Git LFS, and what it was at %s is not in this clone (git lfs fetch brings it): %w", t.Ref, err)
	}
	return kept, nil
}

func readKept(name string) ([]byte, error) {
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(filepath.Base(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxObject+1))
	if err == nil && len(data) > maxObject {
		err = errors.New("it is too large")
	}
	return data, err
}
