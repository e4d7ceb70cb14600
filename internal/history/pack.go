// Package history carries the record of a run from one machine to another, as
// one compressed blob.
package history

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

const (
	maxFiles = 64
	maxBytes = 512 << 20 // of a record, unpacked
)

// plainName is a file of a record: no folder, nothing hidden.
var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Pack reads the record of a run below dir.
func Pack(dir, run string) ([]byte, error) {
	if !plainName.MatchString(run) {
		return nil, fmt.Errorf("%q is no name of a run", run)
	}
	root, err := os.OpenRoot(filepath.Join(dir, run))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	files := tar.NewWriter(zipped)
	for _, e := range entries {
		if !e.Type().IsRegular() || !plainName.MatchString(e.Name()) {
			continue
		}
		data, err := root.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		if err := files.WriteHeader(&tar.Header{Name: e.Name(), Mode: 0o600, Size: int64(len(data)), Typeflag: tar.TypeReg}); err != nil {
			return nil, err
		}
		if _, err := files.Write(data); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(files.Close(), zipped.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Unpack writes a packed record below dir, whole or not at all. One that is
// there already stays. What a blob holds besides plain files is refused.
func Unpack(dir, run string, data []byte) error {
	if !plainName.MatchString(run) {
		return fmt.Errorf("%q is no name of a run", run)
	}
	if _, err := os.Lstat(filepath.Join(dir, run)); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	temporary := "." + run + "-" + uuid.NewString()[:8] + ".tmp"
	if err := root.Mkdir(temporary, 0o700); err != nil {
		return err
	}
	if err := extract(root, temporary, data); err != nil {
		return errors.Join(err, root.RemoveAll(temporary))
	}
	if err := root.Rename(temporary, run); err != nil {
		return errors.Join(err, root.RemoveAll(temporary))
	}
	return nil
}

func extract(root *os.Root, into string, data []byte) error {
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("the record can't be unpacked: %w", err)
	}
	left := int64(maxBytes)
	files := tar.NewReader(zipped)
	for n := 0; ; n++ {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		switch {
		case err != nil:
			return fmt.Errorf("the record can't be unpacked: %w", err)
		case n == maxFiles || h.Size > left:
			return errors.New("the record is larger than a record can be")
		case h.Typeflag != tar.TypeReg || !plainName.MatchString(h.Name) || strings.Contains(h.Name, ".."):
			return fmt.Errorf("the record holds %q, which is no file of a record", h.Name)
		}
		left -= h.Size
		content, err := io.ReadAll(io.LimitReader(files, h.Size))
		if err != nil {
			return fmt.Errorf("the record can't be unpacked: %w", err)
		}
		if err := root.WriteFile(path.Join(into, h.Name), content, 0o600); err != nil {
			return err
		}
	}
}
