package prose

import "slices"

// Match is an element of one sequence that is in the other too: its index in
// each.
type Match struct{ Before, After int }

// Bounds of the alignment. They cap time at roughly (n+m)·maxEdits steps.
const (
	smallSize  = 120 // sequences up to this length together are compared as they are
	exactSize  = 600 // sequences up to this length together are compared exactly
	maxEdits   = 256 // edits that one exact comparison follows before it takes the best path so far
	maxAnchors = 6   // rounds of anchoring at tokens that occur once on each side
)

// Align finds the elements that two sequences have in common, in increasing
// order on both sides: equal ends first, then what is unique on both sides, as
// a reader finds their place, then the shortest edit script between. It is
// deterministic and its time is bounded; beyond the bounds it finds fewer
// matches than there are.
func Align[T comparable](before, after []T) []Match {
	ids := make(map[T]int32, len(before))
	number := func(in []T) []int32 {
		out := make([]int32, len(in))
		for i, v := range in {
			id, ok := ids[v]
			if !ok {
				id = int32(len(ids))
				ids[v] = id
			}
			out[i] = id
		}
		return out
	}
	return align(number(before), number(after))
}

// align is Align of sequences whose elements are numbered.
func align(before, after []int32) []Match {
	a := aligner{out: make([]Match, 0, min(len(before), len(after)))}
	a.run(before, after, 0, 0, maxAnchors)
	return a.out
}

// aligner collects the matches, and keeps the room of one comparison for the
// next.
type aligner struct {
	out   []Match
	path  []Match
	trace []int32
}

func (a *aligner) run(x, y []int32, xo, yo, rounds int) {
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		a.out = append(a.out, Match{xo + head, yo + head})
		head++
	}
	x, y, xo, yo = x[head:], y[head:], xo+head, yo+head
	tail := 0
	for tail < len(x) && tail < len(y) && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	x, y = x[:len(x)-tail], y[:len(y)-tail]
	if len(x) > 0 && len(y) > 0 {
		a.middle(x, y, xo, yo, rounds)
	}
	for i := range tail {
		a.out = append(a.out, Match{xo + len(x) + i, yo + len(y) + i})
	}
}

func (a *aligner) middle(x, y []int32, xo, yo, rounds int) {
	if rounds == 0 || len(x)+len(y) <= exactSize {
		a.shortest(x, y, xo, yo)
		return
	}
	anchors := uniqueAnchors(x, y)
	if len(anchors) == 0 {
		a.shortest(x, y, xo, yo)
		return
	}
	i, j := 0, 0
	for _, m := range append(anchors, Match{len(x), len(y)}) {
		a.run(x[i:m.Before], y[j:m.After], xo+i, yo+j, rounds-1)
		if m.Before < len(x) {
			a.out = append(a.out, Match{xo + m.Before, yo + m.After})
		}
		i, j = m.Before+1, m.After+1
	}
}

// uniqueAnchors pairs the tokens that occur exactly once on each side, and
// keeps the longest run of them that is in order on both.
func uniqueAnchors(x, y []int32) []Match {
	type seen struct{ nx, ny, at int32 }
	table := make(map[int32]seen, len(x))
	for _, t := range x {
		s := table[t]
		s.nx++
		table[t] = s
	}
	for j, t := range y {
		if s, ok := table[t]; ok {
			s.ny++
			s.at = int32(j)
			table[t] = s
		}
	}
	var pairs []Match
	for i, t := range x {
		if s := table[t]; s.nx == 1 && s.ny == 1 {
			pairs = append(pairs, Match{i, int(s.at)})
		}
	}
	return longestIncreasing(pairs)
}

