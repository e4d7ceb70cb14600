package spec

import (
	"bytes"
	"fmt"
	"sync"
	"unicode/utf8"
)

// Bounds on the line that a diagnostic quotes, in characters: as far as its
// place and a little more, and no line at all for a place far out.
const (
	quotedAfter = 120
	quotedMost  = 2000
)

// source is the text of one file while it is being read.
type source struct {
	file   string // relative to the project, with slashes
	data   []byte
	lines  []int     // offsets of line starts; filled on first use
	filled sync.Once // who extends the same base shares its text
}

// line returns the text of a line, counted from 1, without its line end. Bytes
// that are no characters and control characters are replaced.
func (s *source) line(n int) string { return s.quoted(n, quotedMost) }

// quoted returns the beginning of a line, of so many characters.
func (s *source) quoted(n, most int) string {
	s.index()
	if n < 1 || n > len(s.lines) {
		return ""
	}
	text := s.data[s.lines[n-1]:]
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	text = bytes.TrimSuffix(text, []byte("\r"))
	size := 0
	for count := 0; count < most && size < len(text); count++ {
		_, width := utf8.DecodeRune(text[size:])
		size += width
	}
	return string(bytes.Map(printable, text[:size]))
}

// printable keeps a quoted line harmless: what would move the cursor or hide
// text shows as a replacement character of the same count.
func printable(r rune) rune {
	if r != '\t' && (r < 0x20 || r >= 0x7f && r < 0xa0) || r == 0x2028 || r == 0x2029 {
		return utf8.RuneError
	}
	return r
}

func (s *source) index() {
	s.filled.Do(func() {
		s.lines = []int{0}
		for i, b := range s.data {
			if b == '\n' {
				s.lines = append(s.lines, i+1)
			}
		}
	})
}

// at turns a byte offset into a position.
func (s *source) at(offset int) Pos {
	offset = min(offset, len(s.data))
	start := bytes.LastIndexByte(s.data[:offset], '\n') + 1
	return Pos{
		File: s.file,
		Line: 1 + bytes.Count(s.data[:start], []byte("\n")),
		Col:  1 + utf8.RuneCount(s.data[start:offset]),
	}
}

// pos makes a position in this file.
func (s *source) pos(line, col int) Pos { return Pos{File: s.file, Line: line, Col: col} }

// finding makes an error at a position, with the line that it is about.
func (s *source) finding(code string, pos Pos, length int, message, hint string) Diagnostic {
	d := Diagnostic{Pos: pos, Severity: Error, Code: code, Message: message, Hint: hint, Length: length}
	s.quote(&d)
	return d
}

// quote adds to a diagnostic the line that it is about.
func (s *source) quote(d *Diagnostic) {
	if d.Pos.Col <= quotedMost {
		d.Source = s.quoted(d.Pos.Line, d.Pos.Col+quotedAfter)
	}
}

// check refuses what is not plain UTF-8 text. Line separators besides LF and
// CRLF are refused in manifests: YAML rewrites them, and prose must
// reach the provider as it is written.
func (s *source) check(manifest bool) *Diagnostic {
	for i := 0; i < len(s.data); {
		b := s.data[i]
		if b < utf8.RuneSelf {
			if b < 0x20 && b != '\n' && b != '\t' && !s.carriageReturn(i, manifest) || b == 0x7f {
				return s.control(i, rune(b), manifest)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(s.data[i:])
		if r == utf8.RuneError && size == 1 {
			d := s.finding(CodeNotUTF8, s.at(i), 1, fmt.Sprintf("the file is not UTF-8: byte 0x%02X at offset %d", b, i), notUTF8Hint(s.data))
			return &d
		}
		if manifest && rewritten(r) {
			return s.control(i, r, manifest)
		}
		i += size
	}
	return nil
}

// carriageReturn reports a CR that may stand where it is: before LF, and
// anywhere in prose.
func (s *source) carriageReturn(i int, manifest bool) bool {
	return s.data[i] == '\r' && (!manifest || i+1 < len(s.data) && s.data[i+1] == '\n')
}

// rewritten reports characters that YAML reads as line ends or refuses.
func rewritten(r rune) bool {
	return r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

func (s *source) control(offset int, r rune, manifest bool) *Diagnostic {
	hint := "remove it"
	if manifest {
		hint = fmt.Sprintf("remove it, or write it as %s inside double quotes", escapeRune(r))
	}
	d := s.finding(CodeControl, s.at(offset), 1, fmt.Sprintf("%s (U+%04X) can't stand in a file", runeName(r), r), hint)
	return &d
}

func runeName(r rune) string {
	switch r {
	case 0:
		return "a NUL character"
	case '\r':
		return "a carriage return without a line feed"
	case 0x85, 0x2028, 0x2029:
		return "a line separator"
	case 0xfeff:
		return "a byte order mark in the middle of the text"
	case 0xfffe, 0xffff:
		return "a noncharacter"
	}
	return "a control character"
}

func escapeRune(r rune) string {
	if r < 0x20 || r >= 0x7f && r < 0xa0 {
		return fmt.Sprintf(`\x%02X`, r)
	}
	return fmt.Sprintf(`\u%04X`, r)
}

func notUTF8Hint(data []byte) string {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return "the file looks like UTF-16; save it as UTF-8"
	}
	return "save the file as UTF-8"
}
