package edit

import (
	"bytes"
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// errUnusual is for YAML that can be read but that no edit is tried on: keys
// behind a question mark, properties on lines of their own.
var errUnusual = errors.New("the file uses a form of YAML that charsync leaves alone")

// node is a value and where it stands. Offsets are bytes of the text.
type node struct {
	yaml  *yaml.Node
	start int // with its anchor and tag
	value int // without them
	end   int // of a block scalar: after the line end of its last line
	col   int // of a block collection: the column of its keys or dashes, from 0
	ci    int // of a block scalar: the columns that its text is indented by
	under int // of a block scalar: the column of the collection around it; -1 is none
	list  []entry
}

// entry is an element of a list, or a key with its value.
type entry struct {
	key   *node // nil in lists
	dash  int   // in block lists: the dash
	colon int   // after the colon; 0 where a flow entry has none
	value *node
}

// start is where the entry begins.
func (e entry) start(list bool) int {
	switch {
	case e.key != nil:
		return e.key.start
	case list:
		return e.dash
	}
	return e.value.start
}

func (n *node) flow() bool     { return n.yaml.Style&yaml.FlowStyle != 0 }
func (n *node) mapping() bool  { return n.yaml.Kind == yaml.MappingNode }
func (n *node) sequence() bool { return n.yaml.Kind == yaml.SequenceNode }

// block reports a collection in block style.
func (n *node) block() bool { return (n.mapping() || n.sequence()) && !n.flow() }

// prose reports a block scalar.
func (n *node) prose() bool { return n.yaml.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 }

// empty reports a value of which nothing is written.
func (n *node) empty() bool { return n.start == n.end }

// blank reports a YAML node that is not written at all, properties aside.
func blank(y *yaml.Node) bool {
	return y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&^yaml.TaggedStyle == 0
}

// span is a range of bytes.
type span struct{ from, to int }

// cursor walks through the text beside the tree that the YAML library made of
// it. The library knows where values begin; where they end is found here, and
// a byte that is neither white space, nor a comment, nor what the tree says
// stops the walk.
type cursor struct {
	src      []byte
	pos      int
	lines    []int // offsets of line starts
	comments []span

	counted struct{ line, to, runes int } // so far on a line: each is counted once
}

func newCursor(src []byte) *cursor {
	c := &cursor{src: src, lines: []int{0}}
	for i, b := range src {
		if b == '\n' {
			c.lines = append(c.lines, i+1)
		}
	}
	return c
}

func (c *cursor) lost(what string) error {
	line := 1 + bytes.Count(c.src[:min(c.pos, len(c.src))], []byte("\n"))
	return fmt.Errorf("%w (line %d: %s)", errUnusual, line, what)
}

func (c *cursor) peek() byte {
	if c.pos < len(c.src) {
		return c.src[c.pos]
	}
	return 0
}

func space(b byte) bool { return b == ' ' || b == '\t' }
func white(b byte) bool { return space(b) || b == '\n' || b == '\r' }

// ends reports whether nothing, or white space, stands at an offset.
func (c *cursor) ends(at int) bool { return at >= len(c.src) || white(c.src[at]) }

// trivia passes over white space and comments.
func (c *cursor) trivia() {
	for c.pos < len(c.src) {
		switch b := c.src[c.pos]; {
		case white(b):
			c.pos++
		case b == '#' && (c.pos == 0 || white(c.src[c.pos-1])):
			c.comment()
		default:
			return
		}
	}
}

// comment passes over a comment, as far as its line ends.
func (c *cursor) comment() {
	from := c.pos
	for c.pos < len(c.src) && c.src[c.pos] != '\n' {
		c.pos++
	}
	to := c.pos
	if to > from && c.src[to-1] == '\r' {
		to--
	}
	c.comments = append(c.comments, span{from, to})
}

// column is the distance of an offset from the start of its line, in bytes.
func (c *cursor) column(at int) int {
	return at - (bytes.LastIndexByte(c.src[:at], '\n') + 1)
}

// is reports whether an offset is where the library saw a node begin.
func (c *cursor) is(at int, y *yaml.Node) bool {
	if y.Line < 1 || y.Line > len(c.lines) {
		return false
	}
	if c.counted.line != y.Line || c.counted.to > at {
		c.counted.line, c.counted.to, c.counted.runes = y.Line, c.lines[y.Line-1], 0
	}
	if at < c.counted.to {
		return false
	}
	c.counted.runes += runes(c.src[c.counted.to:at])
	c.counted.to = at
	return c.counted.runes == y.Column-1
}

func runes(b []byte) int {
	n := 0
	for _, c := range b {
		if c&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// at finds a node; under is the column of the block collection around it.
func (c *cursor) at(y *yaml.Node, under int) (*node, error) {
	n := &node{yaml: y, start: c.pos, value: c.pos, end: c.pos}
	if blank(y) && y.Anchor == "" && y.Style&yaml.TaggedStyle == 0 {
		before, seen := c.pos, len(c.comments)
		c.trivia()
		if c.peek() != '!' || !c.is(c.pos, y) { // a lone "!" is a tag that the library forgets
			c.pos, c.comments = before, c.comments[:seen]
			return n, nil
		}
	}
	c.trivia()
	n.start = c.pos
	if !c.is(c.pos, y) {
		return nil, c.lost("a value is not where it should be")
	}
	if err := c.properties(n); err != nil {
		return nil, err
	}
	if blank(y) {
		return n, nil
	}
	err := c.content(n, under)
	return n, err
}

// properties passes over an anchor and a tag.
func (c *cursor) properties(n *node) error {
	y := n.yaml
	anchors, tags := 0, 0
	if y.Anchor != "" {
		anchors = 1
	}
	if y.Style&yaml.TaggedStyle != 0 || y.Kind == yaml.ScalarNode {
		tags = 1
	}
	for {
		switch b := c.peek(); {
		case b == '&' && anchors > 0 && y.Kind != yaml.AliasNode:
			anchors--
		case b == '!' && tags > 0 && y.Kind != yaml.AliasNode:
			tags--
		default:
			n.value = c.pos
			if anchors > 0 {
				return c.lost("an anchor is not where it should be")
			}
			return nil
		}
		for !c.ends(c.pos) && !(c.src[c.pos] == ',' || c.src[c.pos] == ']' || c.src[c.pos] == '}') {
			c.pos++
		}
		n.end = c.pos
		if blank(y) {
			// Another property may follow on the line; nothing else does.
			for space(c.peek()) {
				c.pos++
			}
			if b := c.peek(); b == '&' && anchors > 0 || b == '!' && tags > 0 {
				continue
			}
			c.pos = n.end
			n.value = n.end
			if anchors > 0 {
				return c.lost("an anchor is not where it should be")
			}
			return nil
		}
		c.trivia()
	}
}

// content passes over what a node says, and notes where that ends. under is
// the column of the block around it.
func (c *cursor) content(n *node, under int) error {
	y := n.yaml
	var err error
	switch {
	case y.Kind == yaml.AliasNode:
		err = c.alias(y)
	case y.Kind == yaml.ScalarNode && n.prose():
		err = c.blockScalar(n, under)
	case y.Kind == yaml.ScalarNode:
		err = c.scalar(y)
	case n.flow():
		err = c.flowCollection(n)
	case n.mapping():
		err = c.blockMapping(n)
	default:
		err = c.blockSequence(n)
	}
	n.end = c.pos
	return err
}

func (c *cursor) blockMapping(n *node) error {
	n.col = c.column(c.pos)
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		c.trivia()
		if c.peek() == '?' && c.ends(c.pos+1) || c.column(c.pos) != n.col {
			return c.lost("a key that does not begin its line")
		}
		key, err := c.at(n.yaml.Content[i], n.col)
		if err != nil {
			return err
		}
		if key.yaml.Kind != yaml.ScalarNode || key.empty() {
			return c.lost("a key that is no text")
		}
		for space(c.peek()) {
			c.pos++
		}
		if c.peek() != ':' {
			return c.lost("a key without a colon")
		}
		c.pos++
		e := entry{key: key, colon: c.pos}
		if e.value, err = c.at(n.yaml.Content[i+1], n.col); err != nil {
			return err
		}
		n.list = append(n.list, e)
	}
	return nil
}

func (c *cursor) blockSequence(n *node) error {
	n.col = c.column(c.pos)
	for _, y := range n.yaml.Content {
		c.trivia()
		if c.peek() != '-' || !c.ends(c.pos+1) || c.column(c.pos) != n.col {
			return c.lost("an element without a dash")
		}
		e := entry{dash: c.pos}
		c.pos++
		var err error
		if e.value, err = c.at(y, n.col); err != nil {
			return err
		}
		n.list = append(n.list, e)
	}
	return nil
}
