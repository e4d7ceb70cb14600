package view

import (
	"fmt"
	"strings"

	"github.com/charsync/charsync/pkg/diff/prose"
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
func (p *printer) prose(indent int, d *prose.Diff, again again) {
	if d.WhitespaceOnly {
		p.line(indent, run{"white space only: ", changed}, text(plain, strings.Join(d.Notes, "; ")))
		return
	}
	digits := len(fmt.Sprint(lastLine(d)))
	folded := 0
	fold := func() {
		if folded > 0 {
			p.line(indent+3+digits, run{fmt.Sprintf("%s %s unchanged", p.style.ellipsis(), Count(folded, "paragraph")), faint})
		}
		folded = 0
	}
	known, place := 0, ""
	recall := func() {
		if known > 0 {
			p.line(indent+3+digits, run{fmt.Sprintf("%s %s as in %s", p.style.ellipsis(), Count(known, "edit"), place), faint})
		}
		known = 0
	}
	for i, hunk := range d.Hunks {
		switch where := again.hunks[i]; {
		case hunk.Kind == prose.Unchanged || hunk.Kind == prose.Reformatted:
			folded += hunk.Paragraphs
		case !edits(&hunk): // blank lines, in a text whose words changed
		case where != "":
			if where != place {
				recall()
			}
			known, place = known+1, where
		default:
			recall()
			fold()
			p.hunk(indent, digits, hunk)
		}
	}
	recall()
	fold()
	if len(d.Notes) > 0 {
		p.line(indent, run{"also: " + Sanitize(strings.Join(d.Notes, "; ")), faint})
	}
}

func lastLine(d *prose.Diff) int {
	last := 1
	for _, p := range d.Hunks {
		last = max(last, p.AfterLine, p.BeforeLine)
	}
	return last
}

// hunk prints one changed, added or removed hunk, with its line.
func (p *printer) hunk(indent, digits int, d prose.Hunk) {
	lead := func(sign string, i ink, line int) []run {
		return []run{{sign + " ", i}, {fmt.Sprintf("%*d  ", digits, line), faint}}
	}
	switch d.Kind {
	case prose.Added:
		if d.MovedTo > 0 {
			note := run{fmt.Sprintf("moved from line %d: ", d.MovedTo), faint}
			p.para(indent, lead(p.style.moved(), changed, d.AfterLine), []run{note, text(plain, p.firstWords(d.After()))})
			return
		}
		p.head(indent, lead("+", added, d.AfterLine), d.After(), added)
	case prose.Removed:
		if d.MovedTo > 0 {
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

// head prints the first lines of a long text and counts the rest, or all of
// it where that is asked for.
func (p *printer) head(indent int, lead []run, s string, i ink) {
	s = strings.Trim(s, "\r\n")
	lines := strings.Split(s, "\n")
	if p.style.Full {
		for n, line := range lines {
			p.para(indent, lead, []run{{Sanitize(strings.TrimSuffix(line, "\r")), i}})
			if n == 0 {
				lead = []run{{strings.Repeat(" ", runsWidth(lead)), plain}}
			}
		}
		return
	}
	shown := lines
	if len(lines) > headLines+2 {
		shown = lines[:headLines]
	}
	var body []run
	left := 0
	for n, line := range shown {
		line = strings.TrimSuffix(line, "\r")
		start := p.style.clip(Sanitize(beginning(line, headColumns)), headColumns)
		if wider(line, headColumns) {
			left += max(Characters(line)-Characters(start)+1, 1)
		}
		if n > 0 {
			start = "\n" + start
		}
		body = append(body, run{start, i})
	}
	if more := len(lines) - len(shown); more > 0 {
		rest := Characters(strings.Join(lines[len(shown):], "\n"))
		left += rest
		body = append(body, run{fmt.Sprintf("\n(+ %s, %s)", Count(more, "more line"), Count(rest, "character")), faint})
	} else if left > 0 {
		body = append(body, run{fmt.Sprintf(" (%s in all)", Count(Characters(s), "character")), faint})
	}
	p.leave(left)
	p.para(indent, lead, body)
}

// Count prints "1 paragraph", "2,140 characters".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Thousands(n) + " " + noun
}

// Thousands prints a figure with its thousands apart: 33,120.
func Thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
