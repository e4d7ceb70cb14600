package cli

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/charsync/charsync/internal/revision"
	"github.com/charsync/charsync/pkg/spec"
)

// allowOwners lists user ids whose charsync.yaml is used as one's own is; * is
// everybody.
const allowOwners = "CHARSYNC_ALLOW_OWNERS"

// checkOwner refuses a charsync.yaml that was found and belongs to somebody
// else, as Git refuses such a repository: it names what is asked with the
// user's credentials. In a working tree Git decides. Root's files count as
// everybody's own.
func (a *app) checkOwner(file string) error {
	info, err := os.Lstat(file)
	if err != nil {
		return nil //nolint:nilerr // reading it says what is wrong
	}
	owner := ownerOf(info)
	own := []string{"", "0", strconv.Itoa(os.Geteuid())}
	if os.Geteuid() == 0 {
		own = append(own, a.env.lookup("SUDO_UID"))
	}
	allowed := strings.FieldsFunc(a.env.lookup(allowOwners), func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Contains(own, owner) || slices.Contains(allowed, owner) || slices.Contains(allowed, "*") {
		return nil
	}
	if revision.Trusted(context.Background(), revision.Options{Dir: filepath.Dir(file), Environ: a.env.Environ}) {
		return nil
	}
	return failed("if you trust it, name it with --config "+file+", or set "+allowOwners+"="+owner,
		"%s belongs to another user (id %s): it is not used", file, owner)
}

// ownFolders are the folders that charsync makes in a project.
func ownFolders() []string {
	return []string{".charsync", ".charsync/runs", ".charsync/sandbox", ".charsync/sandbox/runs"}
}

// checkOwnFolders refuses a project whose own folders are symbolic links, as a
// commit can bring them along: what charsync records would be written where
// they lead.
func checkOwnFolders(dir string) error {
	for _, name := range ownFolders() {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return failed("remove the link; charsync makes the folder itself", "%s is a symbolic link: nothing is read or written through it", at)
		}
	}
	return nil
}

// checkStateFolders refuses a lock in a folder that is a symbolic link: what
// is bound would be read and written where that leads.
func checkStateFolders(p *spec.Project) error {
	for folder := path.Dir(p.State.Path); folder != "." && folder != "/"; folder = path.Dir(folder) {
		at := filepath.Join(p.Dir, filepath.FromSlash(folder))
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return failed("name a folder of the project with state.path in charsync.yaml", "%s is a symbolic link: the lock is neither read nor written through it", at)
		}
	}
	return nil
}
