package markdown

import (
	"fmt"
	"strings"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/spec"
)

// head is what stands before the characters: the summary, the table, and what
// concerns the run as a whole. It takes no more than its room; lists in it end
// with a count.
func head(r *report.Report, room int) string {
	var b strings.Builder
	b.WriteString("### charsync " + r.Kind)
	switch {
	case r.Title == "":
	case r.Kind == "run" && plainID(r.Title):
		b.WriteString(" `" + r.Title + "`")
	default:
		b.WriteString(": " + word(short(r.Title, 80)))
	}
	if r.Env != "" {
		b.WriteString(" (" + word(short(r.Env, 60)) + ")")
	}
	b.WriteString("\n\n**" + r.Summary + "**\n\n")
	if r.Against != "" {
		b.WriteString("<p>" + prose(r.Against) + "</p>\n\n")
	}
	b.WriteString(table(r.Targets))
	if !r.Complete {
		b.WriteString("<p>⛔ <b>This plan is incomplete:</b> not every provider could be read, and nothing is deleted by it.</p>\n\n")
	}
	if hasProse(r) {
		b.WriteString("<p>Words: <del>" + prose(r.Before) + "</del> <ins><b>" + prose(r.After) + "</b></ins></p>\n\n")
	}
	b.WriteString(section(view.UnseenTitle, r.Unseen, room-b.Len()))
	b.WriteString(section("charsync.lock binds otherwise", r.Bindings, room-b.Len()))
	b.WriteString(section("charsync.yaml sets otherwise", r.Settings, room-b.Len()))
	for _, list := range [][]string{guards(r), unplanned(r), diagnostics(r.Diagnostics), orphans(r)} {
		b.WriteString(bounded(list, room-b.Len()))
	}
	return b.String()
}

// section is a list under a title of its own; "" without elements.
func section(title string, lines []string, room int) string {
	if len(lines) == 0 {
		return ""
	}
	var items []string
	for _, line := range lines {
		items = append(items, prose(short(line, 400)))
	}
	return "<p><b>" + title + "</b></p>\n" + bounded(items, room-len(title)-16)
}

// plainID reports the id of a run, which is what it is in a span of code.
func plainID(s string) bool {
	return len(s) < 80 && strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

// mostTargets is how many rows the table has at the most.
const mostTargets = 12

func table(targets []report.Target) string {
	if len(targets) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| target | create | update | delete | drifted | in conflict |\n| --- | --: | --: | --: | --: | --: |\n")
	for i, t := range targets {
		if i == mostTargets {
			fmt.Fprintf(&b, "| and %d more | | | | | |\n", len(targets)-i)
			break
		}
		n := t.Counts
		b.WriteString("| " + word(short(t.Name, 60)))
		for _, figure := range []int{n.Create, n.Update, n.Delete, n.Drifted, n.Conflict} {
			if figure == 0 {
				b.WriteString(" |")
			} else {
				b.WriteString(" | " + view.Thousands(figure))
			}
		}
		b.WriteString(" |\n")
	}
	b.WriteString("\n")
	return b.String()
}

func hasProse(r *report.Report) bool {
	for i := range r.Characters {
		for j := range r.Characters[i].Pairs {
			switch r.Characters[i].Pairs[j].Verdict {
			case report.Creates, report.Deletes, report.Recorded:
			default:
				return true
			}
		}
	}
	return false
}

func guards(r *report.Report) []string {
	var out []string
	for _, g := range r.Guards {
		out = append(out, "⛔ <b>Guard "+prose(g.Rule)+":</b> "+prose(short(g.Message, 500))+hint(short(g.Hint, 300)))
	}
	return out
}

func unplanned(r *report.Report) []string {
	var out []string
	for _, u := range r.Unplanned {
		out = append(out, "⛔ "+name(short(u.Address.String(), 120))+" could not be planned: "+prose(short(u.Message, 300))+hint(short(u.Hint, 200)))
	}
	return out
}

func diagnostics(ds []spec.Diagnostic) []string {
	var out []string
	for i := range ds {
		out = append(out, diagnostic(&ds[i]))
	}
	return out
}

func diagnostic(d *spec.Diagnostic) string {
	s := "<b>" + prose(string(d.Severity)) + "</b> "
	if at := d.Pos.String(); at != "" {
		s += name(short(at, 160)) + " "
	}
	return s + prose(short(d.Message, 400)) + hint(short(d.Hint, 300))
}

func orphans(r *report.Report) []string {
	var out []string
	for _, o := range r.Orphans {
		words := "orphan " + name(short(o.Address.String(), 120)) + ": no manifest names it any more, and it is left alone"
		if o.Protect {
			words += "; protected"
		}
		out = append(out, words)
	}
	return out
}

// bounded renders a list within a number of bytes, and counts what is left.
func bounded(items []string, room int) string {
	if len(items) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<ul>\n")
	for i, item := range items {
		more := ""
		if i > 0 && b.Len()+len(item)+len("<li></li>\n") > room-80 || i == 20 {
			more = fmt.Sprintf("<li><i>and %s more</i></li>\n", view.Thousands(len(items)-i))
		}
		if more != "" {
			b.WriteString(more)
			break
		}
		b.WriteString("<li>" + item + "</li>\n")
	}
	b.WriteString("</ul>\n\n")
	return b.String()
}
