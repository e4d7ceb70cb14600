package view

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
	"github.com/charsync/charsync/pkg/visible"
)

// preview shows a value on one line, within a number of columns. Of one that
// does not fit it says how long it is, and left is how many characters of it
// are not shown.
func (s Style) preview(v any, columns int) (start string, left int) {
	if t, ok := v.(string); ok {
		return s.previewText(t, columns)
	}
	line := SanitizeLine(literal(v))
	if width(line) <= columns {
		return line, 0
	}
	size := " (" + Count(Characters(line), "character") + ")"
	start = s.clip(line, max(columns-len(size), 16))
	return start + size, Characters(line) - Characters(start) + 1
}

func (s Style) previewText(t string, columns int) (start string, left int) {
	trimmed := strings.TrimRight(t, "\r\n")
	if !strings.Contains(trimmed, "\n") && !wider(trimmed, columns-2) {
		return quote(trimmed), 0
	}
	all := Characters(trimmed)
	size := Count(all, "character")
	if lines := strings.Count(trimmed, "\n") + 1; lines > 1 {
		size = Count(lines, "line") + ", " + size
	}
	whole := strings.Join(strings.Fields(Sanitize(beginning(trimmed, columns))), " ")
	start = s.clip(whole, max(columns-len(size)-5, 16))
	if start != whole || len(trimmed) > len(beginning(trimmed, columns)) {
		left = max(all-Characters(start)+1, 1)
	}
	return fmt.Sprintf("\"%s\" (%s)", start, size), left
}

// perColumn is more bytes than a column of readable text takes. It bounds the
// work on text of which only the beginning is shown.
const perColumn = 40

// wider reports that text takes more than a number of columns.
func wider(t string, columns int) bool {
	return len(t) > perColumn*max(columns, 1) || width(SanitizeLine(t)) > columns
}

// beginning cuts text to what can matter for a number of columns.
func beginning(t string, columns int) string {
	end := perColumn * max(columns, 1)
	if len(t) <= end {
		return t
	}
	for end > 0 && !utf8.RuneStart(t[end]) {
		end--
	}
	return t[:end]
}

func quote(t string) string { return `"` + SanitizeLine(t) + `"` }

