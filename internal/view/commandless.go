package view

import (
	"io"
	"unicode"
	"unicode/utf8"
)

// Commandless keeps the runner of GitHub Actions from taking text for a
// command: it obeys lines that begin with two colons, and older commands
// anywhere in a line. What could be one gets a space between its signs; all
// other text passes as it is, and no part of it is held back.
func Commandless(w io.Writer) io.Writer { return &commandless{w: w, begins: true} }

type commandless struct {
	w      io.Writer
	begins bool // nothing but white space stands in this line yet
	colon  bool // nothing but that and one colon
	hashes int  // number signs at the end of what was written, up to two
}

func (c *commandless) Write(p []byte) (int, error) {
	done := 0 // what of p is written
	for i, b := range p {
		if (c.colon && b == ':') || (c.hashes == 2 && b == '[') {
			if _, err := c.w.Write(append(p[done:i:i], ' ')); err != nil {
				return done, err
			}
			done = i
		}
		c.take(b, p[i:])
	}
	n, err := c.w.Write(p[done:])
	return done + n, err
}

// take brings what is known of the line up to date with a byte, the first of
// the rest.
func (c *commandless) take(b byte, rest []byte) {
	if b == '#' {
		c.hashes = min(c.hashes+1, 2)
	} else {
		c.hashes = 0
	}
	c.colon = c.begins && b == ':'
	switch {
	case b == '\n', b == '\r':
		c.begins = true
	case c.begins && b < utf8.RuneSelf:
		c.begins = unicode.IsSpace(rune(b))
	case c.begins: // a part of a character, where a write ends in one, may be of a space
		r, _ := utf8.DecodeRune(rest)
		c.begins = r == utf8.RuneError || unicode.IsSpace(r)
	}
}
