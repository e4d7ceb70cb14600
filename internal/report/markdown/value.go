package markdown

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view"
	worddiff "github.com/charsync/charsync/pkg/diff/prose"
)

// depth is how much of a character is shown.
type depth int

const (
	whole depth = iota // every changed line, and new text in full
	hunks              // changed sentences, and the beginning of new text
)

// Bounds of what hunks show.
const (
	nearBytes = 80  // of equal words beside a change
	headBytes = 280 // of a text that is new or goes
	markBytes = 600 // of words that were inserted or deleted
	mostItems = 12  // of fields, and of elements of a list
)

// writer collects a character and stops when it has grown past its room:
// nothing that finds no place is rendered to its end.
type writer struct {
	strings.Builder
	depth depth
	room  int
	plain bool // all is new: nothing is marked
}

func (w *writer) full() bool { return w.Len() > w.room }

func (w *writer) put(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

// value writes a difference behind a field's name.
func (w *writer) value(v *report.Value) {
	switch {
	case w.full():
	case v.Prose != nil:
		w.prose(v.Prose)
	case v.Text != nil:
		w.text(v.Text)
	case v.Parts != nil || v.Kept > 0:
		w.parts(v)
	default:
		w.swap(v)
	}
}

func (w *writer) swap(v *report.Value) {
	if v.Before != "" {
		w.put("<del>", name(w.clip(v.Before, markBytes)), "</del>")
	}
	if v.Before != "" && v.After != "" {
		w.put(" → ")
	}
	switch {
	case v.After == "":
	case v.Kind == worddiff.Moved || w.plain:
		w.put(name(w.clip(v.After, headBytes)))
		if w.depth == hunks && len(v.After) > headBytes {
			w.put(" <i>(", view.Count(view.Characters(v.After), "character"), ")</i>")
		}
	default:
		w.put("<ins>", name(w.clip(v.After, markBytes)), "</ins>")
	}
	if v.Note != "" {
		w.put(" <i>", prose(v.Note), "</i>")
	}
}

// parts writes what became of the elements of a list: a set of what came and
// what went.
func (w *writer) parts(v *report.Value) {
	w.put("<ul>")
	for i := range v.Parts {
		if w.depth == hunks && i == mostItems {
			w.put("<li><i>and ", view.Thousands(len(v.Parts)-i), " more</i></li>")
			break
		}
		p := &v.Parts[i]
		w.put("\n<li>")
		if p.Name != "" {
			w.put(prose(p.Name), ": ")
		}
		w.value(p)
		w.put("</li>")
		if w.full() {
			break
		}
	}
	if v.Kept > 0 {
		w.put("\n<li><i>", view.Thousands(v.Kept), " unchanged</i></li>")
	}
	w.put("</ul>")
}

// text writes a text of one side.
func (w *writer) text(p *report.Prose) {
	var lines []report.Line
	for _, b := range p.Blocks {
		lines = append(lines, b.Lines...)
	}
	if w.depth == whole {
		w.lines(lines)
		w.leftOut(p)
		return
	}
	left := headBytes
	for i, l := range lines {
		if left <= 0 {
			w.put(" <i>… ", view.Count(p.Characters, "character"), " in ", view.Count(p.Lines, "line"), "</i>")
			return
		}
		if i > 0 {
			w.put("<br>")
		}
		w.speaker(l)
		for _, s := range l.Spans {
			t := w.clip(s.Text, max(left, 40))
			w.mark(s.Op, t)
			left -= len(s.Text)
		}
	}
	if left < 0 {
		w.put(" <i>(", view.Count(p.Characters, "character"), ")</i>")
	}
}

// prose writes how a text changed.
func (w *writer) prose(p *report.Prose) {
	if p.WhitespaceOnly {
		w.put("<i>white space only: ", prose(strings.Join(p.Notes, "; ")), "</i>")
		return
	}
	for i, b := range p.Blocks {
		if w.full() {
			return
		}
		if i > 0 {
			w.put("<br>")
		}
		if b.Kind == worddiff.Unchanged {
			w.put("<i>… ", view.Count(b.Paragraphs, "paragraph"), " unchanged</i>")
			continue
		}
		if b.Told != "" {
			w.put("<i>… ", view.Count(b.Edits, "edit"), " as in ", prose(b.Told), "</i>")
			continue
		}
		if b.From > 0 {
			w.put(fmt.Sprintf("<i>moved from line %d:</i> ", b.From))
			if w.depth == hunks {
				w.lines(b.Lines[:1])
				continue
			}
		}
		if w.depth == hunks && b.Kind != worddiff.Changed {
			w.text(&report.Prose{Blocks: []report.Block{b}, Characters: size(b.Lines), Lines: len(b.Lines)})
			continue
		}
		w.lines(b.Lines)
	}
	w.leftOut(p)
	if len(p.Notes) > 0 {
		w.put("<br><i>also: ", prose(strings.Join(p.Notes, "; ")), "</i>")
	}
}

// leftOut says what of a text no report shows.
func (w *writer) leftOut(p *report.Prose) {
	if words := p.LeftOut(); words != "" {
		w.put("<br><i>… ", words, " left out</i>")
	}
}

func size(lines []report.Line) int {
	n := 0
	for _, l := range lines {
		for _, s := range l.Spans {
			n += view.Characters(s.Text)
		}
	}
	return n
}

func (w *writer) lines(lines []report.Line) {
	for i, l := range lines {
		if w.full() {
			return
		}
		if i > 0 {
			w.put("<br>")
		}
		if i > 0 && l.Gap && w.depth == whole {
			w.put("<br>")
		}
		w.speaker(l)
		w.spans(l.Spans)
	}
}

func (w *writer) speaker(l report.Line) {
	if l.Speaker != "" {
		w.put("<b>", prose(l.Speaker+":"), "</b> ")
	}
}

// spans writes a line. Of hunks, only what stands near a change is shown.
func (w *writer) spans(spans []report.Span) {
	for i, s := range spans {
		t := s.Text
		switch {
		case w.depth == whole || s.Op != worddiff.Equal:
		case s.Far:
			if strings.TrimSpace(t) != "" {
				w.put(" … ")
			}
			continue
		case len(t) > 3*nearBytes:
			head, tail := "", "" // what touches a change
			if i > 0 {
				head = head0(t, nearBytes)
			}
			if i < len(spans)-1 {
				tail = tail0(t, nearBytes)
			}
			t = head + " … " + tail
		}
		w.mark(s.Op, t)
	}
}

// mark writes words: underlined and bold where they come, struck through where
// they go. White space alone is made to show.
func (w *writer) mark(op worddiff.Op, t string) {
	if t == "" {
		return
	}
	if op == worddiff.Equal || w.plain {
		w.put(prose(t))
		return
	}
	t = w.clip(t, markBytes)
	text := prose(t)
	if strings.TrimSpace(t) == "" {
		text = strings.ReplaceAll(t, " ", "&nbsp;")
	}
	if op == worddiff.Delete {
		w.put("<del>", text, "</del>")
		return
	}
	w.put("<ins><b>", text, "</b></ins>")
}

// clip shortens what hunks show.
func (w *writer) clip(t string, most int) string {
	if w.depth == whole || len(t) <= most {
		return t
	}
	return head0(t, most) + "…"
}

// head0 is the beginning of a text, to the end of a word where there is one.
func head0(t string, most int) string {
	for most > 0 && !utf8.RuneStart(t[most]) {
		most--
	}
	t = t[:most]
	if i := strings.LastIndexByte(t, ' '); i > most/2 {
		t = t[:i]
	}
	return t
}

// tail0 is the end of a text, from the beginning of a word where there is one.
func tail0(t string, most int) string {
	t = t[len(t)-most:]
	for len(t) > 0 && !utf8.RuneStart(t[0]) {
		t = t[1:]
	}
	if _, rest, ok := strings.Cut(t, " "); ok {
		t = rest
	}
	return t
}
