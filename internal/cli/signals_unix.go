//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// endings are the signals that ask a run to end. A hangup is none of them
// where whoever started the process, as nohup, has it ignored.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// outlive lets the process go on when nobody reads its output any more: the
// signal that it was sent has ended its readers too.
func outlive() { signal.Ignore(syscall.SIGPIPE) }
