package markdown

import (
	"strings"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff"
)

// details renders a character as one HTML block, without a blank line in it.
// It is "" when it takes more than its room.
func details(c *report.Character, d depth, open bool, room int) string {
	w := &writer{depth: d, room: room}
	w.put("<details")
	if open {
		w.put(" open")
	}
	w.put("><summary>", title(c), summary(c))
	if d == hunks {
		w.put(" <i>(shortened)</i>")
	}
	w.put("</summary>\n")
	for _, d := range c.Diagnostics {
		w.put("<p>", diagnostic(&d), "</p>\n")
	}
	var shown report.Memory
	for i := range c.Pairs {
		if w.pair(&c.Pairs[i], &shown); w.full() {
			return ""
		}
	}
	w.put("</details>\n")
	if w.full() {
		return ""
	}
	return w.String()
}

// line renders a character as an element of a list.
func line(c *report.Character) string {
	return "<li>" + title(c) + summary(c) + "</li>\n"
}

func title(c *report.Character) string {
	t := "<b>" + prose(short(c.Display, 60)) + "</b>"
	if c.Display != c.Name {
		t += " " + name(short(c.Name, 80))
	}
	return t
}

// summary says in a few words what happens at each target.
func summary(c *report.Character) string {
	var b strings.Builder
	for i := range c.Pairs {
		if i == 6 {
			b.WriteString(" · and " + view.Count(len(c.Pairs)-i, "more target"))
			break
		}
		p := &c.Pairs[i]
		b.WriteString(" · " + prose(short(p.Target, 40)+": "+short(p.Line(), 120)))
	}
	return b.String()
}

func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return head0(s, most) + "…"
}

func (w *writer) pair(p *report.Pair, shown *report.Memory) {
	w.put("<h4>", prose(p.Vendor))
	if p.Named() {
		w.put(" ", name(p.Target))
	}
	if p.Deed != "" {
		w.put(" – ", prose(p.Deed))
	}
	if p.ID != "" {
		w.put(" ", name(short(p.ID, 120)))
	}
	w.put("</h4>\n")
	for _, note := range []string{p.Reason, p.Applied, p.Removal} {
		if note != "" {
			w.put("<p>", prose(w.clip(note, markBytes)), "</p>\n")
		}
	}
	for _, b := range p.Blocked {
		w.put("<p>⛔ <b>", prose(b.Head), ":</b> ", prose(b.Message), hint(b.Hint), "</p>\n")
	}
	for i := range p.Fields {
		if w.depth == hunks && i == mostItems {
			w.put("<p><i>and ", view.Count(len(p.Fields)-i, "more field"), "</i></p>\n")
			break
		}
		if w.field(p.Target, &p.Fields[i], shown); w.full() {
			return
		}
	}
	w.losses(p)
}

func (w *writer) field(target string, f *report.Field, shown *report.Memory) {
	w.put("<p>", name(f.Path))
	if f.Why != "" {
		w.put(" <i>", prose(f.Why), "</i>")
	}
	if theirs, yours, ok := f.Sides(); ok {
		w.put("</p>\n<p>On the provider, since the last apply:</p>\n<blockquote>")
		w.value(&theirs.Value)
		w.put("</blockquote>\n<p>In the manifest, since then:</p>\n<blockquote>")
		w.value(&yours.Value)
		w.put("</blockquote>\n")
		return
	}
	change := f.Diff()
	if change.Effect == diff.Same || change.Effect == diff.Keeps {
		w.put("</p>\n")
		return
	}
	if at := shown.Again(target, f, &change); at != "" {
		w.put(" <i>the same as ", prose(at), "</i></p>\n")
		return
	}
	w.plain = f.Whole
	defer func() { w.plain = false }()
	if v := &change.Value; f.Whole && brief(v) {
		w.put(" ")
		w.value(v)
		w.put("</p>\n")
		return
	}
	w.put("</p>\n<blockquote>")
	w.value(&change.Value)
	w.put("</blockquote>\n")
}

// brief reports a value that stands beside its field's name.
func brief(v *report.Value) bool {
	if v.Text != nil {
		return v.Text.Lines == 1 && v.Text.Characters <= 100
	}
	return v.Prose == nil && v.Parts == nil && len(v.After) <= 100
}

// losses writes what the provider does not keep, and limits that are near or
// past.
func (w *writer) losses(p *report.Pair) {
	var notes []string
	for _, l := range p.Losses {
		if l.How == "folded" && p.Verdict == report.Updates {
			continue // that it is folded there is no news
		}
		note := "<b>" + prose(l.How) + "</b> " + prose(strings.Join(l.Paths, ", "))
		if l.Note != "" {
			note += " " + prose("("+l.Note+")")
		}
		notes = append(notes, note)
	}
	for _, m := range p.Meters {
		if words := limit(m); words != "" {
			notes = append(notes, words)
		}
	}
	if len(notes) > 0 {
		w.put("<p>", strings.Join(notes, " · "), "</p>\n")
	}
}

// limit says what a reader must know of a limit; "" when there is room.
func limit(m report.Meter) string {
	figures := view.Thousands(m.Used)
	switch m.Level() {
	case "over":
		return "<b>over the limit</b> " + prose(m.Path) + ": " + figures + " of " + view.Thousands(m.Hard) + " " + m.Unit
	case "past":
		return "<b>only heeded in part</b> " + prose(m.Path) + ": " + figures + " " + m.Unit + ", of which " + view.Thousands(m.Effective) + " count" + lost(m)
	case "near":
		most := m.Hard
		if m.Effective > 0 && (most == 0 || m.Effective < most) {
			most = m.Effective
		}
		return "<b>near the limit</b> " + prose(m.Path) + ": " + figures + " of " + view.Thousands(most) + " " + m.Unit
	case "short":
		return "<b>too short</b> " + prose(m.Path) + ": " + figures + " of at least " + view.Thousands(m.Least) + " " + m.Unit
	}
	return ""
}

// lost names the first sentence that is not heeded.
func lost(m report.Meter) string {
	if m.Lost == "" {
		return ""
	}
	return "; the first sentence lost: <i>" + prose(m.Lost) + "</i>"
}

func hint(s string) string {
	if s == "" {
		return ""
	}
	return "<br>→ <i>" + prose(s) + "</i>"
}
