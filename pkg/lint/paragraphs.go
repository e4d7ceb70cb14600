package lint

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// repeated finds paragraphs that stand twice. Common fields are compared with
// each other, since they go out together; a text of a target with itself only,
// since it may well repeat what it overrides.
func repeated(p *page) {
	type place struct {
		text, offset int
		paragraph    string
	}
	seed := maphash.MakeSeed()
	common := map[uint64]place{}
	var folded []byte
	for i, t := range p.texts {
		seen := common
		if t.target != nil {
			seen = map[uint64]place{}
		}
		for offset, paragraph := range paragraphs(t.s) {
			const least = 60
			if len(paragraph) < least {
				continue
			}
			folded = fold(folded[:0], paragraph)
			if utf8.RuneCount(folded) < least {
				continue
			}
			sum := maphash.Bytes(seed, folded)
			first, again := seen[sum]
			if !again {
				seen[sum] = place{i, offset, paragraph}
				continue
			}
			if !bytes.Equal(fold(nil, first.paragraph), folded) {
				continue // two texts of one sum: rarer than anything
			}
			if p.full(t) {
				break
			}
			where := fmt.Sprintf("in %s already", p.texts[first.text].path)
			if first.text == i {
				where = fmt.Sprintf("in line %d of %s already", 1+strings.Count(t.s[:first.offset], "\n"), t.path)
			}
			line, _, _ := strings.Cut(paragraph, "\n")
			p.say(t, offset, len(line), "this paragraph stands "+where, "remove one of the two")
		}
	}
}

// fold appends a paragraph in small letters, with one space for any white
// space.
func fold(out []byte, paragraph string) []byte {
	for i := range len(paragraph) {
		switch c := paragraph[i]; {
		case c >= utf8.RuneSelf:
			return append(out[:0], strings.ToLower(strings.Join(strings.Fields(paragraph), " "))...)
		case c == ' ' || c >= '\t' && c <= '\r':
			if len(out) > 0 && out[len(out)-1] != ' ' {
				out = append(out, ' ')
			}
		case c >= 'A' && c <= 'Z':
			out = append(out, c|0x20)
		default:
			out = append(out, c)
		}
	}
	return bytes.TrimRight(out, " ")
}

// paragraphs yields what blank lines divide, with the offset of each.
func paragraphs(s string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		start, offset := -1, 0
		for line := range strings.Lines(s) {
			blank := strings.TrimSpace(line) == ""
			if !blank && start < 0 {
				start = offset
			}
			if blank && start >= 0 {
				if !yield(trimmed(s, start, offset)) {
					return
				}
				start = -1
			}
			offset += len(line)
		}
		if start >= 0 {
			yield(trimmed(s, start, offset))
		}
	}
}

// trimmed is a stretch without white space around it, and where it begins.
func trimmed(s string, from, to int) (int, string) {
	part := s[from:to]
	left := strings.TrimLeft(part, " \t\n")
	return from + len(part) - len(left), strings.TrimRight(left, " \t\n")
}
