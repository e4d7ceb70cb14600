package edit

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// alias passes over *name.
func (c *cursor) alias(y *yaml.Node) error {
	if !strings.HasPrefix(string(c.src[c.pos:min(len(c.src), c.pos+1+len(y.Value))]), "*"+y.Value) {
		return c.lost("an alias is not where it should be")
	}
	c.pos += 1 + len(y.Value)
	return nil
}

// scalar passes over a text on one or several lines, quoted or plain.
func (c *cursor) scalar(y *yaml.Node) error {
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return c.quoted('"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		return c.quoted('\'')
	}
	return c.plain(y.Value)
}

func (c *cursor) quoted(quote byte) error {
	if c.peek() != quote {
		return c.lost("a quote is not where it should be")
	}
	for c.pos++; c.pos < len(c.src); c.pos++ {
		switch b := c.src[c.pos]; {
		case b == '\\' && quote == '"':
			c.pos++
		case b != quote:
		case quote == '\'' && c.pos+1 < len(c.src) && c.src[c.pos+1] == quote:
			c.pos++
		default:
			c.pos++
			return nil
		}
	}
	return c.lost("a quote is not closed")
}

// plain passes over an unquoted text: its value, in which white space stands
// for white space.
func (c *cursor) plain(value string) error {
	for i := 0; i < len(value); {
		if c.pos >= len(c.src) {
			return c.lost("a text is cut short")
		}
		if v, s := white(value[i]), white(c.src[c.pos]); v != s || !v && value[i] != c.src[c.pos] {
			return c.lost("a text is not what it should be")
		} else if !v {
			i++
			c.pos++
			continue
		}
		for i < len(value) && white(value[i]) {
			i++
		}
		for c.pos < len(c.src) && white(c.src[c.pos]) {
			c.pos++
		}
	}
	return nil
}

// blockScalar passes over a text behind | or >, as far as it counts: blank
// lines behind it belong to it only when the header keeps them.
func (c *cursor) blockScalar(n *node, under int) error {
	n.under = under
	if b := c.peek(); b != '|' && b != '>' {
		return c.lost("a block is not where it should be")
	}
	keep, explicit := false, 0
	for c.pos++; c.pos < len(c.src) && !white(c.src[c.pos]); c.pos++ {
		switch b := c.src[c.pos]; {
		case b == '+':
			keep = true
		case b >= '1' && b <= '9':
			explicit = int(b - '0')
		}
	}
	for space(c.peek()) {
		c.pos++
	}
	if c.peek() == '#' {
		c.comment()
	}
	c.endLine()
	if n.ci = max(under, 0) + explicit; explicit == 0 {
		n.ci = max(c.indentation(), under+1, 1)
	}
	for last := c.pos; ; {
		line, spaces := c.line(c.pos)
		switch {
		case c.pos >= len(c.src), spaces < n.ci && spaces < len(line):
			if !keep {
				c.pos = last
			}
			return nil
		case spaces > n.ci || spaces < len(line):
			c.endLine()
			last = c.pos
		default:
			c.endLine()
		}
	}
}

// indentation is that of a block's first line, or of the widest blank line
// before it.
func (c *cursor) indentation() int {
	widest := 0
	for at := c.pos; at < len(c.src); {
		line, spaces := c.line(at)
		if widest = max(widest, spaces); spaces < len(line) {
			break
		}
		at += len(line)
		for at < len(c.src) && c.src[at] != '\n' {
			at++
		}
		at++
	}
	return widest
}

// line returns the line that starts at an offset, without its end, and the
// number of spaces it begins with.
func (c *cursor) line(at int) (text []byte, spaces int) {
	if at >= len(c.src) {
		return nil, 0
	}
	end := at
	for end < len(c.src) && c.src[end] != '\n' {
		end++
	}
	if end > at && c.src[end-1] == '\r' {
		end--
	}
	text = c.src[at:end]
	for spaces < len(text) && text[spaces] == ' ' {
		spaces++
	}
	return text, spaces
}

// endLine goes to the start of the next line.
func (c *cursor) endLine() {
	for c.pos < len(c.src) && c.src[c.pos] != '\n' {
		c.pos++
	}
	if c.pos < len(c.src) {
		c.pos++
	}
}
