package providers

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
	"github.com/charsync/charsync/pkg/spec"
)

// Meter says how long a value is, and how long it may be.
type Meter struct {
	// Part is the place in a list that is meant, "items[0].itemName": the
	// fullest one. "" is the value itself.
	Part      string `json:"part,omitempty"`
	Unit      Unit   `json:"unit"`
	Used      int    `json:"used"`
	Min       int    `json:"min,omitempty"`       // below it the provider refuses; 0 is none
	Hard      int    `json:"hard,omitempty"`      // past it the provider refuses; 0 is none
	Effective int    `json:"effective,omitempty"` // past it the provider ignores the rest; 0 is none
	// Known says how surely the limits are known, and Source where from.
	Known  Sureness `json:"known,omitempty"`
	Source string   `json:"source,omitempty"`
	// Cut is where heeding ends; nil when all is heeded.
	Cut *Cut `json:"cut,omitempty"`
}

// Cut is where a text is no longer heeded.
type Cut struct {
	// Sentence is the first that is not heeded whole, cut short.
	Sentence string `json:"sentence"`
	// Heeded is the share of the text that is, from 0 to 1.
	Heeded float64 `json:"heeded"`
	// Path is the field in which it stands: one that is folded, or the field
	// itself. Pos is where that field's value stands.
	Path spec.Path  `json:"path"`
	Pos  spec.Pos   `json:"pos,omitzero"`
	Spot *spec.Spot `json:"-"` // the sentence, for spec.Project.Locate
}

// meters measures a value in the vendor's spelling against its row.
func (w *wanting) meters(f Field, v spec.Value, got any) []Meter {
	var out []Meter
	for _, l := range f.Limit {
		part, e := l.fullest(f.Path, got)
		if e == nil {
			continue // no element has that part
		}
		n, certain := l.measure(e)
		if l.Unit == Characters {
			n = certain // as people count
		}
		at := sameMeter(out, l, part)
		if at == nil {
			out = append(out, Meter{Part: part, Unit: l.counts(), Used: n})
			at = &out[len(out)-1]
		}
		at.Min = max(at.Min, l.Min)
		if !l.Effective {
			at.Hard = l.Max
			at.Known, at.Source = l.Source.Sure, l.Source.Note
			continue
		}
		at.Effective = l.Max
		if at.Source == "" {
			at.Known, at.Source = l.Source.Sure, l.Source.Note
		}
		if text, ok := e.(string); ok && l.Max > 0 && n > l.Max {
			cut := w.cut(f, v, l, text)
			at.Cut = &cut
		}
	}
	if text, ok := got.(string); ok && f.Kind == diff.Text && len(out) == 0 {
		out = append(out, Meter{Unit: Runes, Used: utf8.RuneCountInString(text)})
	}
	return out
}

// counts is the unit for people: where it is not known what the vendor
// counts, characters are.
func (l Limit) counts() Unit {
	if l.Unit == Characters {
		return Runes
	}
	return l.Unit
}

// sameMeter is the one that counts the same thing in the same unit.
func sameMeter(meters []Meter, l Limit, part string) *Meter {
	for i := range meters {
		if meters[i].Part == part && meters[i].Unit == l.counts() {
			return &meters[i]
		}
	}
	return nil
}

// fullest is what a limit is about: the value, or the longest of its parts.
func (l Limit) fullest(p spec.Path, got any) (part string, v any) {
	if l.Of == "" {
		return "", got
	}
	list, ok := got.([]any)
	if !ok {
		list = []any{got}
	}
	most := -1
	for i, e := range list {
		name := fmt.Sprintf("%s[%d]", p, i)
		if l.Of != "*" {
			m, _ := e.(map[string]any)
			e, name = m[l.Of], name+"."+l.Of
		}
		if n, _ := l.measure(e); e != nil && n > most {
			most, part, v = n, name, e
		}
	}
	return part, v
}

// cut finds where a text is past an effective limit.
func (w *wanting) cut(f Field, v spec.Value, l Limit, text string) Cut {
	at := l.reaches(text)
	sentence, start := sentenceAt(text, at)
	c := Cut{Sentence: shorten(sentence), Heeded: float64(at) / float64(len(text)), Path: f.Path, Pos: v.Pos}
	if l.Of != "" {
		return c
	}
	parts, composed := w.compose[f.Path]
	if !composed || w.overridden(f.Path) {
		if v.Text() == text {
			c.Spot = &spec.Spot{Value: v, Offset: start, Length: len(sentence)}
		}
		return c
	}
	offset := 0
	for _, p := range parts { // as fold joins them
		part := w.c.Lookup(w.t, p)
		s := strings.TrimRight(part.Text(), "\r\n")
		if s == "" {
			continue
		}
		if start < offset+len(s) {
			c.Path, c.Pos = p, part.Pos
			c.Spot = &spec.Spot{Value: part, Offset: max(0, start-offset), Length: len(sentence)}
			return c
		}
		offset += len(s) + len("\n\n")
	}
	return c
}

// reaches is the first byte past the limit.
func (l Limit) reaches(s string) int {
	if l.Unit == Bytes {
		return min(l.Max, len(s))
	}
	n, inWord := 0, false
	for i, r := range s {
		switch {
		case l.Unit == UTF16 && r > 0xffff:
			n += 2
		case l.Unit != Words:
			n++
		case strings.ContainsRune(" \t\n\r\v\f\u0085\u00a0\u2028\u2029\u3000", r) || strings.TrimSpace(string(r)) == "":
			inWord = false
		case !inWord:
			inWord = true
			n++
		}
		if n > l.Max {
			return i
		}
	}
	return len(s)
}

// sentenceAt is the first sentence that does not end before a place, and where
// it starts.
func sentenceAt(text string, at int) (sentence string, start int) {
	for _, s := range prose.Sentences(text) {
		trimmed := strings.TrimSpace(s)
		if end := start + len(s); end > at && trimmed != "" {
			return trimmed, start + strings.Index(s, trimmed)
		}
		start += len(s)
	}
	return "", min(at, len(text))
}

// shorten keeps a sentence to what fits into a message.
func shorten(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return s
}
