package cli

import "os"

// ownerOf is "": whom a file belongs to is not looked at there.
func ownerOf(os.FileInfo) string { return "" }
