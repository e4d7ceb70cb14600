package spec

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Most of a manifest is prose in literal blocks, which the YAML parser reads
// one character at a time. Here it is given the same file with the lines of
// these blocks emptied; their texts, which are what YAML says they are, are put
// into its nodes afterwards. Whatever does not look exactly as expected, before
// or after, is left to the parser alone: see hollow and fill.

// literalBlock is a literal block whose lines were emptied.
type literalBlock struct {
	token string // the first line of what stands there instead
	text  string
}

// documents parses the file by way of its hollow form. The nodes are the same
// as those of the file itself; ok is false when that way can't be taken.
func (s *source) documents() (roots []*yaml.Node, ok bool) {
	emptied, blocks := hollow(s.data)
	if len(blocks) == 0 {
		return nil, false
	}
	decoder := yaml.NewDecoder(bytes.NewReader(emptied))
	filled := 0
	for range maxDocuments {
		var document yaml.Node
		err := decode(decoder, &document)
		if errors.Is(err, io.EOF) {
			return roots, filled == len(blocks)
		}
		if err != nil {
			return nil, false
		}
		filled += fill(&document, blocks)
		roots = append(roots, content(&document))
	}
	return nil, false
}

// fill puts the texts into the nodes that hold their tokens, and counts them.
func fill(n *yaml.Node, blocks map[int]literalBlock) (filled int) {
	if n.Kind == yaml.ScalarNode && n.Style&yaml.LiteralStyle != 0 {
		b, ok := blocks[n.Line]
		if first, _, _ := strings.Cut(n.Value, "\n"); ok && first == b.token {
			n.Value = b.text
			return 1
		}
	}
	for _, inner := range n.Content {
		filled += fill(inner, blocks)
	}
	return filled
}

// hollow empties the literal blocks of a file, by the line of their keys. In
// each the first line becomes a token and the others a single character, so
// that every line keeps its indentation and its being blank or not, which is
// all that decides where a block ends. A key that only seems to be one, in a
// comment or in another text, leaves its token where no node of its line has
// it. The result is nil when nothing is to be gained, or tabs or the end of
// the file make it hard to tell.
func hollow(data []byte) (emptied []byte, blocks map[int]literalBlock) {
	if len(data) == 0 || data[len(data)-1] != '\n' || bytes.IndexByte(data, '\r') >= 0 {
		return nil, nil
	}
	rest, written := data, data // what is to be looked at, and what is not yet copied
	for number := 1; len(rest) > 0; number++ {
		end := bytes.IndexByte(rest, '\n') + 1
		line := rest[:end]
		rest = rest[end:]
		indent, keeps, heads := header(line)
		if !heads {
			continue
		}
		lines, size, ok := extent(rest, indent)
		if !ok {
			return nil, nil
		}
		if lines == 0 {
			continue
		}
		if blocks == nil {
			emptied, blocks = make([]byte, 0, len(data)/4), map[int]literalBlock{}
		}
		b := literalBlock{token: "\ue000" + strconv.Itoa(number)}
		emptied = append(emptied, written[:len(written)-len(rest)]...)
		emptied, b.text = replace(emptied, rest[:size], b.token, keeps)
		blocks[number] = b
		rest = rest[size:]
		written = rest
		number += lines
	}
	return append(emptied, written...), blocks
}

// header recognises the line "key: |" or "key: |-". It gives the indentation,
// and whether the text keeps its last line end.
func header(line []byte) (indent int, keeps, ok bool) {
	text, ended := bytes.CutSuffix(line, []byte(": |\n"))
	keeps = ended
	if !ended {
		if text, ended = bytes.CutSuffix(line, []byte(": |-\n")); !ended {
			return 0, false, false
		}
	}
	indent = spaces(text)
	if indent == len(text) {
		return 0, false, false
	}
	c := text[indent]
	return indent, keeps, c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// extent measures a block below a key: its lines, and their bytes. ok is false
// where a tab stands in the indentation.
func extent(data []byte, indent int) (lines, size int, ok bool) {
	inner := 0
	for size < len(data) {
		line := data[size:]
		line = line[:bytes.IndexByte(line, '\n')+1]
		n := spaces(line)
		blank := line[n] == '\n'
		switch {
		case inner == 0 && (blank || n <= indent):
			return 0, 0, true // empty, or it begins with a blank line
		case inner == 0:
			inner = n
		}
		if n < inner && line[n] == '\t' || n == inner && lines == 0 && line[n] == '\t' {
			return 0, 0, false
		}
		if n < inner && !blank {
			break
		}
		lines++
		size += len(line)
	}
	return lines, size, true
}

// replace appends a block's stand-in, and gives the text of the block.
func replace(out, data []byte, token string, keeps bool) ([]byte, string) {
	inner := spaces(data)
	text := make([]byte, 0, len(data))
	last := 0 // the end of the last line that is not blank
	for first := true; len(data) > 0; first = false {
		end := bytes.IndexByte(data, '\n') + 1
		line := data[:end]
		data = data[end:]
		if len(line)-1 <= inner && spaces(line) == len(line)-1 {
			out = append(out, line...)
			text = append(text, '\n')
			continue
		}
		text = append(text, line[inner:]...)
		last = len(text)
		out = append(out, line[:inner]...)
		switch {
		case first:
			out = append(append(out, token...), '\n')
		case spaces(line) == len(line)-1:
			out = append(out, ' ', '\n')
		default:
			out = append(out, '.', '\n')
		}
	}
	if !keeps {
		last--
	}
	return out, string(text[:last])
}

func spaces(line []byte) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}
