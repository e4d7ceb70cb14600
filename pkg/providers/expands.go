package providers

import (
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Expansion is what a vendor is known to do with macros such as {{char}}: in
// the fields that are named it fills in the macros that are named, and no
// others. Of other fields nothing is known.
type Expansion struct {
	Fields []spec.Path
	// Names are without braces, in small letters; a * at the end stands for
	// anything.
	Names  []string
	Source Source
}

// Knows reports a macro that is filled in, in the fields that are named.
func (e *Expansion) Knows(name string) bool {
	return slices.ContainsFunc(e.Names, func(known string) bool {
		prefix, open := strings.CutSuffix(known, "*")
		return name == known || open && strings.HasPrefix(name, prefix)
	})
}

// In says which macros may be filled in inside a field.
func (e *Expansion) In(field spec.Path) func(name string) bool {
	if !slices.Contains(e.Fields, field) {
		return func(string) bool { return true }
	}
	return e.Knows
}
