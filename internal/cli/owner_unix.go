//go:build unix

package cli

import (
	"os"
	"strconv"
	"syscall"
)

// ownerOf is the user id that a file belongs to; "" where that can't be told.
func ownerOf(info os.FileInfo) string {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return strconv.FormatUint(uint64(stat.Uid), 10)
	}
	return ""
}
