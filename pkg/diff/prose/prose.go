// Package prose compares two texts the way an editor marks a manuscript: whole
// lines first, sentences inside changed lines, words inside changed sentences.
// It never cuts inside a grapheme cluster, recognises a line that moved, and
// tells a changed word from changed white space, line ends or Unicode forms.
//
// A Diff spells both texts byte for byte. It depends on the two texts alone,
// and the time and memory it takes grow with their length only.
package prose

import (
	"fmt"
	"strings"
)

// Op tells which of the two texts holds a span.
type Op string

// The operations: a span of both texts, of the text before, of the text after.
const (
	Equal  Op = "equal"
	Delete Op = "delete"
	Insert Op = "insert"
)

// Span is a piece of text. It never starts or ends inside a grapheme cluster
// of either text.
type Span struct {
	Op   Op     `json:"op"`
	Text string `json:"text"`
}

// ChangeKind is what became of a hunk, a sentence or an element of a list.
type ChangeKind string

// The change kinds.
const (
	Unchanged   ChangeKind = "unchanged"
	Reformatted ChangeKind = "reformatted" // the same words: white space, line ends or the Unicode form differ
	Changed     ChangeKind = "changed"
	Added       ChangeKind = "added"
	Removed     ChangeKind = "removed"
	Moved       ChangeKind = "moved" // an element of a list at another place
)

// Sentence is a sentence with what changed in it. Its spans spell both texts.
type Sentence struct {
	Kind  ChangeKind `json:"kind"`
	Spans []Span     `json:"spans"`
}

// Hunk is a run of whole lines of one kind. A changed hunk is one line,
// or as many lines as a changed sentence spans.
type Hunk struct {
	Kind       ChangeKind `json:"kind"`
	BeforeLine int        `json:"before_line"` // first line in the text before, from 1
	AfterLine  int        `json:"after_line"`  // first line in the text after, from 1
	Paragraphs int        `json:"paragraphs"`  // lines that are not blank
	// MovedTo is the first line, from 1, of the same words on the other side
	// when an added or removed hunk moved; 0 when it did not.
	MovedTo   int        `json:"moved_to,omitempty"`
	Sentences []Sentence `json:"sentences"`
}

// Diff is how a text changed. The equal and delete spans of all hunks spell
// the text before, the equal and insert spans the text after, byte for byte.
// The zero value means no change.
type Diff struct {
	Hunks []Hunk `json:"hunks,omitempty"`
	// Notes name changes that marked words would not show: white space, line
	// ends, the Unicode form, invisible characters.
	Notes []string `json:"notes,omitempty"`
	// WhitespaceOnly reports that no word changed. Notes name what did.
	WhitespaceOnly bool `json:"whitespace_only,omitempty"`
	// Coarse reports that the texts are too long, or differ in too many places,
	// to be compared in detail: what is between the lines that both begin and
	// end with is removed and added as a whole. Notes tell it too.
	Coarse bool `json:"coarse,omitempty"`
}

// Compare finds how one text became another.
func Compare(before, after string) Diff {
	if before == after {
		return Diff{}
	}
	var run differ
	beforeLines, afterLines := splitLines(before), splitLines(after)
	run.diff(beforeLines, afterLines)
	coarse := run.tooMuch()
	if coarse {
		run = differ{}
		run.whole(beforeLines, afterLines)
	}
	d := Diff{
		Hunks:          hunks(run.steps, len(before), len(after)),
		WhitespaceOnly: sameWords(before, after),
		Coarse:         coarse,
	}
	d.Notes = notes(run.steps, d.WhitespaceOnly)
	if coarse {
		d.Notes = append(d.Notes, fmt.Sprintf("compared as a whole: more than %d places differ, or the text is too long", maxChanges))
	}
	return d
}

// Empty reports that the two texts are equal.
func (d Diff) Empty() bool { return len(d.Hunks) == 0 }

// Before returns the text before.
func (d Diff) Before() string { return d.spell(Delete) }

// After returns the text after.
func (d Diff) After() string { return d.spell(Insert) }

func (d Diff) spell(side Op) string {
	var b strings.Builder
	for _, p := range d.Hunks {
		b.WriteString(p.text(side))
	}
	return b.String()
}

// Before returns the lines of the hunk in the text before.
func (h Hunk) Before() string { return h.text(Delete) }

// After returns the lines of the hunk in the text after.
func (h Hunk) After() string { return h.text(Insert) }

func (h Hunk) text(side Op) string {
	var b strings.Builder
	for _, s := range h.Sentences {
		for _, span := range s.Spans {
			if span.Op == Equal || span.Op == side {
				b.WriteString(span.Text)
			}
		}
	}
	return b.String()
}

// step is one compared sentence, or one run of unchanged lines.
type step struct {
	kind          ChangeKind
	before, after string
	spans         []Span
}

func (s step) sentence() Sentence { return Sentence{Kind: s.kind, Spans: s.spans} }

// hunks cuts the steps wherever a line starts in both texts, and joins
// neighbours of one kind.
func hunks(steps []step, beforeLen, afterLen int) []Hunk {
	var lines []Hunk
	cur := Hunk{BeforeLine: 1, AfterLine: 1}
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
			cur.setKind()
			lines = append(lines, cur)
			cur = Hunk{BeforeLine: beforeLine, AfterLine: afterLine}
		}
	}
	markMoves(lines)
	return joinHunks(lines)
}

// setKind derives the kind of a hunk from its sentences.
func (h *Hunk) setKind() {
	h.Kind = h.Sentences[0].Kind
	for _, s := range h.Sentences[1:] {
		switch {
		case s.Kind == h.Kind:
		case (s.Kind == Unchanged || s.Kind == Reformatted) && (h.Kind == Unchanged || h.Kind == Reformatted):
			h.Kind = Reformatted
		default:
			h.Kind = Changed
		}
	}
	side := Insert
	if h.Kind == Removed {
		side = Delete
	}
	for line := range strings.SplitSeq(h.text(side), "\n") {
		if strings.TrimSpace(line) != "" {
			h.Paragraphs++
		}
	}
}

// movedLength is the shortest line, in bytes, that counts as moved: shorter
// lines repeat by chance.
const movedLength = 24

func markMoves(lines []Hunk) {
	removed := map[string]int{}
	for i := range lines {
		if lines[i].Kind == Removed && lines[i].MovedTo == 0 {
			removed[foldSpace(lines[i].Before())] = i
		}
	}
	if len(removed) == 0 {
		return
	}
	for i := range lines {
		if lines[i].Kind != Added {
			continue
		}
		key := foldSpace(lines[i].After())
		if from, ok := removed[key]; ok && len(key) >= movedLength {
			lines[i].MovedTo = lines[from].BeforeLine
			lines[from].MovedTo = lines[i].AfterLine
			delete(removed, key)
		}
	}
}

func joinHunks(lines []Hunk) []Hunk {
	var out []Hunk
	for _, p := range lines {
		last := len(out) - 1
		if last < 0 || out[last].Kind != p.Kind || p.Kind == Changed || out[last].MovedTo != 0 || p.MovedTo != 0 {
			out = append(out, p)
			continue
		}
		out[last].Sentences = append(out[last].Sentences, p.Sentences...)
		out[last].Paragraphs += p.Paragraphs
	}
	return out
}
