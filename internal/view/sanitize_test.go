package view

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
	"github.com/charsync/charsync/pkg/visible"
)

func TestSanitize(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Wipe your boots.", "Wipe your boots."},
		{"line ends and tabs stay", "a\n\tb", "a\n\tb"},
		{"escape", "\x1b[31mred", `\x1b[31mred`},
		{"title", "\x1b]0;owned\x07", `\x1b]0;owned\x07`},
		{"C1", "\u009b2J", `\x9b2J`},
		{"C1 as a byte", "\x9b2J", `\x9b2J`},
		{"null, carriage return, backspace, delete", "\x00\r\b\x7f", `\x00\x0d\x08\x7f`},
		{"not UTF-8", "a\xffb", `a\xffb`},
		{"replacement character", "a\uFFFDb", "a\uFFFDb"},
		{"override", "\u202egnp.exe", `\u202egnp.exe`},
		{"tags behind a flag", "🏴\U000E0068\U000E0069\U000E007F", `🏴\U000e0068\U000e0069\U000e007f`},
		{"run of selectors", "☺\ufe0f\ufe0f", "☺\ufe0f" + `\ufe0f`},
		{"run of joiners", "👩\u200d\u200d🚀", `👩\u200d\u200d🚀`},
		{"isolates", "\u2066a\u2069", `\u2066a\u2069`},
		{"marks of direction", "a\u200e\u200f\u061c", `a\u200e\u200f\u061c`},
		{"line and paragraph separators", "a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"zero-width space, byte order mark, soft hyphen", "a\u200bb\ufeffc\u00add", `a\u200bb\ufeffc\u00add`},
		{"joiner between letters", "a\u200db", `a\u200db`},
		{"joiner in an emoji", "👩‍🚀", "👩‍🚀"},
		{"heart", "❤️ 1️⃣ ©️", "❤️ 1️⃣ ©️"},
		{"joiners in Persian and Hindi", "می‌خواهم क्‍ष", "می‌خواهم क्‍ष"},
		{"flags", "🇩🇪 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪 🏴󠁧󠁢󠁳󠁣󠁴󠁿"},
		{"tags without a flag", "a\U000E0041", `a\U000e0041`},
		{"variant of an ideograph", "葛󠄀", "葛󠄀"},
		{"fillers", "\u3164\u115f", `\u3164\u115f`},
		{"combining marks", "e\u0301", "e\u0301"},
		{"Arabic, Hebrew", "مرحبا שלום", "مرحبا שלום"},
	} {
		if got := Sanitize(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := SanitizeLine("a\n\tb"); got != `a\n\tb` {
		t.Errorf("SanitizeLine: %q", got)
	}
}

// sgr is every sequence that paint may write.
var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// checkClean fails when text could steer a terminal or a runner.
func checkClean(t interface{ Fatalf(string, ...any) }, out string, s Style) {
	if line := obeyed(out); line != "" {
		t.Fatalf("a command: %q", line)
	}
	if s.Color {
		out = sgr.ReplaceAllString(out, "")
	}
	// Our own isolates are around texts; nothing else may be hidden.
	for h := range visible.Hidden(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(out)) {
		t.Fatalf("%d hidden characters (%s) got through in %q", h.Characters, h.Kind, out)
	}
	for _, r := range out {
		switch {
		case r == '\n':
		case r < ' ', r >= 0x7F && r <= 0x9F, r >= 0x202A && r <= 0x202E, r == 0x2028, r == 0x2029, r == 0x2066, r == 0x2067:
			t.Fatalf("%U got through in %q", r, out)
		case (r == 0x2068 || r == 0x2069) && !s.Unicode:
			t.Fatalf("%U without Unicode in %q", r, out)
		}
	}
	if strings.Count(out, "\u2068") != strings.Count(out, "\u2069") {
		t.Fatalf("isolates are not balanced in %q", out)
	}
}

// renderAll puts hostile words in every place that text comes from.
func renderAll(t interface{ Fatalf(string, ...any) }, a, b string, s Style) string {
	kinds := []diff.Kind{diff.Text, diff.Enum}
	var fields []diff.FieldChange
	for i, class := range []diff.Class{diff.Yours, diff.Drift, diff.Conflict, diff.Unverifiable, diff.Released, diff.Adopted} {
		fields = append(fields,
			diff.FieldChange{Path: spec.Path(a), Kind: kinds[i%2], Class: class, Before: a, After: b, BeforeKnown: class != diff.Unverifiable},
			diff.FieldChange{Path: "list", Kind: diff.Objects, Class: class, BeforeKnown: true, Before: []any{a, map[string]any{a: b, "name": b}}, After: []any{b, map[string]any{a: a, "name": b}, b + "\n" + a}},
			diff.FieldChange{Path: "sets", Kind: diff.Text, Class: class, BeforeKnown: true, After: b})
	}
	block := diff.Block{Rule: a, Message: b, Hint: a}
	d := spec.Diagnostic{Pos: spec.Pos{File: a, Line: 1, Col: 3}, Severity: spec.Error, Code: a, Message: b, Hint: a, Source: b, Length: 2, Target: a, Character: b}
	plan := &diff.Plan{Guards: []diff.Block{block}, Diagnostics: []spec.Diagnostic{d}, Calls: []diff.Calls{{Target: a, Wait: b}, {Target: b}}}
	result := &apply.Result{RunID: a, Created: 1, Refused: []diff.Block{block}}
	for _, action := range []diff.Action{diff.Create, diff.Update, diff.Replace, diff.Delete, diff.Record, diff.Report} {
		plan.Changes = append(plan.Changes, diff.Change{
			Address: diff.Address{Target: a, Name: b + string(action)}, Action: action, Reason: a, ID: b, Scope: a, CloneOf: b, Removal: a,
			Source: spec.Pos{File: a}, Blocked: []diff.Block{block}, Fields: fields, Losses: []diff.Loss{{Path: spec.Path(a), How: b, Note: a}},
		})
		result.Outcomes = append(result.Outcomes, apply.Outcome{
			Address: diff.Address{Target: a, Name: b}, Action: action, Status: []string{apply.Done, apply.Failed, apply.Skipped}[len(result.Outcomes)%3],
			ID: a, Rule: b, Reason: a, Hint: b, Err: fmt.Errorf("%s", a), Stale: fields,
			Fields: []apply.Kept{{Path: spec.Path(a), How: "truncated", Wanted: a, Got: b}, {Path: spec.Path(b), How: a, Wanted: a, Got: b}, {How: "appended", Wanted: a, Got: []any{b}}},
		})
	}
	plan.Orphans = []diff.Orphan{{Address: diff.Address{Target: a, Name: b}, ID: a}}
	var out strings.Builder
	for _, err := range []error{
		Plan(&out, plan, s), Result(&out, result, s), Diagnostics(&out, []spec.Diagnostic{d}, s),
		Table(&out, []string{a, b}, [][]string{{b, a}, {a}}, s),
	} {
		if err != nil {
			t.Fatalf("%v", err)
		}
	}
	return out.String()
}

// FuzzTerminalEscape is terminal-escape: whatever prose holds, what is printed
// holds no control character but our own colours.
func FuzzTerminalEscape(f *testing.F) {
	f.Add("Wipe your boots.", "Wipe your shoes.", true, true)
	f.Add("\x1b[31mred\x1b[0m", "\x1b]8;;http://x\x07", true, true)
	f.Add("\u202egnp\u2068", "\u009b2J\xff\x9b", false, true)
	f.Add("مرحبا\u2069 a", "שלום\nשלום", false, true)
	f.Add("a\r\nb \t", "a\nb\x00", true, false)
	f.Fuzz(func(t *testing.T, a, b string, color, unicode bool) {
		if len(a)+len(b) > 100 {
			t.Skip("long text says no more than short text here")
		}
		s := Style{Color: color, Unicode: unicode, Width: 60}
		checkClean(t, renderAll(t, a, b, s), s)
	})
}

func TestNothingSteersTheTerminal(t *testing.T) {
	words := []string{"a", "word ", "\x1b[2J", "\x1b]0;t\x07", "\u009b", "\x9b", "\u202e", "\u2066", "\u2068", "\u2069", "\r", "\n", "\t", "\x00", "مرحبا", "狐狸", "👩‍🚀", "\u200b", "\u200d", "e\u0301", "\U000E0041", "🏴", "\ufe0f", "☺", "\u200c", "\u2028", "\u00ad", ". ", "\xff", "::", ":", "##", "[x]"}
	text := func(t *rapid.T, label string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 30).Draw(t, label), "")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := Style{Color: rapid.Bool().Draw(t, "color"), Unicode: rapid.Bool().Draw(t, "unicode"), Width: rapid.IntRange(0, 120).Draw(t, "width")}
		checkClean(t, renderAll(t, text(t, "a"), text(t, "b"), s), s)
	})
}

