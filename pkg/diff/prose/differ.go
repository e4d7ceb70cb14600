package prose

import "strings"

// differ compares two texts level by level and collects the steps.
type differ struct {
	ids     map[string]int32
	steps   []step
	coarse  bool     // a bound was met: the steps are not complete
	split   []string // scratch space of tokens
	words   arena[string]
	numbers arena[int32]
}

// intern numbers words and sentences by their folded form, into out.
func (d *differ) intern(out []int32, parts []string, fold func(string) string) {
	if d.ids == nil {
		d.ids = make(map[string]int32, 2*len(parts))
	}
	for i, p := range parts {
		key := fold(p)
		id, ok := d.ids[key]
		if !ok {
			id = int32(len(d.ids))
			d.ids[key] = id
		}
		out[i] = id
	}
}

// sentences numbers sentences or lines.
func (d *differ) sentences(parts []string) []int32 {
	out := d.numbers.take(len(parts))
	d.intern(out, parts, foldSpace)
	return out
}

// Bounds of a comparison in detail. Past them, texts are compared as wholes.
const (
	maxParts   = 40_000  // lines or sentences of both texts, between those that they begin and end with
	maxWords   = 200_000 // words of two sentences
	maxChanges = 4_000   // lines or sentences that differ
	maxPieces  = 2_000   // stretches of words that differ, in a sentence, and those between them
)

// diff sets aside the lines that both texts begin and end with, aligns what
// is left, and hands what lies between equal lines to sentences.
func (d *differ) diff(before, after []string) {
	d.inside(before, after, func(before, after []string) {
		d.between(before, after, func(b, a []string) {
			d.between(sentencesOf(b), sentencesOf(a), d.gap)
		})
	})
}

// whole replaces what is between the lines that both texts begin and end with.
func (d *differ) whole(before, after []string) {
	d.inside(before, after, func(before, after []string) {
		d.removed(asOne(before))
		d.added(asOne(after))
	})
}

func asOne(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return []string{strings.Join(lines, "")}
}

// inside emits the lines that both texts begin and end with, and calls compare
// for what is between them.
func (d *differ) inside(before, after []string, compare func(before, after []string)) {
	head, tail := 0, 0
	for head < min(len(before), len(after)) && before[head] == after[head] {
		head++
	}
	before, after, kept := before[head:], after[head:], before[:head]
	for tail < min(len(before), len(after)) && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	d.kept(kept)
	kept = before[len(before)-tail:]
	compare(before[:len(before)-tail], after[:len(after)-tail])
	d.kept(kept)
}

// tooMuch reports that a bound was met.
func (d *differ) tooMuch() bool {
	if d.coarse {
		return true
	}
	changes := 0
	for _, s := range d.steps {
		if s.kind != Unchanged && s.kind != Reformatted {
			changes++
		}
	}
	return changes > maxChanges
}

// kept emits lines that stand on both sides as one step.
func (d *differ) kept(lines []string) {
	if text := strings.Join(lines, ""); text != "" {
		d.steps = append(d.steps, step{Unchanged, text, text, []Span{{Equal, text}}})
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
func (d *differ) between(before, after []string, gap func(before, after []string)) {
	if d.coarse = d.coarse || len(before)+len(after) > maxParts; d.coarse {
		return
	}
	i, j := 0, 0
	for _, m := range align(d.sentences(before), d.sentences(after)) {
		if m.Before > i || m.After > j {
			gap(before[i:m.Before], after[j:m.After])
		}
		d.same(before[m.Before], after[m.After])
		i, j = m.Before+1, m.After+1
	}
	if i < len(before) || j < len(after) {
		gap(before[i:], after[j:])
	}
}

// same emits two parts that have the same words.
func (d *differ) same(before, after string) {
	if before == after {
		d.steps = append(d.steps, step{Unchanged, before, after, []Span{{Equal, before}}})
		return
	}
	d.steps = append(d.steps, step{Reformatted, before, after, words(d.tokens(before), d.tokens(after))})
}

// changed emits one part that became another.
func (d *differ) changed(before, after string, spans []Span) {
	kind := Changed
	if sameWords(before, after) {
		kind = Reformatted
	}
	d.steps = append(d.steps, step{kind, before, after, spans})
}

func (d *differ) removed(parts []string) {
	for _, p := range parts {
		d.steps = append(d.steps, step{Removed, p, "", []Span{{Delete, p}}})
	}
}

func (d *differ) added(parts []string) {
	for _, p := range parts {
		d.steps = append(d.steps, step{Added, "", p, []Span{{Insert, p}}})
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
func (d *differ) gap(before, after []string) {
	if len(before) == 0 || len(after) == 0 {
		d.removed(before)
		d.added(after)
		return
	}
	b, bWords := d.bags(before)
	a, aWords := d.bags(after)
	pairs := pairUp(b, a)
	if len(before) > 1 || len(after) > 1 {
		inPairs := 0
		for _, p := range pairs {
			inPairs += b[p.Before].common(a[p.After])
		}
		if float64(inPairs) < lostByPairs*float64(min(wordsIn(b), wordsIn(a))) && cutDifferently(b, a, inPairs) {
			all, other := strings.Join(before, ""), strings.Join(after, "")
			d.changed(all, other, words(d.tokens(all), d.tokens(other)))
			return
		}
	}
	marked := make([][]Span, len(pairs))
	for k, p := range pairs {
		marked[k] = words(bWords[p.Before], aWords[p.After])
	}
	i, j := 0, 0
	passOver := func(toBefore, toAfter int) {
		d.removed(before[i:toBefore])
		d.added(after[j:toAfter])
		i, j = toBefore, toAfter
	}
	anew := rewritten(pairs, marked, before, after)
	for k, p := range pairs {
		b, a := before[p.Before], after[p.After]
		switch {
		case !anew[k]:
			passOver(p.Before, p.After)
			d.changed(b, a, marked[k])
			i, j = p.Before+1, p.After+1
		case endsLine(b) && endsLine(a):
			passOver(p.Before+1, p.After+1)
		}
	}
	passOver(len(before), len(after))
}