// longestIncreasing keeps the most pairs whose second numbers increase too.
func longestIncreasing(pairs []Match) []Match {
	piles := make([]int, 0, len(pairs)) // index of the pair on top of each pile
	below := make([]int, len(pairs))
	for i, p := range pairs {
		at, _ := slices.BinarySearchFunc(piles, p.After, func(top, after int) int { return pairs[top].After - after })
		below[i] = -1
		if at > 0 {
			below[i] = piles[at-1]
		}
		if at == len(piles) {
			piles = append(piles, i)
		} else {
			piles[at] = i
		}
	}
	out := make([]Match, len(piles))
	if len(piles) == 0 {
		return out
	}
	for i, at := len(piles)-1, piles[len(piles)-1]; i >= 0; i, at = i-1, below[at] {
		out[i] = pairs[at]
	}
	return out
}

// shortest follows the shortest edit script (Myers) over the tokens that both
// sides have. Past maxEdits it takes the path that came furthest and goes on
// from there.
func (a *aligner) shortest(x, y []int32, xo, yo int) {
	x, xAt := common(x, y)
	y, yAt := common(y, x)
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		di, dj := a.furthest(x[i:], y[j:])
		for _, m := range a.path {
			a.out = append(a.out, Match{xo + placeOf(xAt, i+m.Before), yo + placeOf(yAt, j+m.After)})
		}
		i, j = i+di, j+dj
	}
}

// placeOf is the place of what common kept as number i.
func placeOf(at []int, i int) int {
	if at == nil {
		return i
	}
	return at[i]
}

// common keeps the tokens of x that y has, with their places in x; nil when
// all were kept.
func common(x, y []int32) (kept []int32, at []int) {
	if len(x)+len(y) <= smallSize { // sorting out costs more than it saves
		return x, nil
	}
	in := make(map[int32]struct{}, len(y))
	for _, t := range y {
		in[t] = struct{}{}
	}
	kept, at = make([]int32, 0, len(x)), make([]int, 0, len(x))
	for i, t := range x {
		if _, ok := in[t]; ok {
			kept = append(kept, t)
			at = append(at, i)
		}
	}
	return kept, at
}

// furthest runs the greedy algorithm for at most maxEdits edits. It leaves the
// matches of the best path in a.path, and returns how far it came on each
// side, which is the end of both unless the bound was met.
func (a *aligner) furthest(x, y []int32) (di, dj int) {
	n, m := len(x), len(y)
	limit := min(n+m, maxEdits)
	var room [2*maxEdits + 3]int32
	v := room[:2*limit+3]
	a.trace = a.trace[:0]
	bestD, bestK, bestI := 0, 0, 0
	at := func(k int) int { return k + limit + 1 }
search:
	for d := 0; d <= limit; d++ {
		a.trace = append(a.trace, v[at(-d)-1:at(d)+2]...)
		best := -1
		for k := -d; k <= d; k += 2 {
			var i int32
			if k == -d || (k != d && v[at(k-1)] < v[at(k+1)]) {
				i = v[at(k+1)]
			} else {
				i = v[at(k-1)] + 1
			}
			j := i - int32(k)
			for int(i) < n && int(j) < m && j >= 0 && x[i] == y[j] {
				i, j = i+1, j+1
			}
			v[at(k)] = i
			if int(i) <= n && int(j) <= m && int(i+j) > best {
				best, bestD, bestK, bestI = int(i+j), d, k, int(i)
			}
			if int(i) >= n && int(j) >= m {
				bestD, bestK, bestI = d, k, int(i)
				break search
			}
		}
	}
	a.backtrack(bestD, bestK, bestI)
	return bestI, bestI - bestK
}

// backtrack walks from the end of a path to its start and collects the
// matches. The trace holds the diagonals -d-1 … d+1 before round d, one round
// after the other.
func (a *aligner) backtrack(d, k, i int) {
	a.path = a.path[:0]
	for ; d >= 0; d-- {
		row := a.trace[d*(d+2):]
		get := func(k int) int { return int(row[k+d+1]) }
		prev := k + 1
		start := get(k + 1)
		if !(k == -d || (k != d && get(k-1) < get(k+1))) {
			prev = k - 1
			start = get(k-1) + 1
		}
		for i > start {
			i--
			a.path = append(a.path, Match{i, i - k})
		}
		if prev == k-1 {
			i--
		}
		k = prev
	}
	slices.Reverse(a.path)
}