// TestWrapKeepsTextAndWidth: wrapping loses nothing but spaces at line ends,
// keeps to the width, and never parts a cluster.
func TestWrapKeepsTextAndWidth(t *testing.T) {
	words := []string{"a", "word ", "longerword", " ", "狐狸の", "👩‍🚀", "🇩🇪", "e\u0301", "مرحبا ", "-", "한국어", "\n", "नमस्ते"}
	rapid.Check(t, func(t *rapid.T) {
		var runs []run
		var all strings.Builder
		for i, w := range rapid.SliceOfN(rapid.SampledFrom(words), 0, 60).Draw(t, "words") {
			runs = append(runs, run{w, ink(i % 3)})
			all.WriteString(w)
		}
		limit := rapid.IntRange(10, 50).Draw(t, "limit")
		var rows []string
		for i, row := range wrap(runs, 4, 2, limit) {
			var b strings.Builder
			for _, r := range row {
				b.WriteString(r.text)
			}
			column := 2
			if i == 0 {
				column = 4
			}
			if w := uniseg.StringWidth(b.String()); column+w > limit {
				t.Fatalf("row %q is %d columns wide, past %d", b.String(), column+w, limit)
			}
			rows = append(rows, b.String())
		}
		strip := strings.NewReplacer(" ", "", "\n", "")
		if got, want := strip.Replace(strings.Join(rows, "")), strip.Replace(all.String()); got != want {
			t.Fatalf("wrapped %q into %q", want, got)
		}
		whole := map[string]bool{}
		for rest, state := all.String(), -1; rest != ""; {
			var c string
			c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			whole[c] = true
		}
		for _, row := range rows {
			for rest, state := row, -1; rest != ""; {
				var c string
				c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
				if !whole[c] {
					t.Fatalf("%q is no cluster of %q", c, all.String())
				}
			}
		}
	})
}

func TestTable(t *testing.T) {
	var out strings.Builder
	err := Table(&out, []string{"NAME", "TARGET", "NOTE"}, [][]string{
		{"mira", "convai", "plain"},
		{"狐狸の宿", "alakazam", "two columns each"},
		{"👩‍🚀", "npcbuilder", ""},
		{"cafe\u0301", "x\x1b[31m", "a\nb"},
		{"long", "y", strings.Repeat("word ", 30)},
	}, Style{Width: 50, Unicode: true})
	if err != nil {
		t.Fatal(err)
	}
	want := `NAME      TARGET      NOTE
mira      convai      plain
狐狸の宿  alakazam    two columns each
👩‍🚀        npcbuilder
café      x\x1b[31m   a\nb
long      y           word word word word word wo…
`
	if got := strings.ReplaceAll(out.String(), "e\u0301", "é"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
