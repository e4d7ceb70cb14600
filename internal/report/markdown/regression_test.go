package markdown

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/charsync/charsync/internal/report"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers/all"
	"github.com/charsync/charsync/pkg/spec"
)

// hostile is prose that would be something else if it were not held.
var hostile = []string{
	"@everyone", "@octo-cat", "#123", "GH-45", "octo/repo#9", "!12", "~bug", "%\"v1\"", "$12", "$x$", "$x$__strong__", "~_bug", "&7", ":smile:", ":+1:",
	"1234567", "deadbeefcafe", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "https://evil.example/x", "www.evil.example", "a@b.example",
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- hidden", "-->", "</details>", "</blockquote></p>", "<![CDATA[", "<?php", "<details>",
	"```", "~~~", "    code", "# heading", "---", "***", "- [ ] task", "> quote", "| a | b |", "*emphasis*", "__strong__", "~~gone~~", "`code`",
	"[text](javascript:alert(1))", "![image](https://evil.example/i.png)", "[ref]: https://evil.example", "<https://evil.example>", "[!WARNING]", "/approve",
	"\x1b[31mred\x1b[0m", "\u202egnp.exe", "\u2066isolate", "\x00", "\x9b2J", "&lt;b&gt;", "&#64;admin", "&commat;admin", "JIRA-12", "CVE-2024-1",
	"\n", "\n\n", "\r\n", "\t", " ", "She said nothing.", "Ein Wort.", "狐狸", "مرحبا", "👩‍🚀", "\\", "{{user}}: hi", "GHSA-abcd-efgh-ijkl",
}

func hostileText(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 24).Draw(t, label), rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, label+" joint"))
}

// hostilePlan has the same words in every place that text comes from.
func hostilePlan(a, b string) *diff.Plan {
	block := diff.Block{Rule: a, Message: b, Hint: a}
	var fields []diff.FieldChange
	for i, class := range []diff.Class{diff.Yours, diff.Drift, diff.Conflict, diff.Unverifiable, diff.Released, diff.Adopted} {
		fields = append(fields,
			diff.FieldChange{Path: spec.Path(a), Kind: []diff.Kind{diff.Text, diff.Enum}[i%2], Class: class, Before: a, After: b, BeforeKnown: class != diff.Unverifiable},
			diff.FieldChange{Path: "list", Kind: diff.Objects, Class: class, BeforeKnown: true, Before: []any{a, map[string]any{a: b, "name": b}}, After: []any{b, map[string]any{a: a, "name": b}, b + "\n" + a}},
			diff.FieldChange{Path: "sets", Kind: diff.Set, Class: class, BeforeKnown: true, Before: []any{a}, After: []any{b, a}})
	}
	plan := &diff.Plan{
		Guards: []diff.Block{block}, Calls: []diff.Calls{{Target: a, Wait: b}, {Target: b}}, Env: a, Meta: diff.Meta{Project: b},
		Diagnostics: []spec.Diagnostic{{Pos: spec.Pos{File: a, Line: 1, Col: 3}, Code: a, Message: b, Hint: a, Source: b, Target: a, Character: b}},
		Unplanned:   []diff.Unplanned{{Address: diff.Address{Target: a, Name: b}, Code: a, Message: b, Hint: a}},
		Orphans:     []diff.Orphan{{Address: diff.Address{Target: a, Name: b}, ID: a}},
	}
	for _, action := range []diff.Action{diff.Create, diff.Update, diff.Replace, diff.Delete, diff.Record, diff.Report} {
		plan.Changes = append(plan.Changes, diff.Change{
			Address: diff.Address{Target: a, Name: b + string(action)}, Provider: "convai", Action: action, Reason: a, ID: b, Scope: a, CloneOf: b, Removal: a,
			Source: spec.Pos{File: a}, Blocked: []diff.Block{block}, Fields: fields, Losses: []diff.Loss{{Path: spec.Path(a), How: b, Note: a}},
			Labels: map[string]string{a: b},
		})
	}
	plan.Seal()
	return plan
}

// TestRegressionCommentInjection is comment-injection: whatever words stand in
// prose, they are words in a comment.
func TestRegressionCommentInjection(t *testing.T) {
	for _, a := range hostile {
		r := report.New(hostilePlan(a, "x "+a+a+" y"), report.Sources{Driver: all.Driver})
		wellFormed(t, write(t, r, Options{ReportURL: reportURL}), GitHub)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := report.New(hostilePlan(hostileText(t, "a"), hostileText(t, "b")), report.Sources{Driver: all.Driver})
		wellFormed(t, write(t, r, Options{ReportURL: reportURL}), GitHub)
	})
}

