package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/charsync/charsync/internal/durable"
)

// errNoFile is what is there in place of a file that can be replaced.
var errNoFile = errors.New("a symbolic link, or no regular file; it is left alone")

// rewrite replaces a file of the project in one step, durably, and keeps its
// mode. It refuses a symbolic link, whose file may be anybody's, and a file
// that is not what was read any more.
func rewrite(root *os.Root, file string, old, data []byte) error {
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
	return durable.Replace(root, file, info.Mode().Perm(), durable.Bytes(data))
}

// abandoned is the age at which a temporary file is nobody's any more: no
// command takes so long to write one.
const abandoned = time.Hour

// sweep removes the temporary files that killed commands have left beside
// files of the project. What can't be removed stays for the next time.
func (a *app) sweep(root *os.Root, files []string) {
	_ = durable.Sweep(root, files, a.env.Now().Add(-abandoned))
}
