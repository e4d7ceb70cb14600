package edit

import (
	"bytes"
	"slices"
	"strings"
)

// note is a line between values: blank, or a comment.
type note struct {
	text   string // from the # on; "" is a blank line
	indent int
	eol    string
}

func (n note) blank() bool { return n.text == "" }

// notes reads the whole lines of a range.
func (l *layout) notes(from, to int) []note {
	var out []note
	for at := from; at < to; {
		next := nextLine(l.src, at)
		line := string(l.src[at:next])
		text := strings.TrimRight(line, "\r\n")
		eol := line[len(text):]
		if eol == "" {
			eol = l.eol
		}
		body := strings.TrimLeft(text, " \t")
		out = append(out, note{text: body, indent: len(text) - len(body), eol: eol})
		at = next
	}
	return out
}

// inside splits off the notes that stand deeper than a column: they belong to
// the collection before them.
func inside(notes []note, col int) (in, out []note) {
	end := 0
	for i, n := range notes {
		if n.blank() {
			continue
		}
		if n.indent < col {
			break
		}
		end = i + 1
	}
	return notes[:end], notes[end:]
}

// footOf splits off the notes that belong to the entry before them: those
// that follow it at once and end in a blank line, and those that are deeper
// than its key. At the end of a collection nothing else claims them.
func footOf(notes []note, col int, last bool) (foot, rest []note) {
	i := 0
	for i < len(notes) && !notes[i].blank() && notes[i].indent > col {
		i++
	}
	end := i
	for end < len(notes) && !notes[end].blank() {
		end++
	}
	if end < len(notes) || last {
		i = end
	}
	return notes[:i], notes[i:]
}

// headerOf splits off the notes that belong to a document rather than to its
// first key: all paragraphs but the last, lines that editors look for, and
// everything above apiVersion and kind, of which nobody says anything.
func headerOf(notes []note, first string) (header, rest []note) {
	if first == "apiVersion" || first == "kind" {
		return notes, nil
	}
	end := 0
	for i, n := range notes {
		if n.blank() || strings.Trim(n.text, "# \t") == "" || modeline(n.text) {
			end = i + 1
		}
	}
	return notes[:end], notes[end:]
}

func modeline(comment string) bool {
	return slices.ContainsFunc([]string{"yaml-language-server:", "vim:", "-*-", "SPDX-", "Copyright", "prettier-ignore"},
		func(word string) bool { return strings.Contains(comment, word) })
}

// tail is what stands behind a value on its line: a comment with the space
// before it, or nothing.
func (l *layout) tail(at int) string {
	line := l.src[at:nextLine(l.src, at)]
	line = bytes.TrimRight(line, "\r\n")
	if len(bytes.Trim(line, " \t")) == 0 {
		return ""
	}
	return string(line)
}

// lineEnd is the line end of the line that holds an offset.
func (l *layout) lineEnd(at int) string {
	switch next := nextLine(l.src, at); {
	case next == 0 || l.src[next-1] != '\n':
		return l.eol
	case next > 1 && l.src[next-2] == '\r':
		return "\r\n"
	}
	return "\n"
}
