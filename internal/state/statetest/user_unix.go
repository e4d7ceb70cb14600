//go:build unix

package statetest

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// unprivileged makes a command of root's one of the user postgres, and gives
// that user the folder.
func unprivileged(command *exec.Cmd, dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := numbers("postgres")
	if err != nil {
		return err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return err
	}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return nil
}

// numbers finds a user's numbers without cgo.
func numbers(name string) (uid, gid int, err error) {
	data, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Split(line, ":"); len(f) > 3 && f[0] == name {
			if uid, err = strconv.Atoi(f[2]); err == nil {
				gid, err = strconv.Atoi(f[3])
			}
			return uid, gid, err
		}
	}
	return 0, 0, fmt.Errorf("there is no user %s, and PostgreSQL does not run as root", name)
}
