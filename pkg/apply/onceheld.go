package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// onceHeldMost bounds the characters that OnceHeld reads.
const onceHeldMost = 100

// OnceHeld names the live characters that earlier versions of the lock bound
// and that this one neither binds nor was made to forget: what a reverted
// commit leaves behind. The versions are contents of the file, the newest
// first; one that can't be read says nothing. Each character is read once, and
// one that is gone, or can't be read, is not named.
func (e *Engine) OnceHeld(ctx context.Context, versions [][]byte) []spec.Diagnostic {
	settled := map[state.Live]bool{}
	for _, removed := range e.Lock.Removed() {
		settled[removed] = true
	}
	once := map[state.Live]Entry{}
	for _, data := range versions {
		old, found := state.Parse("charsync.lock", data)
		if hasErrors(found) {
			continue
		}
		for _, removed := range old.Removed() {
			settled[removed] = true
		}
		for _, entry := range old.Entries() {
			key := state.Live{Provider: entry.Provider, ID: entry.ID}
			if _, known := once[key]; !known && entry.ID != "" && !settled[key] && len(e.Lock.Holders(key)) == 0 && len(once) < onceHeldMost {
				once[key] = entry
			}
		}
	}
	var out []spec.Diagnostic
	for _, entry := range once {
		a, err := e.account(entry.Target)
		if err != nil || a.Driver.Name != entry.Provider {
			continue
		}
		if _, err := a.Provider.Get(ctx, entry.ID); err != nil {
			continue
		}
		out = append(out, spec.Diagnostic{
			Severity: spec.Warning, Code: codeOnceHeld, Character: entry.Name, Target: entry.Target,
			Message: fmt.Sprintf("%s is live at %s as %s, and neither a manifest nor the lock names it: an earlier commit of the lock does", entry.Name, entry.Target, entry.ID),
			Hint:    importOf(entry.Target, entry.ID) + " manages it again; if it is not wanted, delete it at the provider",
		})
	}
	slices.SortFunc(out, func(a, b spec.Diagnostic) int {
		return diff.Address{Name: a.Character, Target: a.Target}.Compare(diff.Address{Name: b.Character, Target: b.Target})
	})
	return out
}
