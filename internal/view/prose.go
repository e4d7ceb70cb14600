package view

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"github.com/charsync/charsync/pkg/diff"
)

// Bounds of what is shown of long text.
const (
	headLines   = 4   // of a long text that is new or goes
	headColumns = 600 // of one line of it
	nearColumns = 60  // of equal text beside a change in a long sentence
	shortLine   = 60  // columns up to which a text stands beside its name
)

// prose prints how a text changed: the sentences that did, their words marked,
// everything else folded.
func (p *printer) prose(indent int, d *diff.ProseDiff) {
	if d.WhitespaceOnly {
		p.line(indent, run{"white space only: ", changed}, text(plain, strings.Join(d.Notes, "; ")))
		return
	}
	digits := len(fmt.Sprint(lastLine(d)))
	folded := 0
	fold := func() {
		if folded > 0 {
			p.line(indent+3+digits, run{fmt.Sprintf("%s %s unchanged", p.style.ellipsis(), count(folded, "paragraph")), faint})
		}
		folded = 0
	}
	for _, passage := range d.Passages {
		switch passage.Shape {
		case diff.Untouched, diff.Spaced:
			folded += passage.Paragraphs
		default:
			if passage.Paragraphs == 0 && passage.Shape != diff.Changed {
				continue // blank lines, in a text whose words changed
			}
			fold()
			p.passage(indent, digits, passage)
		}
	}
	fold()
	if len(d.Notes) > 0 {
		p.line(indent, run{"also: " + Sanitize(strings.Join(d.Notes, "; ")), faint})
	}
}

func lastLine(d *diff.ProseDiff) int {
	last := 1
	for _, p := range d.Passages {
		last = max(last, p.AfterLine, p.BeforeLine)
	}
	return last
}

// passage prints one changed, added or removed passage, with its line.
func (p *printer) passage(indent, digits int, d diff.Passage) {
	lead := func(sign string, i ink, line int) []run {
		return []run{{sign + " ", i}, {fmt.Sprintf("%*d  ", digits, line), faint}}
	}
	switch d.Shape {
	case diff.Added:
		if d.Elsewhere > 0 {
			note := run{fmt.Sprintf("moved from line %d: ", d.Elsewhere), faint}
			p.para(indent, lead(p.style.moved(), changed, d.AfterLine), []run{note, text(plain, p.firstWords(d.After()))})
			return
		}
		p.head(indent, lead("+", added, d.AfterLine), d.After(), added)
	case diff.Removed:
		if d.Elsewhere > 0 {
			return // shown where it went
		}
		p.head(indent, lead("-", removed, d.BeforeLine), d.Before(), removed)
	default:
		p.para(indent, lead("~", changed, d.AfterLine), p.sentences(d.Sentences))
	}
}

func (p *printer) firstWords(s string) string {
	return p.style.clip(strings.Join(strings.Fields(Sanitize(beginning(s, nearColumns))), " "), nearColumns)
}

// head prints the first lines of a long text and counts the rest.
func (p *printer) head(indent int, lead []run, s string, i ink) {
	s = strings.Trim(s, "\r\n")
	lines := strings.Split(s, "\n")
	shown := lines
	if len(lines) > headLines+2 {
		shown = lines[:headLines]
	}
	var body []run
	for n, line := range shown {
		line = Sanitize(beginning(strings.TrimSuffix(line, "\r"), headColumns))
		if n > 0 {
			line = "\n" + line
		}
		body = append(body, run{p.style.clip(line, headColumns), i})
	}
	if more := len(lines) - len(shown); more > 0 {
		rest := strings.Join(lines[len(shown):], "\n")
		body = append(body, run{fmt.Sprintf("\n(+ %s, %s)", count(more, "more line"), count(characters(rest), "character")), faint})
	} else if wider(strings.Join(shown, ""), headColumns) {
		body = append(body, run{fmt.Sprintf(" (%s in all)", count(characters(s), "character")), faint})
	}
	p.para(indent, lead, body)
}

// sentences folds those that did not change and marks the words of those that
// did.
func (p *printer) sentences(all []diff.Sentence) []run {
	var spans []diff.Span // with an empty equal span where sentences are folded
	for _, s := range all {
		if s.Shape == diff.Untouched || s.Shape == diff.Spaced && len(all) > 1 {
			if last := len(spans) - 1; last < 0 || spans[last] != (diff.Span{Op: diff.Equal}) {
				spans = append(spans, diff.Span{Op: diff.Equal})
			}
			continue
		}
		spans = joinSpans(spans, s.Spans)
	}
	return p.spans(spans)
}

