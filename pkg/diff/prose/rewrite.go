package prose

import (
	"slices"
	"strings"
	"unicode"
)

// rewritten tells of each pair of sentences whether it reads better as a
// sentence that went and another that came: when it is scattered, and so is
// the one beside it in the line, or when sentences beside it were replaced
// whole. A scattered sentence between others stays marked word by word.
func rewritten(pairs []Match, marked [][]Span, before, after []string) []bool {
	loose, out := make([]bool, len(pairs)), make([]bool, len(pairs))
	for k := range pairs {
		loose[k] = scattered(marked[k])
	}
	prev := Match{-1, -1}
	for k := range len(pairs) + 1 {
		next := Match{len(before), len(after)}
		if k < len(pairs) {
			next = pairs[k]
		}
		left, right := k > 0 && loose[k-1], k < len(pairs) && loose[k]
		switch gone := next.Before - prev.Before - 1; {
		case gone > 0 && next.After-prev.After > 1:
			if left && !endsLine(before[prev.Before]) {
				out[k-1] = true
			}
			if right && !endsLine(before[next.Before-1]) {
				out[k] = true
			}
		case left && right && !slices.ContainsFunc(before[prev.Before:next.Before], endsLine):
			out[k-1], out[k] = true, true
		}
		prev = next
	}
	return out
}

func endsLine(sentence string) bool { return strings.HasSuffix(sentence, "\n") }

// scattered reports a sentence of which words were replaced in several places,
// and what is left between and around them is less than what they became:
// mostly the small words that any two sentences share.
func scattered(spans []Span) bool {
	places, kept, replaced := 0, 0, 0
	for i, s := range spans {
		switch {
		case s.Op == Equal:
			kept += letters(s.Text)
		case s.Op == Insert && i > 0 && spans[i-1].Op == Delete:
			was, is := differing(spans[i-1].Text, s.Text)
			if was, is := letters(was), letters(is); was > 0 && is > 0 {
				places++
				replaced += max(was, is)
			}
		}
	}
	return places > 1 && kept <= replaced || places == 1 && kept == 0
}

// differing is two texts without what both begin and end with: of a word in
// another form only the ending counts.
func differing(a, b string) (string, string) {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	n = 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return a[:len(a)-n], b[:len(b)-n]
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
