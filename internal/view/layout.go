package view

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/charsync/charsync/pkg/visible"
)

// run is a piece of text of one ink. Its text is sanitized already.
type run struct {
	text string
	ink  ink
}

// text makes runs of words that come from outside.
func text(i ink, s string) run { return run{Sanitize(s), i} }

// printer lays runs out in lines and remembers the first error.
type printer struct {
	out   *bufio.Writer
	style Style
	tone  tone
	err   error

	hinted map[string]bool                 // causes at an account whose hint was printed
	left   struct{ texts, characters int } // what was shown by its beginning, and what is missing of it
}

func newPrinter(w io.Writer, s Style) *printer { return commandPrinter(Commandless(w), s) }

// commandPrinter is a printer whose lines may be commands of a runner.
func commandPrinter(w io.Writer, s Style) *printer {
	return &printer{out: bufio.NewWriter(w), style: s, hinted: map[string]bool{}}
}

// close flushes; its error is that of the first write that failed.
func (p *printer) close() error {
	if err := p.out.Flush(); p.err == nil {
		p.err = err
	}
	return p.err
}

func (p *printer) write(s string) {
	if p.err == nil {
		_, p.err = p.out.WriteString(s)
	}
}

func (p *printer) blank() { p.write("\n") }

// line prints runs from a column on, wrapped; what does not fit goes on two
// columns further in.
func (p *printer) line(indent int, runs ...run) { p.hang(indent, nil, indent+2, runs) }

// item prints a lead and goes on behind it; further lines are set in.
func (p *printer) item(indent int, lead []run, body ...run) { p.hang(indent, lead, indent+4, body) }

// para prints a lead, such as a sign with a number, and beside it a body that
// keeps to its own column.
func (p *printer) para(indent int, lead []run, body []run) {
	p.hang(indent, lead, indent+runsWidth(lead), body)
}

func runsWidth(runs []run) int {
	columns := 0
	for _, r := range runs {
		columns += width(r.text)
	}
	return columns
}

func (p *printer) hang(indent int, lead []run, column int, body []run) {
	p.write(strings.Repeat(" ", indent))
	at := indent
	for _, r := range lead {
		p.write(p.style.paint(r.ink, r.text))
		at += width(r.text)
	}
	for i, row := range wrap(body, at, column, p.style.width()) {
		if i > 0 {
			p.write("\n" + strings.Repeat(" ", column))
		}
		p.row(row)
	}
	p.write("\n")
}

// row prints a line's runs. Right-to-left text is isolated, but for the spaces
// around it, so that the marks beside it stay where they are. What the end of
// a line, or a mark, has parted from its neighbours is looked at again: a
// joiner there joins nothing.
func (p *printer) row(runs []run) {
	for _, r := range runs {
		t := visible.Escape(r.text, "\t")
		if p.style.Unicode && rightToLeft(t) {
			core := strings.TrimSpace(t)
			before, after, _ := strings.Cut(t, core)
			t = before + "\u2068" + core + "\u2069" + after
		}
		p.write(p.style.paint(r.ink, t))
	}
}

func rightToLeft(s string) bool {
	for _, r := range s {
		if r >= 0x590 && (r <= 0x8FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC || r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EEFF) {
			return true
		}
	}
	return false
}

// width is the number of columns that text takes.
func width(s string) int {
	if visible.Printable(s, "") {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

// cluster is what can't be parted: a grapheme cluster with its place.
type cluster struct {
	text  string
	width int
	run   int // the run it is from, by its place
	ink   ink
	brk   bool // a line may end behind it
	end   bool // a line ends here; text is "\n"
}

// wrap breaks runs into rows: the first starts at a column, all others at
// another one, none goes past the limit unless a single cluster does.
func wrap(runs []run, at, column, limit int) [][]run {
	var rows [][]run
	var row, word []cluster
	used, wordWidth := at, 0
	flush := func() {
		rows = append(rows, joinClusters(row))
		row, used = row[:0], column
	}
	place := func() { // the word joins the row, or opens the next one
		if visible := wordWidth - trailing(word); used+visible > limit && used > column && len(row) > 0 {
			flush()
		}
		for _, c := range word {
			if used+c.width > limit && used > column && c.text != " " {
				flush()
			}
			row = append(row, c)
			used += c.width
		}
		word, wordWidth = word[:0], 0
	}
	for _, c := range clusters(runs) {
		if c.end {
			place()
			flush()
			continue
		}
		word = append(word, c)
		wordWidth += c.width
		if c.brk {
			place()
		}
	}
	place()
	return append(rows, joinClusters(row))
}

// trailing is the width of the spaces at the end, which may hang over.
func trailing(word []cluster) int {
	n := 0
	for i := len(word) - 1; i >= 0 && word[i].text == " "; i-- {
		n++
	}
	return n
}

// joinClusters makes runs again, without the spaces at the end of a row.
func joinClusters(row []cluster) []run {
	row = row[:len(row)-trailing(row)]
	var out []run
	for start := 0; start < len(row); {
		end := start
		var b strings.Builder
		for end < len(row) && row[end].run == row[start].run {
			b.WriteString(row[end].text)
			end++
		}
		out = append(out, run{b.String(), row[start].ink})
		start = end
	}
	return out
}

// clusters cuts all runs, as one text, into clusters. A tab is four spaces.
func clusters(runs []run) []cluster {
	var all strings.Builder
	for _, r := range runs {
		all.WriteString(r.text)
	}
	out := make([]cluster, 0, all.Len())
	rest, state := all.String(), -1
	at, left := 0, 0 // the run that the place is in, and how much of it is left
	for rest != "" {
		for left <= 0 {
			left += len(runs[at].text)
			at++
		}
		c := cluster{run: at, ink: runs[at-1].ink}
		if simple(rest) {
			c.text, rest, state = rest[:1], rest[1:], -1
			c.width, c.brk = 1, c.text == " "
		} else {
			var bounds int
			c.text, rest, bounds, state = uniseg.StepString(rest, state)
			c.width = bounds >> uniseg.ShiftWidth
			c.brk = bounds&uniseg.MaskLine != uniseg.LineDontBreak && rest != ""
		}
		left -= len(c.text)
		switch c.text {
		case "\n", "\r\n":
			c.end = true
			out = append(out, c)
		case "\t":
			for range 4 {
				out = append(out, cluster{text: " ", width: 1, run: c.run, ink: c.ink, brk: true})
			}
		default:
			out = append(out, c)
		}
	}
	return out
}

// simple reports that the first character is printable ASCII and stands alone.
func simple(s string) bool {
	return s[0] >= ' ' && s[0] < 0x7F && (len(s) == 1 || s[1] < utf8.RuneSelf)
}

// clip shortens text to a number of columns, with an ellipsis, in whole
// clusters.
func (s Style) clip(text string, columns int) string {
	if width(text) <= columns {
		return text
	}
	columns -= width(s.ellipsis())
	n, used, state := 0, 0, -1
	for rest := text; rest != ""; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+w > columns {
			break
		}
		n, used = n+len(c), used+w
	}
	return strings.TrimRight(text[:n], " ") + s.ellipsis()
}