// joinSpans appends spans and joins neighbours of one side.
func joinSpans(spans, more []diff.Span) []diff.Span {
	for _, span := range more {
		if last := len(spans) - 1; last >= 0 && spans[last].Op == span.Op && spans[last].Text != "" {
			spans[last].Text += span.Text
			continue
		}
		spans = append(spans, span)
	}
	return spans
}

// spans marks words. In a long text, equal words far from a change give way
// to an ellipsis, and so does the middle of a long mark. An empty equal span
// stands for sentences left out.
func (p *printer) spans(spans []diff.Span) []run {
	total := 0
	for _, s := range spans {
		total += width(s.Text)
	}
	var out []run
	for n, s := range spans {
		t := s.Text
		first, last := n == 0, n == len(spans)-1
		if last {
			t = strings.TrimRight(t, "\r\n")
		}
		switch {
		case s.Op != diff.Equal:
			out = append(out, p.mark(s.Op, t)...)
		case s.Text == "":
			out = append(out, p.folded(out, last)...)
		default:
			if total > 4*nearColumns {
				t = p.style.elide(Sanitize(t), !first, !last)
			}
			out = append(out, text(plain, strings.ReplaceAll(t, "\r\n", "\n")))
		}
	}
	return out
}

// folded is the ellipsis for sentences left out, with a space on each side
// where one is needed.
func (p *printer) folded(before []run, last bool) []run {
	e := p.style.ellipsis()
	if !last {
		e += " "
	}
	if n := len(before); n > 0 && !strings.HasSuffix(before[n-1].text, " ") {
		e = " " + e
	}
	return []run{{e, faint}}
}

// mark shows words that were inserted or deleted.
func (p *printer) mark(op diff.Op, t string) []run {
	if t == "" {
		return nil
	}
	after := ""
	if op == diff.Insert && strings.HasSuffix(t, "\n") {
		after = "\n"
	}
	t = strings.ReplaceAll(strings.ReplaceAll(t, "\r\n", "\n"), "\n", p.style.newline())
	if t = Sanitize(t); width(t) > 6*nearColumns {
		left := fmt.Sprintf(" %s (%s) %s ", p.style.ellipsis(), count(characters(t), "character"), p.style.ellipsis())
		t = strings.TrimRight(firstColumns(t, 3*nearColumns), " ") + left + strings.TrimLeft(lastColumns(t, nearColumns), " ")
	}
	if p.style.Color {
		look := insertion
		if op == diff.Remove {
			look = deletion
		}
		return []run{{t, look}, {after, plain}}
	}
	if op == diff.Remove {
		return []run{{"[-", plain}, {t, plain}, {"-]", plain}}
	}
	return []run{{"{+", plain}, {t, plain}, {"+}" + after, plain}}
}

// elide keeps the ends of equal text that touch a change.
func (s Style) elide(t string, changeBefore, changeAfter bool) string {
	keep := 0
	if changeBefore {
		keep += nearColumns
	}
	if changeAfter {
		keep += nearColumns
	}
	if width(t) <= keep+nearColumns/2 {
		return t
	}
	head, tail := "", ""
	if changeBefore {
		head = firstColumns(t, nearColumns)
	}
	if changeAfter {
		tail = lastColumns(t, nearColumns)
	}
	return head + s.ellipsis() + tail
}

// firstColumns takes whole words from the start of t.
func firstColumns(t string, columns int) string {
	n, used, state := 0, 0, -1
	for rest := t; rest != ""; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used += w; used > columns {
			break
		}
		n += len(c)
	}
	if space := strings.LastIndexFunc(t[:n], unicode.IsSpace); space > n/2 {
		n = space + 1
	}
	return t[:n]
}

// lastColumns takes whole words from the end of t.
func lastColumns(t string, columns int) string {
	skip := width(t) - columns
	n, used, state := 0, 0, -1
	for rest := t; rest != "" && used < skip; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		used += w
		n += len(c)
	}
	t = t[n:]
	if space := strings.IndexFunc(t, unicode.IsSpace); space >= 0 && space < len(t)/2 {
		t = t[space:]
	}
	return t
}

// count prints "1 paragraph", "2,140 characters".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
