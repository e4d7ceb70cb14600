package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/google/uuid"
)

// errNoFile is what is there in place of a file that can be replaced.
var errNoFile = errors.New("a symbolic link, or no regular file; it is left alone")

// rewrite replaces a file of the project in one step, durably, and keeps its
// mode. It refuses a symbolic link, whose file may be anybody's, and a file
// that is not what was read any more.
func rewrite(root *os.Root, file string, old, data []byte) (err error) {
	info, err := root.Lstat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is %w", file, errNoFile)
	}
	now, err := root.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return fmt.Errorf("%s was changed by somebody else in the meantime; it is left alone", file)
	}
	temporary := path.Join(path.Dir(file), "."+path.Base(file)+"-"+uuid.NewString()[:8]+".tmp")
	if err := writeTemporary(root, temporary, data, info.Mode().Perm()); err != nil {
		return errors.Join(err, removeIfThere(root, temporary))
	}
	if err := root.Rename(temporary, file); err != nil {
		return errors.Join(err, root.Remove(temporary))
	}
	dir, err := root.Open(path.Dir(file))
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	_ = dir.Sync() // where folders can't be synced, opening one is all there is
	return dir.Close()
}

func writeTemporary(root *os.Root, file string, data []byte, mode fs.FileMode) error {
	f, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
}

func removeIfThere(root *os.Root, file string) error {
	if err := root.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
