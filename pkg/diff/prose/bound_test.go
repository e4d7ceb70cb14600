package prose

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// letterLines makes n bytes of lines of one letter.
func letterLines(n int, seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 9))
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "%c\n", 'a'+rng.IntN(26))
	}
	return b.String()
}

// TestHostileTextsAreComparedAsWholes counts what a comparison makes: its
// time, and what renderers have to show, follow from it.
func TestHostileTextsAreComparedAsWholes(t *testing.T) {
	words := func(seed uint64) string { return strings.ReplaceAll(letterLines(1<<20, seed), "\n", " ") }
	sentences := func(seed uint64) string { return strings.ReplaceAll(letterLines(1<<20, seed), "\n", ". ") }
	for _, c := range []struct{ name, before, after string }{
		{"lines of one letter", letterLines(900<<10, 1), letterLines(900<<10, 2)},
		{"fewer of them, all places differ", letterLines(30<<10, 1), letterLines(30<<10, 2)},
		{"one line of words", words(1), words(2)},
		{"one line of sentences", sentences(1), sentences(2)},
		{"between lines that stay", "first\n" + letterLines(200<<10, 1) + "last\n", "first\n" + letterLines(200<<10, 2) + "last\n"},
		{"to one line", letterLines(300<<10, 1), words(3)},
	} {
		d := Compare(c.before, c.after)
		if d.Before() != c.before || d.After() != c.after {
			t.Errorf("%s: the spans do not spell the texts", c.name)
		}
		sentences, spans := 0, 0
		for _, h := range d.Hunks {
			sentences += len(h.Sentences)
			for _, s := range h.Sentences {
				spans += len(s.Spans)
			}
		}
		if len(d.Hunks) > 2*maxChanges || sentences > 3*maxChanges || spans > 3*maxChanges {
			t.Errorf("%s: %d hunks, %d sentences, %d spans", c.name, len(d.Hunks), sentences, spans)
		}
		if told := slices.ContainsFunc(d.Notes, func(n string) bool { return strings.HasPrefix(n, "compared as a whole") }); told != d.Coarse {
			t.Errorf("%s: coarse %v, notes %q", c.name, d.Coarse, d.Notes)
		}
	}
}
