package prose

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

// clusters are the building blocks of hard texts: everything that must never
// be cut, and everything that tempts a differ to cut it.
var clusters = []string{
	"a", "b", "the", "Mira", "don't", "e\u0301", "n\u0303", " ", " ", " ", "  ", "\t", "\n", "\n\n", "\r\n", "\r",
	".", ". ", "!", "…", "“", "”", "’", "—", "👩‍🚀", "👍🏽", "🇩🇪", "🇫🇷", "❤️", "狐", "狐狸", "です", "カタカナ", "。", "「", "」",
	"한국어", "\u1112\u1161\u11ab", "مرحبا", "שלום", "\u200f", "กำลัง", "ำ", "नमस्ते", "\u0301", "\u200d", "\ufe0f", "\u200b", "\ufeff",
	"\u0600", "\u0600a", "\xff", "\x00", "\x1b[31m", "3.14", "*", "{{char}}: ",
}

func hardText(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(clusters), 0, 60).Draw(t, label), "")
}

// edited draws a text and another one that grew out of it.
func edited(t *rapid.T) (before, after string) {
	parts := rapid.SliceOfN(rapid.SampledFrom(clusters), 0, 80).Draw(t, "parts")
	other := append([]string(nil), parts...)
	for range rapid.IntRange(0, 6).Draw(t, "edits") {
		if len(other) == 0 {
			break
		}
		at := rapid.IntRange(0, len(other)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "edit") {
		case 0:
			other[at] = rapid.SampledFrom(clusters).Draw(t, "new")
		case 1:
			other = append(other[:at], other[at+1:]...)
		case 2:
			other[at] += rapid.SampledFrom(clusters).Draw(t, "more")
		}
	}
	return strings.Join(parts, ""), strings.Join(other, "")
}

func checkCompare(t interface{ Fatalf(string, ...any) }, before, after string) {
	d := Compare(before, after)
	if d.Empty() != (before == after) {
		t.Fatalf("Compare(%q, %q) is empty: %v", before, after, d.Empty())
	}
	if d.Empty() {
		return
	}
	if got := d.Before(); got != before {
		t.Fatalf("equal and delete spans spell %q, want %q", got, before)
	}
	if got := d.After(); got != after {
		t.Fatalf("equal and insert spans spell %q, want %q", got, after)
	}
	changed := false
	beforeCuts, afterCuts := cuts(before), cuts(after)
	b, a := 0, 0
	for _, p := range d.Hunks {
		for _, s := range p.Sentences {
			for _, span := range s.Spans {
				if span.Text == "" {
					t.Fatalf("empty span in %q → %q", before, after)
				}
				if span.Op != Insert {
					b += len(span.Text)
				}
				if span.Op != Delete {
					a += len(span.Text)
				}
				changed = changed || span.Op != Equal
				if !beforeCuts[b] || !afterCuts[a] {
					t.Fatalf("a span of %q → %q ends inside a grapheme cluster, after %q", before, after, span.Text)
				}
			}
		}
	}
	if !changed {
		t.Fatalf("no changed span in %q → %q", before, after)
	}
	if d.WhitespaceOnly && len(d.Notes) == 0 {
		t.Fatalf("whitespace only, and no note: %q → %q", before, after)
	}
}

func cuts(s string) map[int]bool {
	out := map[int]bool{0: true}
	n, state := 0, -1
	for s != "" {
		var c string
		c, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		n += len(c)
		out[n] = true
	}
	return out
}

func TestCompareSpellsBothTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkCompare(t, hardText(t, "before"), hardText(t, "after")) })
	rapid.Check(t, func(t *rapid.T) {
		before, after := edited(t)
		checkCompare(t, before, after)
	})
}

func FuzzCompare(f *testing.F) {
	f.Add("Wipe your boots.", "Wipe your shoes.")
	f.Add("狐の嫁入り。👩‍🚀", "狸の嫁入り。👩‍🚀")
	f.Add("a\r\nb", "a\nb\n")
	f.Fuzz(func(t *testing.T, before, after string) { checkCompare(t, before, after) })
}

