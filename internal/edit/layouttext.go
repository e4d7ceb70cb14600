package edit

import (
	"bytes"
	"strings"
)

// shifted is a text or a flow collection whose later lines move by so many
// columns. They stay deeper than the collection around them where they were.
func (l *layout) shifted(v *node, old, indent, delta int) string {
	text := string(l.src[v.start:v.end])
	if delta == 0 || !strings.Contains(text, "\n") {
		return text
	}
	var b strings.Builder
	for i, line := range strings.SplitAfter(text, "\n") {
		body := strings.TrimLeft(line, " ")
		if spaces := len(line) - len(body); i > 0 && strings.TrimSpace(body) != "" && spaces >= old {
			line = strings.Repeat(" ", max(spaces+delta, indent+min(spaces-old, 1))) + body
		}
		b.WriteString(line)
	}
	return b.String()
}

// blockText writes the lines of a block scalar below their header. Without an
// indentation in the header they go one step deeper than the key.
func (l *layout) blockText(v *node, indent int) {
	deeper := indent + step
	header := l.src[v.value:nextLine(l.src, v.value)]
	indicators, _, _ := bytes.Cut(header, []byte("#"))
	if explicit := bytes.IndexAny(indicators, "123456789"); explicit >= 0 {
		deeper = indent + int(indicators[explicit]-'0')
	}
	for at := nextLine(l.src, v.value); at < v.end; {
		next := nextLine(l.src, at)
		line := bytes.TrimRight(l.src[at:next], "\n")
		line = bytes.TrimSuffix(line, []byte("\r"))
		text := ""
		if len(line) > v.ci {
			text = strings.Repeat(" ", deeper) + string(line[v.ci:])
		}
		l.put(text, l.lineEnd(at))
		at = next
	}
	l.kept = bytes.IndexByte(indicators, '+') >= 0
}
