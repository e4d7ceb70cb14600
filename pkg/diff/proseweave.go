package diff

import "strings"

// weaver compares two texts level by level and collects the steps.
type weaver struct {
	ids     map[string]int32
	steps   []step
	split   []string // what is cut at the moment
	words   arena[string]
	numbers arena[int32]
}

// intern numbers words and sentences by their folded form, into out.
func (w *weaver) intern(out []int32, parts []string, fold func(string) string) {
	if w.ids == nil {
		w.ids = make(map[string]int32, 2*len(parts))
	}
	for i, p := range parts {
		key := fold(p)
		id, ok := w.ids[key]
		if !ok {
			id = int32(len(w.ids))
			w.ids[key] = id
		}
		out[i] = id
	}
}

// sentences numbers sentences or lines.
func (w *weaver) sentences(parts []string) []int32 {
	out := w.numbers.take(len(parts))
	w.intern(out, parts, foldSpace)
	return out
}

// weave sets aside the lines that both texts begin and end with, aligns what
// is left, and hands what lies between equal lines to sentences.
func (w *weaver) weave(before, after []string) {
	head, tail := 0, 0
	for head < min(len(before), len(after)) && before[head] == after[head] {
		head++
	}
	before, after, kept := before[head:], after[head:], before[:head]
	for tail < min(len(before), len(after)) && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	w.kept(kept)
	kept = before[len(before)-tail:]
	before, after = before[:len(before)-tail], after[:len(after)-tail]
	w.between(before, after, func(b, a []string) {
		w.between(sentencesOf(b), sentencesOf(a), w.gap)
	})
	w.kept(kept)
}

// kept emits lines that stand on both sides as one step.
func (w *weaver) kept(lines []string) {
	if text := strings.Join(lines, ""); text != "" {
		w.steps = append(w.steps, step{Untouched, text, text, []Span{{Equal, text}}})
	}
}

func sentencesOf(lines []string) []string {
	var out []string
	for _, line := range lines {
		out = append(out, splitSentences(line)...)
	}
	return out
}

// between aligns two sequences of parts, emits those that match, and calls gap
// for each stretch in which none do.
func (w *weaver) between(before, after []string, gap func(before, after []string)) {
	i, j := 0, 0
	for _, m := range align(w.sentences(before), w.sentences(after)) {
		if m.before > i || m.after > j {
			gap(before[i:m.before], after[j:m.after])
		}
		w.same(before[m.before], after[m.after])
		i, j = m.before+1, m.after+1
	}
	if i < len(before) || j < len(after) {
		gap(before[i:], after[j:])
	}
}

// same emits two parts that have the same words.
func (w *weaver) same(before, after string) {
	if before == after {
		w.steps = append(w.steps, step{Untouched, before, after, []Span{{Equal, before}}})
		return
	}
	w.steps = append(w.steps, step{Spaced, before, after, words(w.tokens(before), w.tokens(after))})
}

// changed emits one part that became another.
func (w *weaver) changed(before, after string, spans []Span) {
	shape := Changed
	if sameWords(before, after) {
		shape = Spaced
	}
	w.steps = append(w.steps, step{shape, before, after, spans})
}

func (w *weaver) removed(parts []string) {
	for _, p := range parts {
		w.steps = append(w.steps, step{Removed, p, "", []Span{{Remove, p}}})
	}
}

func (w *weaver) added(parts []string) {
	for _, p := range parts {
		w.steps = append(w.steps, step{Added, "", p, []Span{{Insert, p}}})
	}
}

// Figures of a gap: sentences that differ, between sentences that do not.
const (
	likeEnough  = 0.5  // two sentences with this share in common are one that changed
	alikeWhole  = 0.75 // a stretch with this share in common may only be cut differently
	lostByPairs = 0.9  // … if pairs of sentences hold less than this of it
)

// gap pairs the sentences that became one another, and emits the rest as
// removed and added. A stretch that was only broken into lines in another way
// is compared as one.
func (w *weaver) gap(before, after []string) {
	if len(before) == 0 || len(after) == 0 {
		w.removed(before)
		w.added(after)
		return
	}
	b, bWords := w.bags(before)
	a, aWords := w.bags(after)
	pairs := pairUp(b, a)
	if len(before) > 1 || len(after) > 1 {
		inPairs := 0
		for _, p := range pairs {
			inPairs += b[p.before].common(a[p.after])
		}
		if float64(inPairs) < lostByPairs*float64(min(wordsIn(b), wordsIn(a))) && cutDifferently(b, a, inPairs) {
			all, other := strings.Join(before, ""), strings.Join(after, "")
			w.changed(all, other, words(w.tokens(all), w.tokens(other)))
			return
		}
	}
	marked := make([][]Span, len(pairs))
	for k, p := range pairs {
		marked[k] = words(bWords[p.before], aWords[p.after])
	}
	i, j := 0, 0
	passOver := func(toBefore, toAfter int) {
		w.removed(before[i:toBefore])
		w.added(after[j:toAfter])
		i, j = toBefore, toAfter
	}
	anew := rewritten(pairs, marked, before, after)
	for k, p := range pairs {
		b, a := before[p.before], after[p.after]
		switch {
		case !anew[k]:
			passOver(p.before, p.after)
			w.changed(b, a, marked[k])
			i, j = p.before+1, p.after+1
		case endsLine(b) && endsLine(a):
			passOver(p.before+1, p.after+1)
		}
	}
	passOver(len(before), len(after))
}
