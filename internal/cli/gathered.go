package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// namedCharacters is how many characters a finding names that they share;
// more are counted.
const namedCharacters = 3

// gathered says once what was found more than once. Of the notes that say the
// same it keeps the first, with their number: a thousand characters may share
// what a provider does not have. An error or a warning is kept at each place; one
// at a place that characters share, such as a line of their base, names them.
func gathered(found []spec.Diagnostic) []spec.Diagnostic {
	g := gathering{first: map[string]int{}, more: map[int]int{}, whose: map[int][]string{}}
	for _, d := range found {
		g.add(d)
	}
	for i, n := range g.more {
		g.out[i].Message += fmt.Sprintf(" (and at %s)", elsewhere(n))
	}
	for i, names := range g.whose {
		if len(names) > 1 {
			g.out[i].Message += " (for " + together(names) + ")"
		}
	}
	return g.out
}

type gathering struct {
	out   []spec.Diagnostic
	first map[string]int   // by what is said, where in out it stands
	more  map[int]int      // how many notes say the same
	whose map[int][]string // the characters that an error or a warning is about
}

func (g *gathering) add(d spec.Diagnostic) {
	note := d.Severity == spec.Info
	key := d.Code + d.Message
	if !note {
		key = string(d.Severity) + d.Pos.String() + "\x00" + key
	}
	i, known := g.first[key]
	if !note && d.Pos.Line == 0 {
		known = false // about no place that could be shared
	}
	if !known {
		i = len(g.out)
		g.first[key] = i
		g.out = append(g.out, d)
	}
	switch {
	case !note && d.Character != "" && !slices.Contains(g.whose[i], d.Character):
		g.whose[i] = append(g.whose[i], d.Character)
	case note && known:
		g.more[i]++
	}
}

func elsewhere(n int) string {
	if n == 1 {
		return "1 more place"
	}
	return fmt.Sprintf("%d more places", n)
}

// together names two or more characters in a sentence, or counts them.
func together(names []string) string {
	if len(names) > namedCharacters {
		return counted(len(names), "character")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
