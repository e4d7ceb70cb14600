//go:build !linux

package main

import (
	"fmt"
	"os"
)

// noSocket is for Linux; scripts skip it elsewhere.
func noSocket() {
	fmt.Fprintln(os.Stderr, "nosocket: there is no such filter here")
	os.Exit(99)
}
