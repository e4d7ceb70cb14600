package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// noSocket runs a program that the kernel kills at the first attempt to make
// an internet socket: what ends well has made none.
func noSocket() {
	runtime.LockOSThread()
	path, err := exec.LookPath(os.Args[1])
	if err == nil {
		err = forbidSockets()
	}
	if err == nil {
		err = syscall.Exec(path, os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "nosocket:", err)
	os.Exit(99)
}

// forbidSockets installs a filter that a program keeps when it is executed:
// socket(AF_INET, …) and socket(AF_INET6, …) kill the process.
func forbidSockets() error {
	const ld, jeq, ret = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	filter := []unix.SockFilter{
		{Code: ld, K: 0}, // the number of the call
		{Code: jeq, Jt: 0, Jf: 4, K: unix.SYS_SOCKET},
		{Code: ld, K: 16}, // its first argument, the lower half
		{Code: jeq, Jt: 1, Jf: 0, K: unix.AF_INET},
		{Code: jeq, Jt: 0, Jf: 1, K: unix.AF_INET6},
		{Code: ret, K: 0x80000000}, // SECCOMP_RET_KILL_PROCESS
		{Code: ret, K: 0x7fff0000}, // SECCOMP_RET_ALLOW
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	return nil
}
