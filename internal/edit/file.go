package edit

import (
	"bytes"

	"gopkg.in/yaml.v3"

	"github.com/charsync/charsync/pkg/spec"
)

// mark is the byte order mark that some editors put before a text.
const mark = "\xef\xbb\xbf"

// file is a text with its documents. Offsets do not count the byte order mark.
type file struct {
	name     string
	src      []byte
	marked   bool
	values   []any   // what the documents say; only after open
	roots    []*node // of documents that hold anything
	comments []span
}

// read parses a text and finds where everything in it stands.
func read(name string, data []byte) (*file, []spec.Diagnostic, error) {
	src, marked := bytes.CutPrefix(data, []byte(mark))
	documents, found := spec.Documents(name, src)
	if len(found) > 0 {
		return nil, found, nil
	}
	f := &file{name: name, src: src, marked: marked}
	c := newCursor(src)
	for _, y := range documents {
		c.between()
		root, err := c.at(y, -1)
		if err != nil {
			return nil, nil, err
		}
		f.roots = append(f.roots, root)
	}
	c.between()
	if c.pos < len(src) {
		return nil, nil, c.lost("there is more than was read")
	}
	f.comments = c.comments
	return f, nil, nil
}

// open reads a text that is to be changed, with what its documents say.
func open(name string, data []byte) (*file, error) {
	f, found, err := read(name, data)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		roots := make([]*yaml.Node, len(f.roots))
		for i, root := range f.roots {
			roots[i] = root.yaml
		}
		f.values, found = spec.ValuesOf(name, f.src, roots)
	}
	if len(found) > 0 {
		return nil, found[0]
	}
	return f, nil
}

// text is the file with its byte order mark.
func (f *file) text() []byte {
	if f.marked {
		return append([]byte(mark), f.src...)
	}
	return f.src
}

// between passes over what stands between documents: markers and directives.
func (c *cursor) between() {
	for {
		c.trivia()
		rest := c.src[c.pos:]
		if len(rest) == 0 || c.column(c.pos) != 0 {
			return
		}
		switch {
		case marker(rest):
			c.pos += 3
		case rest[0] == '%':
			c.endLine()
		default:
			return
		}
	}
}

// marker reports a line that begins or ends a document.
func marker(rest []byte) bool {
	if !bytes.HasPrefix(rest, []byte("---")) && !bytes.HasPrefix(rest, []byte("...")) {
		return false
	}
	return len(rest) == 3 || white(rest[3])
}

// child returns the entry of a mapping by its key, or nil.
func (n *node) child(key string) *node {
	if n == nil || !n.mapping() {
		return nil
	}
	for _, e := range n.list {
		if e.key.yaml.Kind == yaml.ScalarNode && e.key.yaml.Value == key {
			return e.value
		}
	}
	return nil
}

// kind is what a document of charsync says it is, or "" for others.
func (n *node) kind() string {
	version := n.child("apiVersion")
	if version == nil || !bytes.HasPrefix([]byte(version.yaml.Value), []byte("charsync.dev/")) {
		return ""
	}
	if kind := n.child("kind"); kind != nil {
		return kind.yaml.Value
	}
	return ""
}
