package diff

import "strings"

// Op says on which side a piece of text stands.
type Op string

// The sides: both, before only, after only.
const (
	Equal  Op = "equal"
	Remove Op = "delete"
	Insert Op = "insert"
)

// Span is a piece of text. It never starts or ends inside a grapheme cluster
// of either text.
type Span struct {
	Op   Op     `json:"op"`
	Text string `json:"text"`
}

// Shape says what became of a passage, a sentence or an element of a list.
type Shape string

// The shapes.
const (
	Untouched Shape = "untouched"
	Spaced    Shape = "spaced" // the same words: white space, line ends or the Unicode form differ
	Changed   Shape = "changed"
	Added     Shape = "added"
	Removed   Shape = "removed"
	Moved     Shape = "moved" // an element of a list at another place
)

// Sentence is a sentence with what changed in it. Its spans spell both texts.
type Sentence struct {
	Shape Shape  `json:"shape"`
	Spans []Span `json:"spans"`
}

// Passage is a run of whole lines of one shape. A changed passage is one line,
// or as many lines as a changed sentence spans.
type Passage struct {
	Shape      Shape `json:"shape"`
	BeforeLine int   `json:"before_line"` // first line in the text before, from 1
	AfterLine  int   `json:"after_line"`  // first line in the text after, from 1
	Paragraphs int   `json:"paragraphs"`  // lines that are not blank
	// Elsewhere is the line on the other side where an added or removed
	// passage stands word for word: it was moved. 0: nowhere.
	Elsewhere int        `json:"elsewhere,omitempty"`
	Sentences []Sentence `json:"sentences"`
}

// ProseDiff is how a text changed, as a person would mark it. The equal and
// delete spans of all passages spell the text before, the equal and insert
// spans the text after, byte for byte. The zero value means no change.
type ProseDiff struct {
	Passages []Passage `json:"passages,omitempty"`
	// Notes name changes that marked words would not show: white space, line
	// ends, the Unicode form, invisible characters.
	Notes []string `json:"notes,omitempty"`
	// WhitespaceOnly: not a word changed, see Notes.
	WhitespaceOnly bool `json:"whitespace_only,omitempty"`
}

// Prose compares two texts: lines first, sentences inside changed lines, words
// inside changed sentences. Its result depends on the texts alone, and its
// time is bounded by their length.
func Prose(before, after string) ProseDiff {
	if before == after {
		return ProseDiff{}
	}
	w := weaver{}
	w.weave(splitLines(before), splitLines(after))
	d := ProseDiff{
		Passages:       passages(w.steps, len(before), len(after)),
		WhitespaceOnly: sameWords(before, after),
	}
	d.Notes = notes(w.steps, d.WhitespaceOnly)
	return d
}

// Empty reports that the two texts were the same.
func (d ProseDiff) Empty() bool { return len(d.Passages) == 0 }

// Before spells the text before.
func (d ProseDiff) Before() string { return d.spell(Remove) }

// After spells the text after.
func (d ProseDiff) After() string { return d.spell(Insert) }

func (d ProseDiff) spell(side Op) string {
	var b strings.Builder
	for _, p := range d.Passages {
		b.WriteString(p.text(side))
	}
	return b.String()
}

// Before spells the passage as it was.
func (p Passage) Before() string { return p.text(Remove) }

// After spells the passage as it is to be.
func (p Passage) After() string { return p.text(Insert) }

func (p Passage) text(side Op) string {
	var b strings.Builder
	for _, s := range p.Sentences {
		for _, span := range s.Spans {
			if span.Op == Equal || span.Op == side {
				b.WriteString(span.Text)
			}
		}
	}
	return b.String()
}

// step is one sentence, or one unchanged line, on its way into a passage.
type step struct {
	shape         Shape
	before, after string
	spans         []Span
}

func (s step) sentence() Sentence { return Sentence{Shape: s.shape, Spans: s.spans} }

// passages cuts the steps wherever both texts stand at the start of a line,
// and joins neighbours of one shape.
func passages(steps []step, beforeLen, afterLen int) []Passage {
	var lines []Passage
	cur := Passage{BeforeLine: 1, AfterLine: 1}
	beforeLine, afterLine := 1, 1
	beforeStart, afterStart := true, true
	for _, s := range steps {
		cur.Sentences = append(cur.Sentences, s.sentence())
		beforeLine += strings.Count(s.before, "\n")
		afterLine += strings.Count(s.after, "\n")
		beforeLen -= len(s.before)
		afterLen -= len(s.after)
		if s.before != "" {
			beforeStart = beforeLen == 0 || strings.HasSuffix(s.before, "\n")
		}
		if s.after != "" {
			afterStart = afterLen == 0 || strings.HasSuffix(s.after, "\n")
		}
		if beforeStart && afterStart {
			cur.settle()
			lines = append(lines, cur)
			cur = Passage{BeforeLine: beforeLine, AfterLine: afterLine}
		}
	}
	markMoves(lines)
	return joinPassages(lines)
}

// settle derives the shape of a passage from its sentences.
func (p *Passage) settle() {
	p.Shape = p.Sentences[0].Shape
	for _, s := range p.Sentences[1:] {
		switch {
		case s.Shape == p.Shape:
		case (s.Shape == Untouched || s.Shape == Spaced) && (p.Shape == Untouched || p.Shape == Spaced):
			p.Shape = Spaced
		default:
			p.Shape = Changed
		}
	}
	side := Insert
	if p.Shape == Removed {
		side = Remove
	}
	for line := range strings.SplitSeq(p.text(side), "\n") {
		if strings.TrimSpace(line) != "" {
			p.Paragraphs++
		}
	}
}

// movedLength is how many bytes a line must have to be recognised elsewhere;
// shorter lines repeat by chance.
const movedLength = 24

func markMoves(lines []Passage) {
	removed := map[string]int{}
	for i := range lines {
		if lines[i].Shape == Removed && lines[i].Elsewhere == 0 {
			removed[foldSpace(lines[i].Before())] = i
		}
	}
	if len(removed) == 0 {
		return
	}
	for i := range lines {
		if lines[i].Shape != Added {
			continue
		}
		key := foldSpace(lines[i].After())
		if from, ok := removed[key]; ok && len(key) >= movedLength {
			lines[i].Elsewhere = lines[from].BeforeLine
			lines[from].Elsewhere = lines[i].AfterLine
			delete(removed, key)
		}
	}
}

func joinPassages(lines []Passage) []Passage {
	var out []Passage
	for _, p := range lines {
		last := len(out) - 1
		if last < 0 || out[last].Shape != p.Shape || p.Shape == Changed || out[last].Elsewhere != 0 || p.Elsewhere != 0 {
			out = append(out, p)
			continue
		}
		out[last].Sentences = append(out[last].Sentences, p.Sentences...)
		out[last].Paragraphs += p.Paragraphs
	}
	return out
}