// sampleText makes text of n bytes that reads like sentences, from a seed.
func sampleText(n int, seed uint64) string {
	words := strings.Fields("the inn stands at the foot of a pass where snow falls early and travellers come down late with frost in their beards asking for soup bread beer news of the road south or a bed near the chimney Mira keeps ledger under bar counts debts in her head never forgets face nor forgives lie")
	rng := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for b.Len() < n {
		for i := range 8 + rng.IntN(9) {
			if i > 0 {
				b.WriteByte(' ')
			}
			w := words[rng.IntN(len(words))]
			if i == 0 {
				w = strings.ToUpper(w[:1]) + w[1:]
			}
			b.WriteString(w)
		}
		b.WriteString([]string{". ", ".\n", "! ", "? ", ".\n\n"}[rng.IntN(5)])
	}
	return b.String()
}

func changeWords(s string, oneIn int, seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 2))
	parts := splitWords(s)
	for i, p := range parts {
		if weight(p) == 2 && rng.IntN(oneIn) == 0 {
			parts[i] = fmt.Sprintf("changed%d", rng.IntN(1000))
		}
	}
	return strings.Join(parts, "")
}

func BenchmarkCompare(b *testing.B) {
	const size = 32 << 10
	base := sampleText(size, 7)
	oneLine := strings.ReplaceAll(strings.ReplaceAll(base, "\n", " "), ".", ",")
	cjk := strings.Repeat("古い宿屋の主人は旅人に温かいスープを出した。", size/66)
	lines := func(word string) string {
		var s strings.Builder
		for i := 0; s.Len() < size; i++ {
			fmt.Fprintf(&s, "%s%d\n", word, i)
		}
		return s.String()
	}
	shuffled := func(s, sep string, seed uint64) string {
		parts := strings.Split(s, sep)
		rand.New(rand.NewPCG(seed, 3)).Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return strings.Join(parts, sep)
	}
	cases := []struct{ name, before, after string }{
		{"one word", base, strings.Replace(base, "ledger", "diary", 1)},
		{"a tenth of the words", base, changeWords(base, 10, 1)},
		{"a tenth of the words in one line", oneLine, changeWords(oneLine, 10, 1)},
		{"nothing in common", base, strings.ToUpper(sampleText(size, 8))},
		{"other text of the same words", base, sampleText(size, 9)},
		{"words shuffled in one line", oneLine, shuffled(oneLine, " ", 1)},
		{"lines shuffled", lines("x"), shuffled(lines("x"), "\n", 2)},
		{"short lines, nothing in common", lines("x"), lines("y")},
		{"two letters", strings.Repeat("a b ", size/4), strings.Repeat("b a a ", size/6)},
		{"two lines", strings.Repeat("a\nb\n", size/4), strings.Repeat("b\na\na\n", size/6)},
		{"japanese", cjk, strings.ReplaceAll(cjk, "温かい", "冷たい")},
		{"japanese, one line reversed", cjk, shuffled(cjk, "", 4)},
		{"emoji", strings.Repeat("👩‍🚀👍🏽", size/19), strings.Repeat("👍🏽👩‍🚀🇩🇪", size/27)},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Compare(c.before, c.after)
			}
		})
	}
}

// TestPlainFoldsToItself: the short way of folding is the long way's result.
func TestPlainFoldsToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"a", "é", "e\u0301", "Ω", "\u2126", "\u0387", "…", "“", "—", " ", "  ", "\u00a0", "\u3000", "\t", "\n", "\r", "\u200b", "漢", "が", "か\u3099", "\uf900", "ё", "е\u0308", "！", "\u0374", "\u037e",
		}), 0, 12).Draw(t, "parts"), "")
		if plain(s) && foldSpace(s) != folded(s) {
			t.Fatalf("%q becomes %q, not %q", s, foldSpace(s), folded(s))
		}
	})
	for r := rune(' '); r < 0x10000; r++ {
		if s := string(r); plain(s) && foldSpace(s) != folded(s) {
			t.Errorf("%q becomes %q, not %q", s, foldSpace(s), folded(s))
		}
	}
}
