package durable

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"
)

// left is the name of a temporary file that Replace makes.
var left = regexp.MustCompile(`^\.(.+)-[0-9a-f]{8}\.tmp$`)

// Sweep removes what killed processes left of replacing these files: regular
// files, of exactly the names that Replace gives, last written to before a
// moment. The moment must be long ago, or else be zero, which is any age: for a
// caller beside whom nobody replaces these files. It goes on after an error.
func Sweep(root *os.Root, files []string, before time.Time) error {
	ours := map[string]map[string]bool{}
	for _, file := range files {
		dir := path.Dir(file)
		if ours[dir] == nil {
			ours[dir] = map[string]bool{}
		}
		ours[dir][path.Base(file)] = true
	}
	var failures []error
	for dir, names := range ours {
		entries, err := fs.ReadDir(root.FS(), dir)
		failures = append(failures, err)
		for _, e := range entries {
			if m := left.FindStringSubmatch(e.Name()); m != nil && names[m[1]] {
				failures = append(failures, remove(root, path.Join(dir, e.Name()), before))
			}
		}
	}
	return errors.Join(failures...)
}

// SweepAt is Sweep for a file that is in no root.
func SweepAt(file string, before time.Time) error {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer root.Close()
	return Sweep(root, []string{filepath.Base(file)}, before)
}

func remove(root *os.Root, file string, before time.Time) error {
	info, err := root.Lstat(file)
	if err == nil && info.Mode().IsRegular() && (before.IsZero() || info.ModTime().Before(before)) {
		err = root.Remove(file)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
