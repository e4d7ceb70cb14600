package apply

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What changes the lock and no provider leaves no run record. The lock names
// it by its time and these words in place of a run.
const (
	wroteByImport = "import"
	wroteByPull   = "pull"
	// The binding of what is live, by state rebuild.
	wroteByRebuild = "rebuild"
)

// Recordless is what the lock says in place of a run.
func Recordless(now time.Time, command string) string {
	return now.UTC().Format(runStamp) + "-" + command
}

// recordless is the command that the lock names in place of a run; "" is a
// run.
func recordless(id string) string {
	_, command, _ := strings.Cut(id, "-")
	if command == wroteByImport || command == wroteByPull || command == wroteByRebuild {
		return command
	}
	return ""
}

// Unrecorded says what an entry of the lock names by a word that no record
// below dir is found by. It is nil where the lock names nothing by that word,
// or a record is there.
func Unrecorded(dir string, l *Lock, word string) error {
	if word == "" {
		return nil
	}
	recorded, err := runNames(dir)
	begins := func(id string) bool { return strings.HasPrefix(id, word) }
	if err != nil || slices.ContainsFunc(recorded, begins) {
		return err
	}
	var named []string
	for _, e := range l.PeekAll() {
		if begins(e.Run) {
			named = append(named, e.Run)
		}
	}
	slices.Sort(named)
	switch named = slices.Compact(named); len(named) {
	case 0:
		return nil
	case 1:
	default:
		return noRun(fmt.Sprintf("%q is the beginning of %s in the lock, and none of them has a record here", word, some(named)), "write more of the name")
	}
	if command := recordless(named[0]); command != "" {
		return noRun(fmt.Sprintf("%s was the charsync %s: it changed manifests and the lock, nothing at a provider, and leaves no record", named[0], command),
			"the history of charsync.lock in Git shows what it wrote; charsync runs lists what has a record")
	}
	return noRun(fmt.Sprintf("the lock names run %s, and no record of it is here", named[0]),
		"records stay in .charsync/runs of the machine that it ran on: look there; charsync runs lists those that are here")
}
