package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/internal/view"
	"github.com/charsync/charsync/pkg/diff/prose"
)

func TestCutSpeaker(t *testing.T) {
	for line, want := range map[string][2]string{
		"Mira: Two, and one of them is dry.":       {"Mira", "Two, and one of them is dry."},
		"{{user}}: Do you have a room?":            {"{{user}}", "Do you have a room?"},
		"{{char}}:":                                {"{{char}}", ""},
		"The old keeper:\tHm.":                     {"The old keeper", "Hm."},
		"At 12:30 the coach goes.":                 {},
		"https://example.com":                      {},
		"She said, as ever: wait.":                 {},
		"There is one thing that I know: it ends.": {},
		": nobody":                             {},
		"no colon":                             {},
		strings.Repeat("x", 60) + ": too long": {},
		"Wirtin: Zwei. Ein Zimmer ist trocken, und es kostet: drei.": {"Wirtin", "Zwei. Ein Zimmer ist trocken, und es kostet: drei."},
	} {
		who, said, ok := cutSpeaker(line)
		if got := [2]string{who, said}; got != want || ok != (want[0] != "") {
			t.Errorf("%q: %q, %v; want %q", line, got, ok, want)
		}
	}
}

func TestDialogue(t *testing.T) {
	for text, want := range map[string]bool{
		"A: one\nB: two":                     true,
		"A: one\nB: two\n\nA: three":         true,
		"A: one":                             false,
		"She keeps the inn.\nA: one\nB: two": true,
		"She keeps the inn.\nShe is fifty-one.\nA: one\nB: two": false,
		"": false,
	} {
		if got := Dialogue(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// A changed turn keeps its speaker apart from what is said; a changed speaker
// is part of what changed.
func TestTurns(t *testing.T) {
	d := prose.Compare("Mira: Two rooms.\nGuest: Which is dry?\n", "Mira: Three rooms.\nTraveller: Which is dry?\n")
	p := proseOf(&d, true)
	var got []string
	for _, b := range p.Blocks {
		for _, l := range b.Lines {
			line := "[" + l.Speaker + "]"
			for _, s := range l.Spans {
				line += " " + string(s.Op) + ":" + s.Text
			}
			got = append(got, line)
		}
	}
	want := []string{
		"[Mira] delete:Two insert:Three equal: rooms.",
		"[] delete:Guest insert:Traveller equal:: Which is dry?",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// letters are those of a text, sorted: a moved block is shown once, where it
// went, and a line end of one side parts the lines of both.
func letters(s string) string {
	all := []rune(strings.Join(strings.Fields(s), ""))
	slices.Sort(all)
	return string(all)
}

// sideText is what blocks show of one side.
func sideText(p *Prose, side prose.Op) string {
	var b strings.Builder
	for _, block := range p.Blocks {
		for _, l := range block.Lines {
			if l.Speaker != "" && (l.By == prose.Equal || l.By == side) {
				b.WriteString(l.Speaker + ": ")
			}
			for _, s := range l.Spans {
				if s.Op == prose.Equal || s.Op == side {
					b.WriteString(strings.ReplaceAll(s.Text, "↵", "\n"))
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// TestNoWordIsLost: what a report shows of a changed text has every letter of
// both sides, as turns of a dialogue too.
func TestNoWordIsLost(t *testing.T) {
	pieces := []string{"Mira: ", "She keeps the inn. ", "word ", "Nobody came.", "\n", "\n\n", "\r\n", "A line that is long enough to be found elsewhere.\n", "{{char}}: Hm.\n", "<b>", "\x1b[2J", "  "}
	text := func(t *rapid.T, label string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 20).Draw(t, label), "")
	}
	rapid.Check(t, func(t *rapid.T) {
		before, after := text(t, "before"), text(t, "after")
		d := prose.Compare(before, after)
		if d.Empty() || d.WhitespaceOnly {
			return
		}
		p := proseOf(&d, rapid.Bool().Draw(t, "talk"))
		for side, whole := range map[prose.Op]string{prose.Delete: before, prose.Insert: after} {
			want := letters(view.Sanitize(strings.ReplaceAll(whole, "\r\n", "\n")))
			if got := letters(sideText(&p, side)); got != want {
				t.Fatalf("%s of %q → %q:\ngot  %q\nwant %q", side, before, after, got, want)
			}
		}
	})
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("She keeps the last inn before the pass. ", 40)
	start, more := Excerpt(long)
	if !more || len(start) > excerptLength || !strings.HasSuffix(start, "pass.") {
		t.Errorf("%v %q", more, start)
	}
	if start, more := Excerpt("Short. "); more || start != "Short." {
		t.Errorf("%v %q", more, start)
	}
	start, more = Excerpt(strings.Repeat("狐", 400))
	if !more || strings.ContainsRune(start, '\uFFFD') {
		t.Errorf("%v %q", more, start)
	}
}

func TestLevels(t *testing.T) {
	for want, m := range map[string]Meter{
		"over": {Used: 101, Hard: 100}, "past": {Used: 60, Effective: 50, Hard: 100}, "near": {Used: 90, Hard: 100},
		"short": {Used: 2, Least: 3, Hard: 20}, "ok": {Used: 40, Effective: 50, Hard: 100},
	} {
		if got := m.Level(); got != want {
			t.Errorf("%+v is %s, want %s", m, got, want)
		}
	}
}
