package prose

import "slices"

// bag is the words of a sentence, sorted, with a 64-bit summary.
type bag struct {
	words   []int32
	summary uint64
}

func (d *differ) bags(sentences []string) ([]bag, []tokens) {
	out, cut := make([]bag, len(sentences)), make([]tokens, len(sentences))
	for i, s := range sentences {
		cut[i] = d.tokens(s)
		words := d.numbers.take(len(cut[i].ids))[:0]
		for j, id := range cut[i].ids {
			if cut[i].weight(j, j+1) > 0 {
				words = append(words, id)
			}
		}
		if len(words) == 0 {
			words = append(words, cut[i].ids...)
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
	words := make([]int32, 0, wordsIn(bags))
	for _, b := range bags {
		words = append(words, b.words...)
	}
	return newBag(words)
}

func wordsIn(bags []bag) int {
	n := 0
	for _, b := range bags {
		n += len(b.words)
	}
	return n
}

// cutDifferently reports two stretches that are alike as wholes, while their
// pairs of sentences hold less of it.
func cutDifferently(before, after []bag, inPairs int) bool {
	b, a := merged(before), merged(after)
	whole := b.common(a)
	return float64(inPairs) < lostByPairs*float64(whole) && b.like(whole, a) >= alikeWhole
}

// Similar reports that one sentence may be an edit of the other: at least half
// of their words are in both.
func Similar(before, after string) bool {
	var d differ
	bags, _ := d.bags([]string{before, after})
	return bags[0].like(bags[0].common(bags[1]), bags[1]) >= likeEnough
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
func pairUp(before, after []bag) []Match {
	n, m := len(before), len(after)
	if n == 1 && m == 1 {
		return []Match{{0, 0}} // words() itself replaces what has too little in common
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
	var pairs []Match
	for i, j := 0, 0; i < n && j < m; {
		j = max(j, low(i))
		if j >= high(i) {
			i++
			continue
		}
		switch rows[i][j-low(i)].move {
		case 'p':
			pairs = append(pairs, Match{i, j})
			i, j = i+1, j+1
		case 'a':
			j++
		default:
			i++
		}
	}
	return pairs
}