// literal writes a value as a manifest would, on one line.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "empty"
	case string:
		return quote(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		words := make([]string, len(v))
		for i, e := range v {
			words[i] = literal(e)
		}
		return "[" + strings.Join(words, ", ") + "]"
	case map[string]any:
		var words []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			words = append(words, key+": "+literal(v[key]))
		}
		return "{" + strings.Join(words, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// Literal writes a value as a manifest would, on one line; nil is "empty".
func Literal(v any) string { return SanitizeLine(literal(v)) }

// change prints "before → after" for values that are shown whole. A text that
// fits on a line is never cut: it is what the reader is to judge.
func (p *printer) change(before, after any) []run {
	columns := max(p.style.width()/3, shortLine+2)
	return []run{
		{p.brieflyOf(before, columns), removed},
		{" " + p.style.arrow() + " ", faint},
		{p.brieflyOf(after, columns), added},
	}
}

// brieflyOf is a value within a number of columns, or all of it where that is
// asked for.
func (p *printer) brieflyOf(v any, columns int) string {
	start, left := p.style.preview(v, columns)
	switch {
	case left > 0 && p.style.Full:
		return SanitizeLine(literal(v))
	case left > 0:
		p.leave(left)
	}
	return start
}

// short reports that a text diff stands on one line, beside the name.
func short(d diff.ValueDiff) bool {
	if d.Prose == nil {
		return d.Parts == nil
	}
	b, _ := d.Before.(string)
	a, _ := d.After.(string)
	oneLine := func(s string) bool {
		return !strings.Contains(strings.TrimRight(s, "\r\n"), "\n") && !wider(s, shortLine)
	}
	return !d.Prose.WhitespaceOnly && len(d.Prose.Notes) == 0 && oneLine(b) && oneLine(a)
}

// brief is a short difference on one line: marked words where some stayed,
// else both values.
func (p *printer) brief(d diff.ValueDiff) []run {
	if d.Prose == nil {
		return p.change(d.Before, d.After)
	}
	var all []prose.Span
	kept := false
	for _, hunk := range d.Prose.Hunks {
		for _, s := range hunk.Sentences {
			for _, span := range s.Spans {
				kept = kept || span.Op == prose.Equal && strings.TrimSpace(span.Text) != ""
			}
			all = joinSpans(all, s.Spans)
		}
	}
	if !kept {
		return p.change(d.Before, d.After)
	}
	return p.spans(all)
}

// value prints a difference that takes lines of its own.
func (p *printer) value(indent int, d diff.ValueDiff) {
	switch {
	case d.Prose != nil:
		p.prose(indent, d.Prose, again{})
	case d.Parts != nil:
		p.parts(indent, d.Parts)
	default:
		p.line(indent, p.change(d.Before, d.After)...)
	}
}

// parts prints what became of the elements of a list or the entries of a
// mapping; those that stayed are counted.
func (p *printer) parts(indent int, parts []diff.Part) {
	stayed := 0
	for _, part := range parts {
		switch part.Kind {
		case prose.Unchanged:
			stayed++
		case prose.Added:
			p.element(indent, run{"+ ", added}, part.Key, part.After, added)
		case prose.Removed:
			p.element(indent, run{"- ", removed}, part.Key, part.Before, removed)
		case prose.Moved:
			where := run{"  " + MoveNote(part), faint}
			p.para(indent, []run{{p.style.moved() + " ", changed}}, []run{{p.brieflyOf(part.After, shortLine), plain}, where})
		default:
			p.changedPart(indent, part)
		}
	}
	if stayed > 0 {
		p.line(indent, run{p.style.ellipsis() + " " + fmt.Sprintf("%s unchanged", Thousands(stayed)), faint})
	}
}

func (p *printer) changedPart(indent int, part diff.Part) {
	name := PartName(part)
	if short(part.ValueDiff) {
		p.para(indent, []run{{"~ ", changed}, {name + ": ", plain}}, p.brief(part.ValueDiff))
		return
	}
	p.para(indent, []run{{"~ ", changed}}, []run{{name, plain}})
	p.value(indent+2, part.ValueDiff)
}

// MoveNote says where an element of a list went.
func MoveNote(part diff.Part) string {
	return fmt.Sprintf("moved from place %d to %d", part.From+1, part.To+1)
}

// PartName names an entry by its key, and an element by what it calls itself
// or by its place.
func PartName(part diff.Part) string {
	if part.Key != "" {
		return SanitizeLine(part.Key)
	}
	if m, ok := part.After.(map[string]any); ok {
		if name := ElementName(m); name != "" {
			return name
		}
	}
	return fmt.Sprintf("no. %d", part.To+1)
}

// ElementName is what a mapping in a list calls itself, or "".
func ElementName(m map[string]any) string {
	for _, key := range diff.NameKeys() {
		if name, ok := m[key].(string); ok && name != "" {
			return quote(name)
		}
	}
	return ""
}

// element prints an element that is new or goes: long text as text.
func (p *printer) element(indent int, sign run, key string, v any, look ink) {
	lead := []run{sign}
	if key != "" {
		lead = append(lead, run{SanitizeLine(key) + ": ", plain})
	}
	if t, ok := v.(string); ok && (strings.Contains(t, "\n") || wider(t, p.style.width()-indent-8)) {
		p.head(indent, lead, t, look)
		return
	}
	line := SanitizeLine(literal(v))
	m, ok := v.(map[string]any)
	if !ok || width(line) <= p.style.width()-indent-8 && !strings.Contains(line, `\n`) {
		p.para(indent, lead, []run{{line, look}})
		return
	}
	if key == "" {
		lead = append(lead, run{ElementName(m), plain})
	}
	p.para(indent, lead, nil)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		p.element(indent+2, sign, k, m[k], look)
	}
}

// Characters counts what a reader calls characters.
func Characters(s string) int {
	if visible.Printable(s, "\n\t") {
		return len(s)
	}
	return uniseg.GraphemeClusterCount(s)
}
