package edit

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/charsync/charsync/pkg/spec"
)

// text offers a text in the style of the node, then in styles that can hold
// more, and at last between double quotes, which hold everything.
func (e *editor) text(n *node, s string, at spot) {
	style := n.yaml.Style
	switch {
	case n.prose() && spec.Blockable(s):
		if style&yaml.FoldedStyle != 0 {
			e.folded(n, s)
		}
		e.literal(n, s)
	case style&yaml.SingleQuotedStyle != 0 && !strings.Contains(s, "\n") && (s == "" || spec.Blockable(s)):
		e.put(n, "'"+strings.ReplaceAll(s, "'", "''")+"'", at)
	case style&yaml.DoubleQuotedStyle != 0:
		e.put(n, spec.Quote(s), at)
	}
	if style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && spec.Bare(s, at.flow) && !n.prose() {
		e.put(n, s, at)
	}
	if !at.flow && !n.prose() && spec.Prose(s) && strings.Contains(s, "\n") && at.col >= 0 {
		e.put(n, e.newBlock(s, at.col+step), at)
	}
	if flow, err := spec.EmitFlow(s, at.flow); err == nil {
		e.put(n, flow, at)
	}
	e.put(n, spec.Quote(s), at)
}

// newBlock is a literal block at an indentation, without its last line end.
func (e *editor) newBlock(s string, indent int) string {
	var b strings.Builder
	b.WriteString("|")
	for line := range strings.SplitSeq(s, "\n") {
		b.WriteString(e.eol)
		if line != "" {
			b.WriteString(strings.Repeat(" ", indent) + line)
		}
	}
	return b.String()
}

// header splits the header of a block: the indicators without the style, the
// digit of the indentation taken out, and what follows on the line.
func (e *editor) header(n *node) (chomp, digit, rest string) {
	line := bytes.TrimRight(e.file.src[n.value:nextLine(e.file.src, n.value)], "\r\n")
	i := 1
	for ; i < len(line) && !white(line[i]); i++ {
		if c := line[i]; c >= '1' && c <= '9' {
			digit = string(c)
		} else {
			chomp += string(c)
		}
	}
	return chomp, digit, string(line[i:])
}

// block offers lines as the text of a block that keeps its header.
func (e *editor) block(n *node, style, s string, lines []string) {
	chomp, digit, rest := e.header(n)
	indent := n.ci
	if digit == "" && (s[0] == ' ' || s[0] == '\n' || s[0] == '\t') {
		digit = string(rune('0' + min(9, n.ci-max(n.under, 0))))
	}
	var b strings.Builder
	b.WriteString(style + digit + chomp + rest)
	for _, line := range lines {
		b.WriteString(e.eol)
		if line != "" {
			b.WriteString(strings.Repeat(" ", indent) + line)
		}
	}
	end := e.end(n)
	if strings.Contains(chomp, "+") { // the blank lines that it keeps stay
		old := strings.TrimRight(string(e.file.src[n.value:end]), "\r\n \t")
		end = n.value + len(old)
	}
	e.offer(n.value, end, b.String())
}

func (e *editor) literal(n *node, s string) { e.block(n, "|", s, strings.Split(s, "\n")) }

// folded offers a folded block: paragraphs that are the same keep their
// lines, others are broken at about the width that the text had.
func (e *editor) folded(n *node, s string) {
	old := map[string][]string{}
	width := 0
	text := string(e.file.src[nextLine(e.file.src, n.value):e.end(n)])
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			old[strings.Join(lines, " ")] = lines
		}
		lines = nil
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if len(line) <= n.ci {
			flush()
			continue
		}
		lines = append(lines, line[n.ci:])
		width = max(width, len(line)-n.ci)
	}
	flush()
	width = min(max(width, 40), 100)
	var out []string
	paragraphs := strings.Split(s, "\n")
	for i, p := range paragraphs {
		if kept, ok := old[p]; ok {
			out = append(out, kept...)
		} else {
			out = append(out, wrap(p, width)...)
		}
		if i < len(paragraphs)-1 && p != "" {
			out = append(out, "") // one line end is two in a folded text
		}
	}
	e.block(n, ">", s, out)
}

// wrap breaks a line at single spaces.
func wrap(s string, width int) []string {
	if s == "" {
		return []string{""}
	}
	var out []string
	line := ""
	words := strings.Split(s, " ")
	for i, w := range words {
		breakable := line != "" && w != "" && !strings.HasPrefix(w, "\t") && words[i-1] != "" && !strings.HasSuffix(words[i-1], "\t")
		switch {
		case i == 0:
			line = w
		case breakable && len(line)+1+len(w) > width:
			out = append(out, line)
			line = w
		default:
			line += " " + w
		}
	}
	return append(out, line)
}
