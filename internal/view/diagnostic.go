package view

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/spec"
)

// Diagnostics prints findings as compilers do: place, severity, message and
// code on a line that tools can read, the source with a caret, a hint. A last
// line counts them; no findings print nothing.
func Diagnostics(w io.Writer, ds []spec.Diagnostic, s Style) error {
	p := newPrinter(w, s)
	for _, d := range ds {
		p.diagnostic(d)
	}
	if len(ds) > 0 {
		p.write(summary(ds) + "\n")
	}
	return p.close()
}

func summary(ds []spec.Diagnostic) string {
	errors, warnings := tally(ds)
	var words []string
	if errors > 0 {
		words = append(words, Count(errors, "error"))
	}
	if warnings > 0 {
		words = append(words, Count(warnings, "warning"))
	}
	if notes := len(ds) - errors - warnings; notes > 0 {
		words = append(words, Count(notes, "note"))
	}
	return strings.Join(words, ", ") + "."
}

func tally(ds []spec.Diagnostic) (errors, warnings int) {
	for _, d := range ds {
		switch d.Severity {
		case spec.Error:
			errors++
		case spec.Warning:
			warnings++
		}
	}
	return errors, warnings
}

// diagnostic prints one finding. Its first line is never wrapped.
func (p *printer) diagnostic(d spec.Diagnostic) {
	look := faint
	switch d.Severity {
	case spec.Error:
		look = alarming
	case spec.Warning:
		look = changed
	}
	if d.Pos != (spec.Pos{}) {
		p.row([]run{{where(d.Pos) + ": ", strong}})
	} else if d.Character != "" {
		p.row([]run{{SanitizeLine(strings.TrimPrefix(d.Target+"/"+d.Character, "/")) + ": ", strong}})
	}
	severity := d.Severity
	if severity == "" {
		severity = spec.Error
	}
	p.row([]run{{string(severity) + ": ", look}, {SanitizeLine(d.Message), plain}})
	if d.Code != "" {
		p.row([]run{{" [" + SanitizeLine(d.Code) + "]", faint}})
	}
	p.write("\n")
	p.excerpt(d, look)
	if d.Hint != "" {
		p.para(2, []run{{"hint: ", strong}}, []run{text(plain, d.Hint)})
	}
}

// excerpt prints the source line and a caret under the column. Columns count
// characters; the caret stands where a terminal shows them.
func (p *printer) excerpt(d spec.Diagnostic, look ink) {
	if d.Source == "" || d.Pos.Line == 0 {
		return
	}
	source := strings.TrimRight(d.Source, "\r\n")
	from := byteAt(source, d.Pos.Col-1)
	to := from + byteAt(source[from:], max(d.Length, 1))
	before, here, after := expand(source[:from]), expand(source[from:to]), expand(source[to:])
	number := fmt.Sprintf("%5d | ", d.Pos.Line)
	before, here, after = p.window(before, here, after, p.style.width()-len(number))
	p.row([]run{{number, faint}, {before, plain}, {here, plain}, {after, plain}})
	p.write("\n")
	if d.Pos.Col > 0 {
		marks := "^" + strings.Repeat("~", max(width(here)-1, 0))
		p.row([]run{{"      | ", faint}, {strings.Repeat(" ", width(before)), plain}, {marks, look}})
		p.write("\n")
	}
}

// byteAt is the offset of the n-th character, or the length of s.
func byteAt(s string, n int) int {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at
}

// expand makes a piece of a source line printable; a tab is four spaces.
func expand(s string) string {
	return strings.ReplaceAll(Sanitize(s), "\t", "    ")
}

// window cuts a long line to what stands around the caret.
func (p *printer) window(before, here, after string, columns int) (string, string, string) {
	if width(before)+width(here)+width(after) <= columns {
		return before, here, after
	}
	here = p.style.clip(here, columns/2)
	room := columns - width(here)
	if width(before) > room/2 {
		before = p.style.ellipsis() + lastClusters(before, max(room/2, room-width(after))-width(p.style.ellipsis()))
	}
	return before, here, p.style.clip(after, room-width(before))
}

// lastClusters keeps the end of s that fits into a number of columns.
func lastClusters(s string, columns int) string {
	cut := clusters([]run{{s, plain}})
	used, at := 0, len(cut)
	for at > 0 && used+cut[at-1].width <= columns {
		at--
		used += cut[at].width
	}
	var b strings.Builder
	for _, c := range cut[at:] {
		b.WriteString(c.text)
	}
	return b.String()
}
