package prose

import "strings"

// tokens is a text cut into words, with their weights summed up from the left.
type tokens struct {
	text  string
	words []string
	ids   []int32 // equal words have equal numbers
	sum   []int32 // sum[i] is the weight of words[:i]
	at    []int32 // words[i] stands at text[at[i]:at[i+1]]
}

func (d *differ) tokens(text string) tokens {
	d.split = appendWords(d.split[:0], text)
	n := len(d.split)
	t := tokens{text: text, words: d.words.take(n), ids: d.numbers.take(n), sum: d.numbers.take(n + 1), at: d.numbers.take(n + 1)}
	copy(t.words, d.split)
	d.intern(t.ids, t.words, foldWord)
	for i, w := range t.words {
		t.sum[i+1] = t.sum[i] + int32(weight(w))
		t.at[i+1] = t.at[i] + int32(len(w))
	}
	return t
}

// spell gives the text of words[lo:hi].
func (t tokens) spell(lo, hi int) string { return t.text[t.at[lo]:t.at[hi]] }

func (t tokens) weight(lo, hi int) int { return int(t.sum[hi] - t.sum[lo]) }

// piece is a stretch of words, equal on both sides or not: ranges of words.
type piece struct {
	equal   bool
	b, bEnd int
	a, aEnd int
	mb, ma  int // weights of the two sides
}

// wordDiff compares two sentences word by word.
type wordDiff struct {
	before, after tokens
	pieces        []piece
}

// words compares two sentences word by word and tidies the result until it
// reads as a person would mark it.
func words(before, after tokens) []Span {
	before, beforeEnd := before.cutLineEnd()
	after, afterEnd := after.cutLineEnd()
	spans := changedWords(before, after)
	if beforeEnd == afterEnd {
		return appendSpan(spans, Span{Equal, beforeEnd})
	}
	return appendSpan(appendSpan(spans, Span{Delete, beforeEnd}), Span{Insert, afterEnd})
}

// cutLineEnd sets the line end aside, so that it gets no part in the marks.
func (t tokens) cutLineEnd() (tokens, string) {
	last := len(t.words) - 1
	if last < 0 || !strings.HasSuffix(t.words[last], "\n") {
		return t, ""
	}
	return tokens{t.text, t.words[:last], t.ids[:last], t.sum[:last+1], t.at[:last+1]}, t.words[last]
}

// appendSpan appends a span that is not empty, to the last one if it is of the
// same side.
func appendSpan(spans []Span, s Span) []Span {
	last := len(spans) - 1
	switch {
	case s.Text == "":
	case last >= 0 && spans[last].Op == s.Op:
		spans[last].Text += s.Text
	default:
		spans = append(spans, s)
	}
	return spans
}

func changedWords(before, after tokens) []Span {
	d := wordDiff{before: before, after: after}
	if len(before.words)+len(after.words) > maxWords {
		d.replace()
		return d.spans()
	}
	d.cut(align(before.ids, after.ids))
	d.coalesce()
	if len(d.pieces) > maxPieces || d.strange() {
		d.replace()
	}
	return d.spans()
}

// foldWord lets a space match a line end, so that text that was only wrapped
// in another way stays in step; cut tells them apart again.
func foldWord(word string) string {
	if word == "\n" || word == "\r\n" {
		return " "
	}
	return word
}

func (d *wordDiff) piece(equal bool, b, bEnd, a, aEnd int) piece {
	return piece{equal, b, bEnd, a, aEnd, d.before.weight(b, bEnd), d.after.weight(a, aEnd)}
}

// cut turns matches into alternating equal and changed pieces.
func (d *wordDiff) cut(matches []Match) {
	put := func(equal bool, b, bEnd, a, aEnd int) {
		if b == bEnd && a == aEnd {
			return
		}
		if last := len(d.pieces) - 1; last >= 0 && d.pieces[last].equal == equal {
			b, a = d.pieces[last].b, d.pieces[last].a
			d.pieces = d.pieces[:last]
		}
		d.pieces = append(d.pieces, d.piece(equal, b, bEnd, a, aEnd))
	}
	i, j := 0, 0
	for _, m := range matches {
		put(false, i, m.Before, j, m.After)
		i, j = m.Before+1, m.After+1
		put(d.before.words[m.Before] == d.after.words[m.After], m.Before, i, m.After, j)
	}
	put(false, i, len(d.before.words), j, len(d.after.words))
}

// coalesce joins two changes that only a small island of equal words parts.
func (d *wordDiff) coalesce() {
	out := make([]piece, 0, len(d.pieces))
	for _, p := range d.pieces {
		out = append(out, p)
		for n := len(out); n >= 3 && !p.equal && d.island(out[n-3], out[n-2], out[n-1]); n = len(out) {
			first, last := out[n-3], out[n-1]
			out = append(out[:n-3], d.piece(false, first.b, last.bEnd, first.a, last.aEnd))
		}
	}
	d.pieces = out
}

// island judges the equal words between two changes by weight: space and
// marks weigh nothing, an ideograph one, a word two.
func (d *wordDiff) island(left, equal, right piece) bool {
	l, r := max(left.mb, left.ma), max(right.mb, right.ma)
	if min(l, r) == 0 {
		// Only space or a mark changed on one side: the two belong together
		// when nothing but a space is between them.
		return l+r > 0 && equal.bEnd-equal.b == 1 && d.before.words[equal.b] == " "
	}
	switch e := equal.mb; {
	case e == 0:
		return equal.bEnd-equal.b <= 3
	case 2*e <= min(l, r):
		return true
	default:
		return e <= 2 && l+r >= 12
	}
}

// strange reports that what two sentences share is too little to be marked
// word by word.
func (d *wordDiff) strange() bool {
	equal, changed, replaced := 0, 0, false
	for _, p := range d.pieces {
		if p.equal {
			equal += p.mb
			continue
		}
		changed += max(p.mb, p.ma)
		replaced = replaced || p.mb > 0 && p.ma > 0
	}
	return replaced && 10*equal < 3*(equal+changed)
}

// replace puts one sentence in the place of the other, but for the space
// around them.
func (d *wordDiff) replace() {
	before, after := d.before.words, d.after.words
	shorter := min(len(before), len(after))
	head, tail := 0, 0
	for head < shorter && before[head] == after[head] && strings.TrimSpace(before[head]) == "" {
		head++
	}
	for head+tail < shorter && before[len(before)-1-tail] == after[len(after)-1-tail] &&
		strings.TrimSpace(before[len(before)-1-tail]) == "" {
		tail++
	}
	bEnd, aEnd := len(before)-tail, len(after)-tail
	d.pieces = []piece{
		d.piece(true, 0, head, 0, head),
		d.piece(false, head, bEnd, head, aEnd),
		d.piece(true, bEnd, len(before), aEnd, len(after)),
	}
}

func (d *wordDiff) spans() []Span {
	out := make([]Span, 0, 2*len(d.pieces))
	put := func(op Op, text string) {
		if text != "" {
			out = append(out, Span{op, text})
		}
	}
	for _, p := range d.pieces {
		if p.equal {
			put(Equal, d.before.spell(p.b, p.bEnd))
			continue
		}
		put(Delete, d.before.spell(p.b, p.bEnd))
		put(Insert, d.after.spell(p.a, p.aEnd))
	}
	return out
}
