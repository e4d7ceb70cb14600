// Package apply is the engine: it observes what providers hold, plans against
// the manifests and the lock, and executes plans.
//
// The way through it: pairs.go selects characters and targets, observe.go
// reads them with the fewest requests, compare.go classifies each against the
// manifest and the lock, guards.go judges the whole plan, apply.go executes
// it change by change, and verify.go reads back what was written. Package
// internal/state remembers it.
//
// Whatever a run is about to do to a provider is on disk before it is sent,
// so that stopping anywhere leaves a line that says what is in doubt;
// settle.go clears such doubts up.
package apply
