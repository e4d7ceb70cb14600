package spec

import (
	"bytes"
	"os"
	"sort"
	"strings"
	"unicode/utf8"
)

// Spot is a stretch inside the text of a value, for findings about a word or
// a sentence of it. Project.Locate finds where it stands in a file.
type Spot struct {
	Value  Value
	Offset int // bytes into Value's text
	Length int // bytes; 0 is one character
}

// Locate gives findings about a stretch of a text the place where it stands:
// in the file that a value refers to, or inside the block or the quotes of its
// manifest. A spot that can't be found leaves the value's own place. It
// changes the slice and returns it.
func (p *Project) Locate(ds []Diagnostic) []Diagnostic {
	l := &locator{project: p}
	defer l.close()
	for i := range ds {
		if s := ds[i].Spot; s != nil {
			ds[i].Spot, ds[i].Manifest = nil, s.Value.Pos
			l.locate(&ds[i], s)
		}
	}
	return ds
}

// locator finds spots. It remembers the file and the scalar that it was in:
// findings mostly come in order.
type locator struct {
	project *Project
	root    *os.Root
	src     *source
	beside  *aligner
}

func (l *locator) close() {
	if l.root != nil {
		l.root.Close()
	}
}

func (l *locator) locate(d *Diagnostic, s *Spot) {
	text := s.Value.Text()
	if s.Offset < 0 || s.Offset > len(text) {
		return
	}
	word, _, _ := strings.Cut(text[s.Offset:min(len(text), s.Offset+s.Length)], "\n")
	if s.Value.Refs != nil {
		return // which of the files it is in is not kept
	}
	if s.Value.Ref != "" {
		src := &source{file: s.Value.Ref, data: []byte(text)}
		d.Pos, d.Length = src.at(s.Offset), utf8.RuneCountInString(word)
		return
	}
	if !l.open(s.Value.Pos.File) {
		return
	}
	if l.beside == nil || l.beside.from != s.Value.Pos || l.beside.text != text || l.beside.read > s.Offset {
		l.beside = l.src.aligned(s.Value.Pos, text)
	}
	at, ok := l.beside.to(s.Offset)
	if !ok {
		l.beside = nil
		return
	}
	d.Pos, d.Length = l.src.place(at), utf8.RuneCountInString(word)
}

// open reads a manifest, unless it is the one that is open.
func (l *locator) open(file string) bool {
	if l.src != nil && l.src.file == file {
		return l.src.data != nil
	}
	if l.root == nil {
		root, err := os.OpenRoot(l.project.Dir)
		if err != nil {
			return false
		}
		l.root = root
	}
	l.src, l.beside = &source{file: file}, nil
	data, problem := readFile(l.root.FS(), file, nil)
	if problem != nil {
		return false
	}
	l.src.data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return true
}

// place turns a byte offset into a position by the index of lines.
func (s *source) place(offset int) Pos {
	s.index()
	line := sort.SearchInts(s.lines, offset+1)
	return s.pos(line, 1+utf8.RuneCount(s.data[s.lines[line-1]:offset]))
}

// offset is place the other way round; -1 is outside of the file.
func (s *source) offset(p Pos) int {
	s.index()
	if p.Line < 1 || p.Line > len(s.lines) {
		return -1
	}
	at := s.lines[p.Line-1]
	for range p.Col - 1 {
		if at >= len(s.data) {
			return -1
		}
		_, size := utf8.DecodeRune(s.data[at:])
		at += size
	}
	return at
}
