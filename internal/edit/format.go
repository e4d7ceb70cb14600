package edit

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/charsync/charsync/pkg/spec"
)

// ErrUnsafe is the error of an edit whose result would not say the same.
var ErrUnsafe = errors.New("the result would not say the same as the file")

// Format returns a file in the canonical layout: keys in their usual order,
// two columns per level, no more than one blank line at a time, a line end at
// the end. Comments travel with the key they belong to. What is inside
// quotes, blocks and brackets stays as it is, but for the indentation of
// blocks and of lines that continue.
//
// Documents that are not charsync's, and those in forms of YAML that are not
// understood here to the last byte, stay as they are. A file that can't be
// parsed comes back as it is, with what is wrong. An error is ErrUnsafe: the
// file comes back as it is then, too.
func Format(name string, data []byte) ([]byte, []spec.Diagnostic, error) {
	f, found, err := read(name, data)
	if len(found) > 0 || errors.Is(err, errUnusual) {
		return data, found, nil
	}
	if err != nil {
		return data, nil, err
	}
	out := f.format()
	if f.marked {
		out = append([]byte(mark), out...)
	}
	if bytes.Equal(out, data) {
		return data, nil, nil
	}
	g, found, err := read(name, out)
	if len(found) > 0 {
		return data, nil, fmt.Errorf("format %s: %w: %w", name, ErrUnsafe, found[0])
	}
	if err != nil {
		return data, nil, fmt.Errorf("format %s: %w: %w", name, ErrUnsafe, err)
	}
	if err := f.same(g); err != nil {
		return data, nil, fmt.Errorf("format %s: %w: %w", name, ErrUnsafe, err)
	}
	return out, nil, nil
}

func (f *file) format() []byte {
	l := &layout{src: f.src, eol: f.lineEnd()}
	done := 0
	for i, root := range f.roots {
		from, to, ok := f.region(i)
		if !ok || root.kind() == "" {
			continue
		}
		part := &layout{src: l.src, eol: l.eol, compare: keyOrder(root.kind())}
		if err := part.document(root, from, to); err != nil {
			continue
		}
		l.out = append(l.out, l.src[done:from]...)
		if part.pending && !part.kept && to < len(l.src) {
			part.out = append(part.out, l.eol...)
		}
		l.out = append(l.out, part.out...)
		done = to
	}
	return append(l.out, l.src[done:]...)
}

func keyOrder(kind string) func(a, b string) int {
	if kind == "Project" {
		return spec.CompareProjectKeys
	}
	return spec.CompareKeys
}

// lineEnd is the line end of the first line.
func (f *file) lineEnd() string {
	if i := bytes.IndexByte(f.src, '\n'); i > 0 && f.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// region is the range of whole lines around a document, between markers. It
// is not ok when the document begins on the line of its marker.
func (f *file) region(i int) (from, to int, ok bool) {
	root, floor := f.roots[i], 0
	if i > 0 {
		floor = f.after(f.roots[i-1])
	}
	first := bytes.LastIndexByte(f.src[:root.start], '\n') + 1
	if len(bytes.Trim(f.src[first:root.start], " ")) > 0 || !root.block() {
		return 0, 0, false
	}
	for from = first; from > floor; {
		previous := bytes.LastIndexByte(f.src[:from-1], '\n') + 1
		if rest := f.src[previous:]; marker(rest) || rest[0] == '%' {
			break
		}
		from = previous
	}
	for to = f.after(root); to < len(f.src); to = nextLine(f.src, to) {
		if rest := f.src[to:]; marker(rest) || rest[0] == '%' {
			break
		}
	}
	return from, to, true
}

// after is the start of the first line behind a node.
func (f *file) after(n *node) int { return after(f.src, n.end) }

func after(src []byte, end int) int {
	if end > 0 && src[end-1] == '\n' {
		return end
	}
	return nextLine(src, end)
}

// nextLine is the start of the line behind the one that holds an offset.
func nextLine(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(src)
}
