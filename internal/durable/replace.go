// Package durable replaces files: whoever reads one finds the old content or
// the new, whole, whatever happens in between. What a kill leaves behind is a
// temporary file beside it, which Sweep knows by its name.
package durable

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/google/uuid"
)

// Replace fills a temporary file beside the given one, brings it to disk and
// renames it over that. The new file has exactly this mode. A symbolic link is
// replaced, not followed.
func Replace(root *os.Root, file string, mode fs.FileMode, fill func(*bufio.Writer) error) error {
	temporary := path.Join(path.Dir(file), "."+path.Base(file)+"-"+uuid.NewString()[:8]+".tmp")
	f, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(write(f, mode, fill), f.Close())
	if err == nil {
		err = root.Rename(temporary, file)
	}
	if err != nil {
		return errors.Join(err, root.Remove(temporary))
	}
	dir, err := root.Open(path.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(dir), dir.Close())
}

// ReplaceAt is Replace for a file that is in no root. Its folder must exist.
func ReplaceAt(file string, mode fs.FileMode, fill func(*bufio.Writer) error) error {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer root.Close()
	return Replace(root, filepath.Base(file), mode, fill)
}

// Write is ReplaceAt that makes the file's folder where it is missing.
func Write(file string, mode fs.FileMode, fill func(*bufio.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return ReplaceAt(file, mode, fill)
}

// Bytes fills a file with what is at hand.
func Bytes(data []byte) func(*bufio.Writer) error {
	return func(w *bufio.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

func write(f *os.File, mode fs.FileMode, fill func(*bufio.Writer) error) error {
	w := bufio.NewWriterSize(f, 64<<10)
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil && runtime.GOOS != "windows" {
		return err
	}
	return f.Sync()
}

// SyncDir makes new names in a folder durable, where the system can.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(d), d.Close())
}

// syncFolder passes over systems and disks that can't sync a folder.
func syncFolder(dir *os.File) error {
	err := dir.Sync()
	if runtime.GOOS == "windows" || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}
