package cli

import (
	"fmt"
	"os/exec"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// family is a command with all its children: a job object, which ends them
// when its last handle is closed.
type family struct {
	cmd *exec.Cmd

	mu    sync.Mutex
	job   windows.Handle
	ended bool
}

// newFamily prepares a command that was not started yet. When its context
// ends, the whole job is ended.
func newFamily(cmd *exec.Cmd) *family {
	f := &family{cmd: cmd}
	cmd.Cancel = func() error {
		f.end()
		return cmd.Process.Kill()
	}
	return f
}

// adopt puts the command, which runs by now, into the job.
func (f *family) adopt() error {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return fmt.Errorf("make a job for the command: %w", err)
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		var process windows.Handle
		process, err = windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(f.cmd.Process.Pid))
		if err == nil {
			err = windows.AssignProcessToJobObject(job, process)
			_ = windows.CloseHandle(process)
		}
	}
	if err != nil {
		_ = windows.CloseHandle(job)
		return nil //nolint:nilerr // it is over already, or may not be put into a job: then it is ended alone
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		_ = windows.CloseHandle(job) // which ends the command
		return nil
	}
	f.job = job
	return nil
}

// end kills what is left of the job; mostly nothing is.
func (f *family) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	if f.job != 0 {
		_ = windows.TerminateJobObject(f.job, 1)
		_ = windows.CloseHandle(f.job)
		f.job = 0
	}
}
