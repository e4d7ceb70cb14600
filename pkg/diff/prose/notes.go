package prose

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxNotes bounds the notes that name a line; the rest is counted.
const maxNotes = 6

// noteTaker collects what changed beside the words.
type noteTaker struct {
	whole   []string       // about the text as a whole, in the order of discovery
	lines   map[string]int // how many lines a whole note covers
	single  []string       // about one line
	dropped int
}

// notes names every change of white space, line ends, Unicode form and
// invisible characters in steps that keep their words. In a text whose words
// changed too, those that any marked text shows are left out.
func notes(steps []step, whitespaceOnly bool) []string {
	t := noteTaker{lines: map[string]int{}}
	line := 1
	for _, s := range steps {
		switch {
		case s.kind == Reformatted:
			t.compare(s.before, s.after, line, whitespaceOnly)
		case whitespaceOnly && (s.kind == Added || s.kind == Removed):
			t.blankLine(s, line)
		}
		line += strings.Count(s.after, "\n")
	}
	var out []string
	for _, n := range t.whole {
		if t.lines[n] > 1 {
			n += fmt.Sprintf(" (%d lines)", t.lines[n])
		}
		out = append(out, n)
	}
	out = append(out, t.single...)
	if t.dropped > 0 {
		out = append(out, fmt.Sprintf("and at %d more places", t.dropped))
	}
	if whitespaceOnly && len(out) == 0 {
		out = append(out, "white space moved")
	}
	return out
}

func (t *noteTaker) overall(text string) {
	if t.lines[text]++; t.lines[text] == 1 {
		t.whole = append(t.whole, text)
	}
}

func (t *noteTaker) note(line int, text string) {
	if len(t.single) == maxNotes {
		t.dropped++
		return
	}
	t.single = append(t.single, fmt.Sprintf("%s at line %d", text, line))
}

func (t *noteTaker) blankLine(s step, line int) {
	switch {
	case strings.HasSuffix(s.after, "\n"):
		t.note(line, "blank line added")
	case strings.HasSuffix(s.before, "\n"):
		t.note(line, "blank line removed")
	default:
		t.run("", s.before, s.after, line)
	}
}

// compare names the differences of two texts with the same words.
func (t *noteTaker) compare(before, after string, line int, whitespaceOnly bool) {
	before, beforeEnd := cutLineEnd(before)
	after, afterEnd := cutLineEnd(after)
	switch {
	case beforeEnd == afterEnd:
	case beforeEnd != "" && afterEnd != "":
		t.overall(endName(beforeEnd) + " → " + endName(afterEnd))
	case whitespaceOnly:
		before, after = before+beforeEnd, after+afterEnd
	}
	if !whitespaceOnly && (beforeEnd == "" || afterEnd == "") {
		// The space behind a sentence goes or comes with its neighbour.
		before, after = strings.TrimRight(before, " \t"), strings.TrimRight(after, " \t")
	}
	if nb, na := norm.NFC.String(before), norm.NFC.String(after); before != after && (nb != before || na != after) {
		if from, to := formName(before), formName(after); from != to {
			t.overall("Unicode form: " + from + " → " + to)
		} else {
			t.overall("Unicode form")
		}
		before, after = nb, na
	}
	t.spaces(before, after, line)
}

// spaces names the differences of white space at the end, at the start and
// inside of two lines.
func (t *noteTaker) spaces(before, after string, line int) {
	bt, at := strings.TrimRightFunc(before, spaceOrInvisible), strings.TrimRightFunc(after, spaceOrInvisible)
	t.run("trailing ", before[len(bt):], after[len(at):], line)
	bi, ai := strings.TrimLeftFunc(bt, spaceOrInvisible), strings.TrimLeftFunc(at, spaceOrInvisible)
	t.run("leading ", bt[:len(bt)-len(bi)], at[:len(at)-len(ai)], line)
	if bi == ai {
		return
	}
	b, a := middles(bi, ai)
	if strings.IndexFunc(b+a, visible) < 0 {
		t.run("", b, a, line)
		return
	}
	if strings.ContainsAny(b+a, "\n") {
		t.note(line, "wrapped differently")
		return
	}
	t.note(line, "white space at several places")
}

// run names one run of white space that became another.
func (t *noteTaker) run(where, before, after string, line int) {
	switch {
	case before == after:
	case after == "":
		t.note(line, describe(where, before)+" removed")
	case before == "":
		t.note(line, describe(where, after)+" added")
	default:
		t.note(line, describe(where, before)+" → "+describe("", after))
	}
}

// middles cuts off what two texts have in common at both ends, in whole runes.
func middles(before, after string) (string, string) {
	b, a := []rune(before), []rune(after)
	for len(b) > 0 && len(a) > 0 && b[0] == a[0] {
		b, a = b[1:], a[1:]
	}
	for len(b) > 0 && len(a) > 0 && b[len(b)-1] == a[len(a)-1] {
		b, a = b[:len(b)-1], a[:len(a)-1]
	}
	return string(b), string(a)
}

func visible(r rune) bool { return !spaceOrInvisible(r) }

func cutLineEnd(s string) (text, end string) {
	text = strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
	return text, s[len(text):]
}

func endName(end string) string {
	switch end {
	case "\n":
		return "LF"
	case "\r\n":
		return "CRLF"
	}
	return "CR"
}

func formName(s string) string {
	switch {
	case norm.NFC.IsNormalString(s):
		return "NFC"
	case norm.NFD.IsNormalString(s):
		return "NFD"
	}
	return "mixed"
}

// describe names a run of white space: "2 trailing spaces", "1 tab".
func describe(where, run string) string {
	var names []string
	counts := map[string]int{}
	for _, r := range run {
		name := spaceName(r)
		if counts[name]++; counts[name] == 1 {
			names = append(names, name)
		}
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s%s", counts[name], where, name)
		if counts[name] > 1 {
			names[i] += "s"
		}
		where = ""
	}
	return strings.Join(names, " and ")
}

// spaceName names what can't be seen.
func spaceName(r rune) string {
	switch r {
	case ' ':
		return "space"
	case '\t':
		return "tab"
	case '\n':
		return "line break"
	case '\r':
		return "carriage return"
	case 0xA0:
		return "no-break space"
	case 0x3000:
		return "wide space"
	case 0x200B:
		return "zero-width space"
	case 0xFEFF:
		return "byte order mark"
	case 0xAD:
		return "soft hyphen"
	}
	if unicode.IsSpace(r) {
		return fmt.Sprintf("space U+%04X", r)
	}
	return fmt.Sprintf("invisible U+%04X", r)
}
