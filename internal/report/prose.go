package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff/prose"
)

// Prose is a text, or how it changed, in blocks.
type Prose struct {
	Blocks         []Block
	Notes          []string
	WhitespaceOnly bool
	Characters     int // of a text on one side: how long it is
	Lines          int
	Left           int // lines past the bound of what one text may take in a report
	Missing        int // characters of the last line shown that are past it too
}

// Bounds of one text in a report, whatever its format.
const (
	mostLines = 2_000
	mostBytes = 256 << 10
)

// bound leaves out the lines past the bounds, and counts them. A line that is
// too long by itself is cut.
func (p *Prose) bound() {
	lines, size := mostLines, mostBytes
	for i := range p.Blocks {
		b := &p.Blocks[i]
		for n := range b.Lines {
			if lines == 0 || size <= 0 {
				p.Left += len(b.Lines) - n
				b.Lines = b.Lines[:n]
				break
			}
			lines--
			var missing int
			size, missing = b.Lines[n].cut(size)
			p.Missing += missing
		}
	}
	p.Blocks = slices.DeleteFunc(p.Blocks, func(b Block) bool { return len(b.Lines) == 0 })
}

// cut keeps the first bytes of a line, and returns how many of them are left
// for the next, and how many characters did not find room.
func (l *Line) cut(size int) (left, missing int) {
	for i := range l.Spans {
		if text := l.Spans[i].Text; len(text) > size {
			for size > 0 && !utf8.RuneStart(text[size]) {
				size--
			}
			missing = view.Characters(text[size:])
			for _, s := range l.Spans[i+1:] {
				missing += view.Characters(s.Text)
			}
			l.Spans[i].Text = text[:size] + "…"
			l.Spans = l.Spans[:i+1]
			return 0, missing
		}
		size -= len(l.Spans[i].Text)
	}
	return size, 0
}

// LeftOut says how much of the text the report leaves out; "" is nothing.
func (p *Prose) LeftOut() string {
	var words []string
	if p.Missing > 0 {
		words = append(words, view.Count(p.Missing, "more character"))
	}
	if p.Left > 0 {
		words = append(words, view.Count(p.Left, "more line"))
	}
	return view.And(words)
}

// Block is a run of lines of one kind.
type Block struct {
	Kind       prose.ChangeKind // unchanged, changed, added, removed, moved
	Line       int              // in the text after, or before where it is removed
	From       int              // where a moved block stood
	Paragraphs int
	Told       string // where the same edits were shown before: "alakazam persona"
	Edits      int    // of what was told: how many
	Lines      []Line
}

// Line is a line of a text, or a turn of a dialogue.
type Line struct {
	Speaker string
	By      prose.Op // the side on which the speaker stands
	Spans   []Span
	Gap     bool // a blank line stands before it
}

// Span is a piece of a line. An unchanged sentence in a changed paragraph is
// Far: a short form may leave it out.
type Span struct {
	Op   prose.Op
	Text string
	Far  bool
}

// proseOf brings a prose diff into blocks. Blank lines are left out: they part
// the lines already, and notes name them where nothing else changed.
func proseOf(d *prose.Diff, talk bool) Prose {
	p := Prose{WhitespaceOnly: d.WhitespaceOnly, Notes: make([]string, 0, len(d.Notes))}
	for _, n := range d.Notes {
		p.Notes = append(p.Notes, view.SanitizeLine(n))
	}
	if d.WhitespaceOnly {
		return p
	}
	for _, hunk := range d.Hunks {
		b := Block{Kind: hunk.Kind, Line: hunk.AfterLine, Paragraphs: hunk.Paragraphs}
		switch hunk.Kind {
		case prose.Reformatted:
			b.Kind = prose.Unchanged
		case prose.Removed:
			b.Line = hunk.BeforeLine
			if hunk.MovedTo > 0 {
				continue // shown where it went
			}
		case prose.Added:
			if hunk.MovedTo > 0 {
				b.Kind, b.From = prose.Moved, hunk.MovedTo
			}
		}
		if b.Lines = linesOf(hunk.Sentences, b.Kind, talk); len(b.Lines) > 0 {
			p.Blocks = append(p.Blocks, b)
		}
	}
	p.bound()
	return p
}

// textOf brings a text of one side into blocks.
func textOf(s string, op prose.Op, talk bool) Prose {
	trimmed := strings.Trim(s, "\r\n")
	p := Prose{Characters: view.Characters(trimmed), Lines: strings.Count(trimmed, "\n") + 1}
	kind := prose.Added
	if op == prose.Delete {
		kind = prose.Removed
	}
	sentence := []prose.Sentence{{Kind: kind, Spans: []prose.Span{{Op: op, Text: s}}}}
	p.Blocks = []Block{{Kind: kind, Line: 1, Lines: linesOf(sentence, kind, talk)}}
	if p.Blocks[0].Lines == nil {
		p.Blocks = nil
	}
	p.bound()
	return p
}

