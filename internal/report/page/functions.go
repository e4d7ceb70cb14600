package page

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/diff/prose"
)

// What templates get beside the model: a value with its context.
type (
	side struct {
		Character     report.Character
		Before, After string
	}
	pairSide struct {
		Name          string
		Pair          report.Pair
		Fields        []fieldSide
		Before, After string
	}
	fieldSide struct {
		Field         report.Field
		Change        report.Change
		SameAs        string
		Theirs, Yours *report.Change // of a conflict, from what was applied last
		Anchor        string
		Before, After string
	}
	valueSides struct {
		Value         report.Value
		Before, After string
	}
	proseSides struct {
		Prose         *report.Prose
		Before, After string
	}
	choice struct {
		Name, All string
		Values    []string
	}
)

func functions() template.FuncMap {
	return template.FuncMap{
		"side":    func(c report.Character, before, after string) side { return side{c, before, after} },
		"pairs":   pairsOf,
		"to":      to,
		"valueOf": func(v report.Value, before, after string) valueSides { return valueSides{v, before, after} },
		"proseOf": func(p *report.Prose, before, after string) proseSides { return proseSides{p, before, after} },
		"shows":   func(e diff.Effect) bool { return e != diff.Same && e != diff.Keeps },
		"choice":  func(name, all string, values []string) choice { return choice{name, all, values} },
		"targets": targetsOf, "classes": classesOf, "labels": labelsOf,
		"ticks": ticks,
		"gauge": gauge, "caret": report.Caret,
		"before":     func(ls []report.Line) []report.Line { return oneSide(ls, prose.Delete) },
		"after":      func(ls []report.Line) []report.Line { return oneSide(ls, prose.Insert) },
		"top":        func(ls []report.Line) []report.Line { return ls[:cut(len(ls))] },
		"below":      func(ls []report.Line) []report.Line { return ls[cut(len(ls)):] },
		"paragraphs": paragraphs, "excerpt": func(s string) string { start, _ := report.Excerpt(s); return start },
		"long":    func(s string) bool { _, more := report.Excerpt(s); return more },
		"initial": initial, "hue": hue, "lower": strings.ToLower, "upper": upper, "plural": view.Count,
	}
}

// pairsOf compares what a card shows, in the order in which it is read: an
// edit that was shown at one target is named at the next.
func pairsOf(s side) []pairSide {
	var shown report.Memory
	out := make([]pairSide, len(s.Character.Pairs))
	for i, p := range s.Character.Pairs {
		out[i] = pairSide{Name: s.Character.Name, Pair: p, Before: s.Before, After: s.After}
		for j := range p.Fields {
			f := &p.Fields[j]
			change := f.Diff()
			again := shown.Again(p.Target, f, &change)
			shown := fieldSide{
				Field: *f, Change: change, SameAs: again,
				Anchor: s.Character.Name + "/" + p.Target + "/" + f.Path, Before: s.Before, After: s.After,
			}
			if theirs, yours, ok := f.Sides(); ok {
				shown.Theirs, shown.Yours = &theirs, &yours
			}
			out[i].Fields = append(out[i].Fields, shown)
		}
	}
	return out
}

// shownLines is how much of a long text stands outside of a fold.
const shownLines = 6

func cut(n int) int {
	if n <= shownLines+2 {
		return n
	}
	return shownLines
}

// oneSide keeps of each line what stands on one side; lines that are not
// there are left out.
func oneSide(lines []report.Line, op prose.Op) []report.Line {
	var out []report.Line
	for _, l := range lines {
		var kept report.Line
		if l.By == prose.Equal || l.By == op {
			kept.Speaker = l.Speaker
		}
		for _, s := range l.Spans {
			if s.Op == prose.Equal || s.Op == op {
				kept.Spans = append(kept.Spans, s)
			}
		}
		if len(kept.Spans) > 0 || kept.Speaker != "" {
			out = append(out, kept)
		}
	}
	return out
}

// paragraphs parts a text at its blank lines; where a text is only wrapped, its
// lines flow on.
func paragraphs(s string) []string {
	var out []string
	for p := range strings.SplitSeq(s, "\n\n") {
		if !report.Dialogue(p) {
			p = strings.Join(strings.Fields(p), " ")
		}
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// initial is the first letter of a name, or its first sign.
func initial(name string) string {
	for g := uniseg.NewGraphemes(name); g.Next(); {
		if r, _ := utf8.DecodeRuneInString(g.Str()); unicode.IsLetter(r) || unicode.IsNumber(r) {
			return strings.ToUpper(g.Str())
		}
	}
	return "?"
}

// to is the address of an anchor in the page.
func to(anchor string) template.URL {
	parts := strings.Split(anchor, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return template.URL("#" + strings.Join(parts, "/"))
}

// hue picks one of the style's twelve, the same for a name every time.
func hue(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32() % 12
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// dial is a meter with its places in thousandths.
type dial struct {
	report.Meter
	Level, Words string
	UsedAt, Mark int
}

func gauge(m report.Meter) dial {
	most := max(m.Hard, m.Effective, 1)
	d := dial{Meter: m, Level: m.Level(), UsedAt: min(1000, m.Used*1000/most)}
	if m.Effective > 0 && m.Hard > m.Effective {
		d.Mark = m.Effective * 1000 / most
	}
	d.Words = view.Thousands(m.Used) + " of "
	switch {
	case m.Effective > 0 && m.Hard > 0:
		d.Words += view.Thousands(m.Effective) + " heeded, of " + view.Thousands(m.Hard) + " " + m.Unit
	case m.Effective > 0:
		d.Words += view.Thousands(m.Effective) + " " + m.Unit + " heeded"
	default:
		d.Words += view.Thousands(m.Hard) + " " + m.Unit
	}
	return d
}

// piece is a part of a hint: words, or a command to copy.
type piece struct {
	Text string
	Code bool
}

// ticks parts a hint at its backticks.
func ticks(s string) []piece {
	var out []piece
	for i, t := range strings.Split(s, "`") {
		if t != "" {
			out = append(out, piece{t, i%2 == 1})
		}
	}
	return out
}

func targetsOf(r *report.Report) []string {
	var out []string
	for _, t := range r.Targets {
		out = append(out, t.Name)
	}
	return out
}

func classesOf(r *report.Report) []string {
	seen := map[string]bool{}
	var out []string
	for i := range r.Characters {
		for _, c := range r.Characters[i].Classes() {
			if !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	slices.Sort(out)
	return out
}

func labelsOf(r *report.Report) []string {
	var out []string
	for _, c := range r.Characters {
		for _, l := range c.Labels {
			out = append(out, fmt.Sprintf("%s=%s", l.Key, l.Value))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
