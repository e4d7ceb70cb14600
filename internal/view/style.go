// Package view renders plans, results, findings and tables. Text is for
// people: everything that comes from manifests or providers passes Sanitize on
// its way out, so that prose can't steer the terminal. JSON is for programs
// and holds values as they are.
package view

import "github.com/muesli/termenv"

// Style is how text is written; the command line decides it.
type Style struct {
	Color   bool // SGR sequences, beside the marks [-old-]{+new+}
	Width   int  // columns; 0 is 100
	Costs   bool // what a plan cost, and what applying it will
	Detail  bool // ids, every field of what is new, and losses that were told before
	Full    bool // texts whole, and not by their beginnings
	Unicode bool // arrows, dots and isolates; without it ASCII alone
}

// Bounds of a line's width.
const (
	defaultWidth = 100
	minWidth     = 40
)

func (s Style) width() int {
	if s.Width <= 0 {
		return defaultWidth
	}
	return max(s.Width, minWidth)
}

// ink is the meaning of a piece of text; colours follow from it.
type ink uint8

const (
	plain ink = iota
	strong
	faint
	added
	removed
	insertion // words inside a sentence
	deletion
	changed
	alarming
	drifting
)

// paint wraps text in SGR sequences of the sixteen colours that every theme
// defines. Words inserted are underlined and words deleted struck through as
// well, so that white space shows and nobody depends on telling red from green.
func (s Style) paint(i ink, text string) string {
	if !s.Color || i == plain || text == "" {
		return text
	}
	p := termenv.ANSI
	st := p.String(text)
	switch i {
	case strong:
		st = st.Bold()
	case faint:
		st = st.Faint()
	case added:
		st = st.Foreground(p.Color("2"))
	case removed:
		st = st.Foreground(p.Color("1"))
	case insertion:
		st = st.Foreground(p.Color("2")).Underline()
	case deletion:
		st = st.Foreground(p.Color("1")).CrossOut()
	case changed:
		st = st.Foreground(p.Color("3"))
	case alarming:
		st = st.Foreground(p.Color("1")).Bold()
	case drifting:
		st = st.Foreground(p.Color("5"))
	}
	return st.String()
}

// glyph picks the sign for a style.
func (s Style) glyph(unicode, ascii string) string {
	if s.Unicode {
		return unicode
	}
	return ascii
}

func (s Style) ellipsis() string { return s.glyph("…", "...") }
func (s Style) arrow() string    { return s.glyph("→", "->") }
func (s Style) drift() string    { return s.glyph("≠", "!=") }
func (s Style) moved() string    { return s.glyph("↕", "^") }
func (s Style) newline() string  { return s.glyph("↵", `\n`) }
