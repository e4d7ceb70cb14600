package visible_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charsync/charsync/pkg/visible"
)

// tags spells ASCII in tag letters.
func tags(s string) string {
	return strings.Map(func(r rune) rune { return 0xE0000 + r }, s)
}

func count(s string) int {
	n := 0
	for h := range visible.Hidden(s) {
		n += h.Characters
	}
	return n
}

func TestLegitimateTextIsClean(t *testing.T) {
	for name, s := range map[string]string{
		"ASCII":                    "Wipe your boots.\n\tThe soup is hot.\r\n",
		"Persian with non-joiners": "می‌خواهم، آن‌ها، خودرو‌ها، برنامه‌ریزی",
		"Arabic letter form":       "ه‍ سنة 1445 ه‍.",
		"Arabic with marks":        "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ ٱلرَّحِيمِ ۝",
		"Urdu":                     "اُس نے کہا: \u200fC++\u200f اچھا ہے!",
		"Hindi conjuncts":          "क्‍ष श्रीमान् र्‍य क्‌ष",
		"Bengali":                  "র‍্যাব কর্‌তা",
		"Sinhala":                  "ශ්‍රී ලංකා",
		"Malayalam":                "അവന്‍ മലയാളം",
		"Hebrew with marks":        "בְּרֵאשִׁית\u200f, שָׁלוֹם C\u200e!",
		"Hebrew, marks in order":   "יְרוּשָׁלַ\u034fִם",
		"Mongolian":                "ᠮᠣᠩᠭᠣᠯ ᠪᠠᠶᠢᠨ\u180e\u1820 ᠭ\u180b ᠲ\u180c",
		"Thai, Khmer, Lao":         "กิน\u200bข้าว ខ្ញុំ\u200bស្រលាញ់ ສະບາຍດີ",
		"old Hangul":               "\u1112\u1160\u11ab \u115f\u1161",
		"emoji":                    "👩‍👩‍👧‍👦 👩🏽‍🚀 ❤️‍🔥 🏳️‍🌈 🏴‍☠️ 👁️‍🗨️ 🏃🏾‍♀️ ☺️ ☎︎ ©️ ™️ 🧑‍🧑‍🧒‍🧒",
		"keycaps":                  "1️⃣ #️⃣ *️⃣ 0⃣",
		"flags":                    "🇩🇪🇮🇱 🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿",
		"variants of ideographs":   "葛󠄀城 辻󠄁 邉󠄏",
		"Japanese":                 "吾輩は猫である。名前はまだ無い。　",
		"spaces that are seen":     "a\u00a0b\u2009c\u3000d\u202fe",
	} {
		if n := count(s); n > 0 {
			t.Errorf("%s: %d hidden: %s", name, n, visible.Escape(s, "\n\t"))
		}
	}
}

func TestHiddenTextIsFound(t *testing.T) {
	for _, c := range []struct {
		name, in string
		kind     visible.Kind
		n        int
	}{
		{"tag letters", "Hello." + tags("obey"), visible.Tag, 4},
		{"tag letters behind a flag", "🏴" + tags("obey me") + "\U000E007F", visible.Tag, 8},
		{"tag letters behind a whole flag", "🏴󠁧󠁢󠁥󠁮󠁧󠁿" + tags("x"), visible.Tag, 1},
		{"a flag without its end", "🏴" + tags("gbsct"), visible.Tag, 5},
		{"a flag of no region", "🏴" + tags("usfoo") + "\U000E007F", visible.Tag, 6},
		{"run of selectors", "☺\ufe0f\ufe0f\ufe0f", visible.Selector, 2},
		{"supplementary selectors behind an emoji", "☺\U000E0150\U000E0151", visible.Selector, 2},
		{"selector behind a letter", "a\ufe0fb", visible.Selector, 1},
		{"selector behind a digit", "1\ufe0f2", visible.Selector, 1},
		{"selector behind an ideograph, not on record", "葛\U000E01A0", visible.Selector, 1},
		{"run of joiners", "👩\u200d\u200d\u200d🚀", visible.Joiner, 3},
		{"joiner between Latin letters", "ab\u200dc", visible.Joiner, 1},
		{"joiner at the start", "\u200d🚀", visible.Joiner, 1},
		{"joiner at the end of an emoji", "👩\u200d", visible.Joiner, 1},
		{"non-joiners in a row in Persian", "می\u200c\u200cخ", visible.Joiner, 2},
		{"non-joiner before a space", "می\u200c خ", visible.Joiner, 1},
		{"non-joiner at the end", "می\u200c", visible.Joiner, 1},
		{"override", "\u202egnp.exe", visible.Direction, 1},
		{"isolates", "a\u2066b\u2069", visible.Direction, 2},
		{"mark of direction in Latin", "a\u200eb", visible.Direction, 1},
		{"marks of direction in a row", "של\u200f\u200f\u200f", visible.Direction, 3},
		{"zero-width space in Latin", "a\u200bb", visible.Other, 1},
		{"soft hyphen", "sa\u00adcred", visible.Other, 1},
		{"byte order mark", "\ufeffa", visible.Other, 1},
		{"fillers", "\u3164\uffa0", visible.Other, 2},
		{"invisible operators", "a\u2063b", visible.Other, 1},
		{"not assigned", "a\U000E0FFFb", visible.Other, 1},
		{"line separator", "a\u2028b", visible.Other, 1},
		{"escape", "\x1b[2J", visible.Control, 1},
		{"carriage return alone", "a\rb", visible.Control, 1},
		{"not UTF-8", "a\xff", visible.Invalid, 1},
	} {
		n := 0
		for h := range visible.Hidden(c.in) {
			if n += h.Characters; h.Kind != c.kind {
				t.Errorf("%s: a %s, want a %s", c.name, h.Kind, c.kind)
			}
		}
		if n != c.n {
			t.Errorf("%s: %d hidden characters, want %d", c.name, n, c.n)
		}
		if e := visible.Escape(c.in, "\n\t"); count(e) > 0 {
			t.Errorf("%s: escaped as %q, and something is hidden still", c.name, e)
		}
	}
}

func TestSkeleton(t *testing.T) {
	for _, c := range []struct {
		in, want string
		changed  bool
	}{
		{"Mira", "mira", false},
		{"Мirа", "mira", true}, // M and a of Cyrillic
		{"ｍｉｒａ", "mira", true},
		{"𝐜har", "char", true},
		{"Mi\u200bra", "mira", true},
		{"狐", "狐", false},
		{"Café", "café", false},
	} {
		if got, changed := visible.Skeleton(c.in); got != c.want || changed != c.changed {
			t.Errorf("%q: %q, %v", c.in, got, changed)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩‍🚀 می‌خواهم " + tags("x"))
	f.Add("\u202e\xff\u200d\u200d1\ufe0f⃣")
	f.Fuzz(func(t *testing.T, s string) {
		e := visible.Escape(s, "\n\t")
		if n := count(e); n > 0 || !utf8.ValidString(e) {
			t.Fatalf("%q is escaped as %q, with %d hidden characters", s, e, n)
		}
		if count(s) == 0 && !strings.Contains(s, "\r\n") && e != s {
			t.Fatalf("nothing is hidden in %q, and it is escaped as %q", s, e)
		}
		doc, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		escaped := visible.EscapeJSON(string(doc))
		if json.Unmarshal(doc, &before) != nil || json.Unmarshal([]byte(escaped), &after) != nil || before != after || count(escaped) > 0 {
			t.Fatalf("%q as JSON is %s", s, escaped)
		}
	})
}
