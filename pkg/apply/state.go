package apply

import (
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/spec"
)

// What the lock holds, under names that programs outside of this module can
// use.
type (
	// Lock is charsync.lock in memory.
	Lock = state.Lock
	// Entry is what the lock remembers of one character at one target.
	Entry = state.Entry
	// Intent is a write that is about to be sent.
	Intent = state.Intent
)

// OpenLock reads the lock at a path. A file that is not there is an empty
// lock; one that can't be trusted is an error, and a Diagnostic.
func OpenLock(path string) (*Lock, []spec.Diagnostic, error) { return state.Open(path) }

// EmptyLock is a lock that binds nothing and has no file.
func EmptyLock() *Lock { return state.Empty() }
