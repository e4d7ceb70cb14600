package cli

import (
	"os"
	"syscall"
)

// endings are the signals that ask a run to end. Closing the console and
// logging off arrive as SIGTERM.
func endings() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

func outlive() {}
