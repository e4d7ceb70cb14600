package spec

import (
	"path"
	"regexp"
	"strings"
)

// Passing reports names that no pattern means unless it spells them out: those
// that begin with a dot, as in a shell, and those that programs use for files
// of a moment, which are swap and backup files and what is about to be renamed
// over the real one.
func Passing(name string) bool {
	switch {
	case strings.HasPrefix(name, "."): // .#mira.yaml of an unsaved buffer, ._mira.yaml of macOS on a share
		return true
	case name == "4913", name == "Thumbs.db", strings.HasSuffix(name, "~"):
		return true
	case strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#"):
		return true
	}
	switch path.Ext(name) {
	case ".tmp", ".bak", ".orig":
		return true
	}
	ok, err := regexp.MatchString(`^sed[A-Za-z0-9]{6}$`, name)
	return ok && err == nil
}
