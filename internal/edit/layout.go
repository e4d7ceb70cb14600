package edit

import (
	"bytes"
	"strings"
)

// step is the number of columns per level.
const step = 2

// layout writes one document anew, from pieces of its text.
type layout struct {
	src     []byte
	eol     string
	compare func(a, b string) int
	out     []byte
	pending bool // a blank line is due before the next line
	kept    bool // the last line belongs to a block that keeps its blank lines
}

// put writes a line.
func (l *layout) put(text, eol string) {
	if l.pending && !l.kept && len(l.out) > 0 {
		l.out = append(l.out, l.eol...)
	}
	l.pending, l.kept = false, false
	l.out = append(append(l.out, text...), eol...)
}

// notesAt writes notes at a column.
func (l *layout) notesAt(notes []note, indent int) {
	for _, n := range notes {
		if n.blank() {
			l.pending = true
			continue
		}
		l.put(strings.Repeat(" ", indent)+n.text, n.eol)
	}
}

// document writes the lines of a region around a root.
func (l *layout) document(root *node, from, to int) error {
	first := l.notes(from, lineStart(l.src, root.start))
	var header []note
	if root.mapping() {
		header, first = headerOf(first, root.list[0].key.yaml.Value)
	}
	l.notesAt(header, 0)
	rest := l.notes(after(l.src, root.end), to)
	return l.collection(root, place{lead: first, rest: rest, root: true})
}

// place says where a collection goes.
type place struct {
	indent int
	prefix string // stands before its first entry, in place of the indentation
	hoist  int    // the column for notes that would have to stand inside the prefix
	lead   []note // before its first entry
	rest   []note // behind its last one
	root   bool
}

// part is an entry with the notes that travel with it.
type part struct {
	entry
	lead, foot, inner []note
}

// collection writes a mapping or list in block style.
func (l *layout) collection(n *node, at place) error {
	parts, rest := l.parts(n, at)
	l.arrange(n, parts)
	for i, p := range parts {
		indent, prefix := at.indent, strings.Repeat(" ", at.indent)
		lead := p.lead
		if i == 0 {
			for len(lead) > 0 && lead[0].blank() {
				lead = lead[1:]
			}
			if at.prefix != "" {
				indent, prefix = at.hoist, at.prefix
			}
		}
		l.notesAt(lead, indent)
		hoist := at.indent
		if i == 0 && at.prefix != "" {
			hoist = at.hoist
		}
		if err := l.entry(n, p, prefix, place{indent: at.indent, hoist: hoist}); err != nil {
			return err
		}
		l.notesAt(p.foot, at.indent)
	}
	l.notesAt(rest, at.indent)
	return nil
}

// parts gives each entry its notes, and returns those that stay at the end.
func (l *layout) parts(n *node, at place) (parts []part, rest []note) {
	lead := at.lead
	for i, e := range n.list {
		p := part{entry: e, lead: lead}
		last := i == len(n.list)-1
		gap := at.rest
		if !last {
			gap = l.notes(after(l.src, e.end()), lineStart(l.src, n.list[i+1].start(n.sequence())))
		}
		if e.value.block() {
			p.inner, gap = inside(gap, max(e.value.col, n.col+1))
		}
		if last && at.root {
			rest = gap
		} else {
			p.foot, lead = footOf(gap, n.col, last)
			rest = lead
		}
		parts = append(parts, p)
	}
	return parts, rest
}

// end is the offset behind the entry.
func (e entry) end() int { return max(e.value.end, e.colon, e.dash+1) }

// entry writes a key or a dash with its value.
func (l *layout) entry(n *node, p part, prefix string, at place) error {
	line, from := prefix+"-", p.dash+1
	if p.key != nil {
		if bytes.IndexByte(l.src[p.key.start:p.key.end], '\n') >= 0 {
			return errUnusual
		}
		line, from = prefix+string(l.src[p.key.start:p.key.end])+":", p.colon
	}
	v := p.value
	here := lineStart(l.src, from) == lineStart(l.src, v.start)
	switch {
	case v.empty():
		l.put(line+l.tail(from), l.lineEnd(from))
		return nil
	case v.block():
		return l.nested(p, line, from, here, at)
	case v.prose():
		if !here || lineStart(l.src, v.start) != lineStart(l.src, v.value) {
			return errUnusual
		}
		l.put(line+" "+l.header(v.start), l.lineEnd(v.start))
		l.blockText(v, at.indent)
		return nil
	case here:
		l.put(line+" "+l.shifted(v, n.col, at.indent, at.indent-n.col)+l.tail(v.end), l.lineEnd(v.end))
		return nil
	}
	l.put(line+l.tail(from), l.lineEnd(from))
	deeper := at.indent + step
	l.notesAt(unblank(l.notes(nextLine(l.src, from), lineStart(l.src, v.start))), deeper)
	delta := deeper - (v.start - lineStart(l.src, v.start))
	l.put(strings.Repeat(" ", deeper)+l.shifted(v, n.col, at.indent, delta)+l.tail(v.end), l.lineEnd(v.end))
	return nil
}

// nested writes a block collection behind its key or dash.
func (l *layout) nested(p part, line string, from int, here bool, at place) error {
	v := p.value
	below := place{indent: at.indent + step, rest: p.inner}
	switch same := lineStart(l.src, v.start) == lineStart(l.src, v.value); {
	case here && same && v.start == v.value && p.key == nil:
		below.prefix, below.hoist = line+" ", at.hoist
		return l.collection(v, below)
	case here && !same:
		line, from = line+" "+l.header(v.start), v.start
	case here || v.start != v.value:
		return errUnusual
	default:
		line += l.tail(from)
	}
	if lineStart(l.src, v.value)+v.col != v.value {
		return errUnusual
	}
	l.put(line, l.lineEnd(from))
	below.lead = l.notes(nextLine(l.src, from), lineStart(l.src, v.value))
	return l.collection(v, below)
}

// header is the rest of a line; white space at its end goes unless a comment
// stands there.
func (l *layout) header(at int) string {
	text := l.tail(at)
	if strings.Contains(text, "#") {
		return text
	}
	return strings.TrimRight(text, " \t")
}

func unblank(notes []note) []note {
	for len(notes) > 0 && notes[0].blank() {
		notes = notes[1:]
	}
	return notes
}

func lineStart(src []byte, at int) int { return bytes.LastIndexByte(src[:at], '\n') + 1 }
