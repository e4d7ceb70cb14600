package diff

import (
	"slices"
	"strings"
)

// weaver compares two texts level by level and collects the steps.
type weaver struct {
	ids   map[string]int32
	steps []step
}

// intern numbers words and sentences by their folded form.
func (w *weaver) intern(parts []string, fold func(string) string) []int32 {
	if w.ids == nil {
		w.ids = make(map[string]int32, 2*len(parts))
	}
	out := make([]int32, len(parts))
	for i, p := range parts {
		key := fold(p)
		id, ok := w.ids[key]
		if !ok {
			id = int32(len(w.ids))
			w.ids[key] = id
		}
		out[i] = id
	}
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
	for _, m := range align(w.intern(before, foldSpace), w.intern(after, foldSpace)) {
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
func (w *weaver) changed(before, after string, b, a tokens) {
	shape := Changed
	if sameWords(before, after) {
		shape = Spaced
	}
	w.steps = append(w.steps, step{shape, before, after, words(b, a)})
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
		allBefore, allAfter := merged(b), merged(a)
		whole := allBefore.common(allAfter)
		if float64(inPairs) < lostByPairs*float64(whole) && allBefore.like(whole, allAfter) >= alikeWhole {
			all, other := strings.Join(before, ""), strings.Join(after, "")
			w.changed(all, other, w.tokens(all), w.tokens(other))
			return
		}
	}
	i, j := 0, 0
	for _, p := range pairs {
		w.removed(before[i:p.before])
		w.added(after[j:p.after])
		w.changed(before[p.before], after[p.after], bWords[p.before], aWords[p.after])
		i, j = p.before+1, p.after+1
	}
	w.removed(before[i:])
	w.added(after[j:])
}

// bag is the words of a sentence, sorted, with a 64-bit summary.
type bag struct {
	words   []int32
	summary uint64
}

func (w *weaver) bags(sentences []string) ([]bag, []tokens) {
	out, cut := make([]bag, len(sentences)), make([]tokens, len(sentences))
	for i, s := range sentences {
		cut[i] = w.tokens(s)
		var words []int32
		for j, id := range cut[i].ids {
			if cut[i].heft(j, j+1) > 0 {
				words = append(words, id)
			}
		}
		if len(words) == 0 {
			words = slices.Clone(cut[i].ids)
		}
		out[i] = newBag(words)
	}
	return out, cut
}

func newBag(words []int32) bag {
	slices.Sort(words)
	b := bag{words: words}
	for _, id := range words {
		b.summary |= 1 << (uint32(id) % 64)
	}
	return b
}

func merged(bags []bag) bag {
	var words []int32
	for _, b := range bags {
		words = append(words, b.words...)
	}
	return newBag(words)
}

// common counts the words that both have.
func (b bag) common(c bag) int {
	if b.summary&c.summary == 0 {
		return 0
	}
	n, i, j := 0, 0, 0
	for i < len(b.words) && j < len(c.words) {
		switch {
		case b.words[i] < c.words[j]:
			i++
		case b.words[i] > c.words[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// like is the share of the words that are common to both, from 0 to 1.
func (b bag) like(common int, c bag) float64 {
	return 2 * float64(common) / float64(max(1, len(b.words)+len(c.words)))
}

// pairBand is how far from the diagonal pairs are looked for in long gaps.
const pairBand = 24

// pairUp finds the pairs, in order on both sides, that have the most in
// common together.
func pairUp(before, after []bag) []match {
	n, m := len(before), len(after)
	if n == 1 && m == 1 {
		return []match{{0, 0}} // words() itself replaces what has too little in common
	}
	low := func(i int) int { return max(0, i*m/n-pairBand) }
	high := func(i int) int { return min(m, i*m/n+pairBand+1) }
	type cell struct {
		score float64
		move  byte
	}
	rows := make([][]cell, n+1)
	rows[n] = make([]cell, 1)
	score := func(i, j int) float64 {
		if i >= n || j >= m {
			return 0
		}
		j = max(j, low(i))
		if j >= high(i) {
			return 0
		}
		return rows[i][j-low(i)].score
	}
	for i := n - 1; i >= 0; i-- {
		lo, hi := low(i), high(i)
		rows[i] = make([]cell, hi-lo)
		for j := hi - 1; j >= lo; j-- {
			best := cell{score(i+1, j), 'b'}
			if s := score(i, j+1); s > best.score {
				best = cell{s, 'a'}
			}
			if like := before[i].like(before[i].common(after[j]), after[j]); like >= likeEnough {
				if s := like + score(i+1, j+1); s >= best.score {
					best = cell{s, 'p'}
				}
			}
			rows[i][j-lo] = best
		}
	}
	var pairs []match
	for i, j := 0, 0; i < n && j < m; {
		j = max(j, low(i))
		if j >= high(i) {
			i++
			continue
		}
		switch rows[i][j-low(i)].move {
		case 'p':
			pairs = append(pairs, match{i, j})
			i, j = i+1, j+1
		case 'a':
			j++
		default:
			i++
		}
	}
	return pairs
}
