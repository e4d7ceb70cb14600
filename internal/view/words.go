package view

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"github.com/charsync/charsync/pkg/diff/prose"
)

// sentences folds those that did not change and marks the words of those that
// did.
func (p *printer) sentences(all []prose.Sentence) []run {
	var spans []prose.Span // with an empty equal span where sentences are folded
	for _, s := range all {
		if s.Kind == prose.Unchanged || s.Kind == prose.Reformatted && len(all) > 1 {
			if last := len(spans) - 1; last < 0 || spans[last] != (prose.Span{Op: prose.Equal}) {
				spans = append(spans, prose.Span{Op: prose.Equal})
			}
			continue
		}
		spans = joinSpans(spans, s.Spans)
	}
	return p.spans(spans)
}

// joinSpans appends spans and joins neighbours of one side.
func joinSpans(spans, more []prose.Span) []prose.Span {
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
func (p *printer) spans(spans []prose.Span) []run {
	total := 0
	for _, s := range spans {
		total += width(s.Text)
	}
	// Line ends at the very end are no words; notes name them where they matter.
	for n := len(spans); n > 1 && spans[n-1].Text != "" && strings.Trim(spans[n-1].Text, "\r\n") == ""; n-- {
		spans = spans[:n-1]
	}
	var out []run
	for n, s := range spans {
		t := s.Text
		first, last := n == 0, n == len(spans)-1
		if last {
			t = strings.TrimRight(t, "\r\n")
		}
		switch {
		case s.Op != prose.Equal:
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
func (p *printer) mark(op prose.Op, t string) []run {
	if t == "" {
		return nil
	}
	after := ""
	if op == prose.Insert && strings.HasSuffix(t, "\n") {
		after = "\n"
	}
	t = strings.ReplaceAll(strings.ReplaceAll(t, "\r\n", "\n"), "\n", p.style.newline())
	if t = Sanitize(t); width(t) > 6*nearColumns {
		left := fmt.Sprintf(" %s (%s) %s ", p.style.ellipsis(), Count(Characters(t), "character"), p.style.ellipsis())
		t = strings.TrimRight(firstColumns(t, 3*nearColumns), " ") + left + strings.TrimLeft(lastColumns(t, nearColumns), " ")
	}
	// The marks stand beside the colours: text that is copied has no colour.
	if op == prose.Delete {
		return []run{{"[-", removed}, {t, deletion}, {"-]", removed}}
	}
	return []run{{"{+", added}, {t, insertion}, {"+}", added}, {after, plain}}
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