// TestRegressionCommentTooLong is comment-too-long: from one changed character
// to 5,000 a comment keeps to its budget, is well-formed, and accounts for
// every character.
func TestRegressionCommentTooLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few, some, many := rapid.IntRange(1, 40), rapid.IntRange(1, 400), rapid.IntRange(1, 5000)
		n := rapid.OneOf(few, few, few, few, some, some, many).Draw(t, "characters")
		words := rapid.IntRange(0, 60).Draw(t, "words")
		if n <= 40 {
			words = rapid.IntRange(0, 3000).Draw(t, "many words")
		}
		r := report.New(manyPlan(n, words, rapid.Int().Draw(t, "seed")), report.Sources{Driver: all.Driver})
		budget := rapid.SampledFrom([]int{GitHub, GitHub, Least, 20000}).Draw(t, "budget")
		got := write(t, r, Options{MaxBytes: budget, ReportURL: reportURL})
		wellFormed(t, got, budget)
		accounts(t, got, n)
	})
}

// manyPlan changes a number of characters, some words in each.
func manyPlan(n, words, seed int) *diff.Plan {
	plan := &diff.Plan{Complete: true, Meta: diff.Meta{Project: "many"}}
	for i := range n {
		var before strings.Builder
		for w := range (i*7919 + words) % (words + 1) {
			before.WriteString(hostile[(w*w+i+seed&0xff)%len(hostile)] + " word ")
		}
		before.WriteString("She keeps the inn.")
		after := strings.Replace(before.String(), "word", "changed", 1+i%3) + " And the bridge."
		c := diff.Change{
			Address: diff.Address{Target: []string{"convai", "alakazam"}[i%2], Name: fmt.Sprintf("c%04d", i)}, Provider: "convai", Action: diff.Update, ID: fmt.Sprint(i),
			Fields: []diff.FieldChange{{Path: "greeting", Kind: diff.Text, Class: diff.Yours, Before: before.String(), After: after, BeforeKnown: true, Send: true}},
		}
		switch i % 11 {
		case 3:
			c.Action = diff.Create
		case 5:
			c.Fields[0].Class, c.Blocked = diff.Conflict, []diff.Block{{Rule: "conflict", Message: "both moved", Hint: "look"}}
		}
		plan.Changes = append(plan.Changes, c)
	}
	plan.Seal()
	return plan
}

// accounts holds that each character has a block or a line, or is counted.
func accounts(t tester, comment string, n int) {
	t.Helper()
	shown := strings.Count(comment, "<details") + strings.Count(comment, "<li><b>")
	left := 0
	if _, rest, ok := strings.Cut(comment, "<b>And "); ok {
		figure, _, _ := strings.Cut(rest, " ")
		fmt.Sscan(strings.ReplaceAll(figure, ",", ""), &left)
	}
	if shown+left != n {
		t.Fatalf("%d shown and %d counted, of %d", shown, left, n)
	}
}

// Characters get shorter step by step, and only when there is no room.
func TestDegrades(t *testing.T) {
	for _, c := range []struct {
		n, words      int
		block, line   bool
		short, counts bool
	}{
		{n: 5, words: 40, block: true},
		{n: 40, words: 300, block: true, short: true},
		{n: 250, words: 300, block: true, short: true, line: true},
		{n: 5000, words: 60, block: true, short: true, line: true, counts: true},
	} {
		got := write(t, report.New(manyPlan(c.n, c.words, 1), report.Sources{}), Options{ReportURL: reportURL})
		wellFormed(t, got, GitHub)
		accounts(t, got, c.n)
		for what, pair := range map[string][2]any{
			"<details": {c.block, strings.Contains(got, "<details")}, "shortened": {c.short, strings.Contains(got, "(shortened)")},
			"in a line each": {c.line, strings.Contains(got, "in a line each")}, "no room": {c.counts, strings.Contains(got, "no room")},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%d characters of %d words: %s is %v, want %v", c.n, c.words, what, pair[1], pair[0])
			}
		}
		if c.counts && len(got) < GitHub*8/10 {
			t.Errorf("%d characters: only %d bytes are used", c.n, len(got))
		}
	}
}