// linesOf cuts sentences into lines. Text of blocks that did not change, or
// only moved, is on both sides.
func linesOf(sentences []prose.Sentence, kind prose.ChangeKind, talk bool) []Line {
	var lines []Line
	var cur Line
	flush := func() {
		if strings.TrimSpace(cur.text()) == "" {
			cur = Line{Gap: true}
			return
		}
		if talk {
			cur.takeSpeaker()
		}
		lines = append(lines, cur)
		cur = Line{}
	}
	for n, s := range sentences {
		spans := s.Spans
		if n == len(sentences)-1 {
			spans = trimEnd(spans)
		}
		for _, span := range spans {
			op := span.Op
			if kind == prose.Unchanged || kind == prose.Moved {
				if op == prose.Delete {
					continue // the same words in another white space
				}
				op = prose.Equal
			}
			far := op == prose.Equal && (s.Kind == prose.Unchanged || s.Kind == prose.Reformatted)
			for i, piece := range strings.Split(view.Sanitize(strings.ReplaceAll(span.Text, "\r\n", "\n")), "\n") {
				if i > 0 {
					cur.breakLine(op, kind)
					if op != prose.Delete || kind == prose.Removed {
						flush()
					}
				}
				cur.add(Span{op, piece, far})
			}
		}
	}
	flush()
	return lines
}

// trimEnd drops line ends at the very end: they are no words, and notes name
// them where they matter.
func trimEnd(spans []prose.Span) []prose.Span {
	n := len(spans)
	for n > 0 && strings.Trim(spans[n-1].Text, "\r\n") == "" {
		n--
	}
	if n == 0 {
		return nil
	}
	out := slices.Clone(spans[:n])
	out[n-1].Text = strings.TrimRight(out[n-1].Text, "\r\n")
	return out
}

// breakLine marks a line end that is on one side only: in a changed line it is
// what changed.
func (l *Line) breakLine(op prose.Op, kind prose.ChangeKind) {
	if op != prose.Equal && kind == prose.Changed {
		l.add(Span{Op: op, Text: "↵"})
	}
}

func (l *Line) add(s Span) {
	if s.Text == "" {
		return
	}
	if last := len(l.Spans) - 1; last >= 0 && l.Spans[last].Op == s.Op && l.Spans[last].Far == s.Far {
		l.Spans[last].Text += s.Text
		return
	}
	l.Spans = append(l.Spans, s)
}

func (l *Line) text() string {
	var b strings.Builder
	for _, s := range l.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// takeSpeaker parts who speaks from what is said, where both sides agree on
// who it is or there is one side only.
func (l *Line) takeSpeaker() {
	if len(l.Spans) == 0 || l.Spans[0].Op != prose.Equal && len(l.Spans) > 1 {
		return
	}
	who, rest, ok := cutSpeaker(l.Spans[0].Text)
	if !ok || rest == "" && l.Spans[0].Op != prose.Equal {
		return
	}
	l.Speaker, l.By = who, l.Spans[0].Op
	if l.Spans[0].Text = rest; rest == "" {
		l.Spans = l.Spans[1:]
	}
}

// longestSpeaker is how long a name before a colon may be.
const longestSpeaker = 40

// cutSpeaker parts a turn of a dialogue: "Mira: Two, and one is dry."
func cutSpeaker(line string) (who, said string, ok bool) {
	who, said, ok = strings.Cut(line, ":")
	who = strings.TrimSpace(who)
	if !ok || who == "" || len(who) > longestSpeaker || strings.ContainsAny(who, ".!?,;/") || strings.Count(who, " ") > 3 {
		return "", "", false
	}
	if said != "" && !strings.HasPrefix(said, " ") && !strings.HasPrefix(said, "\t") {
		return "", "", false // a time, an address, a word with a colon
	}
	return who, strings.TrimLeft(said, " \t"), true
}

// Dialogue reports a text that is mostly turns: at least two, and most of the
// lines that are not blank.
func Dialogue(s string) bool {
	turns, lines := 0, 0
	for line := range strings.Lines(s) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		lines++
		if _, _, ok := cutSpeaker(strings.TrimRight(line, "\r\n")); ok {
			turns++
		}
	}
	return turns >= 2 && turns*3 >= lines*2
}

// Text makes blocks of a text that did not change, for showing it as it is.
func Text(s string) Prose {
	p := textOf(s, prose.Equal, Dialogue(s))
	for i := range p.Blocks {
		p.Blocks[i].Kind = prose.Unchanged
	}
	return p
}
