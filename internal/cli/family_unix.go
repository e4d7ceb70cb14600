//go:build unix

package cli

import (
	"os"
	"os/exec"
	"syscall"
)

// family is a command with all its children: a process group of its own.
type family struct{ cmd *exec.Cmd }

// newFamily prepares a command that was not started yet. When its context
// ends, the whole group is asked to end.
func newFamily(cmd *exec.Cmd) *family {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM); err != nil {
			return os.ErrProcessDone
		}
		return nil
	}
	return &family{cmd}
}

// adopt is called once the command runs.
func (*family) adopt() error { return nil }

// end kills what is left of the group; mostly nothing is.
func (f *family) end() { _ = syscall.Kill(-f.cmd.Process.Pid, syscall.SIGKILL) }
