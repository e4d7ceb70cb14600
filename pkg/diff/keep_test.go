package diff

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestKept(t *testing.T) {
	list := func(words ...string) []any {
		out := make([]any, len(words))
		for i, w := range words {
			out[i] = w
		}
		return out
	}
	long := strings.Repeat("She keeps the inn. ", 20) + "End"
	for _, c := range []struct {
		name                string
		kind                Kind
		wanted, before, got any
		want                Keeping
	}{
		{"equal", Text, "a", "b", "a", KeptEqual},
		{"equal but for line ends", Text, "a\nb", "x", "a\r\nb\r\n", KeptEqual},
		{"cleared", Text, nil, "x", "", KeptEqual},
		{"trimmed", Text, "  Wipe your boots. ", "x", "Wipe your boots.", KeptNormalised},
		{"spaces folded", Text, "a  b", "x", "a b", KeptNormalised},
		{"spaces folded into what was there", Text, "a  b", "a b", "a b", KeptNormalised},
		{"composed", Text, "cafe\u0301", "x", "café", KeptNormalised},
		{"wide letters", Text, "ＡＢＣ", "x", "ABC", KeptNormalised},
		{"zero-width removed", Text, "a\u200bb", "x", "ab", KeptNormalised},
		{"control characters removed", Text, "a\x07b", "x", "ab", KeptNormalised},
		{"lower case", Enum, "PUBLIC", "private", "public", KeptNormalised},
		{"case not changed", Text, "MIRA", "Mira", "Mira", KeptDropped},
		{"truncated", Text, long, "x", long[:200], KeptTruncated},
		{"truncated with dots", Text, long, "x", long[:200] + "...", KeptTruncated},
		{"truncated with an ellipsis", Text, long, nil, long[:200] + "…", KeptTruncated},
		{"dots behind all of it", Text, "new", "old", "new...", KeptAltered},
		{"ignored", Text, "new", "old", "old", KeptDropped},
		{"ignored, and it is the beginning", Text, "old and more", "old", "old", KeptDropped},
		{"emptied", Text, "new", "old", "", KeptDropped},
		{"never set", Text, "new", nil, nil, KeptDropped},
		{"not cleared", Text, nil, "old", "old", KeptDropped},
		{"appended", Text, "She is kind.", "She is stern.", "She is stern.\n\nShe is kind.", KeptAppended},
		{"prepended", Text, "She is kind.", "She is stern.", "She is kind. She is stern.", KeptAppended},
		{"appended, and wanted begins with before", Text, "A line. More.", "A line.", "A line.A line. More.", KeptAppended},
		{"another text", Text, "new", "old", "something else", KeptAltered},
		{"not cleared but changed", Text, nil, "old", "default", KeptAltered},
		{"wanted with something new", Text, "new", "", "new (beta)", KeptAltered},
		{"number noise", Number, 0.42, 0.1, 0.41999998688697815, KeptNormalised},
		{"a long decimal in 64 bits", Number, json.Number("0.1234567890123456789"), 0.1, 0.12345678901234568, KeptNormalised},
		{"another long decimal", Number, json.Number("0.1234567890123456789"), 0.1, 0.1234667, KeptAltered},
		{"a long integer", Number, json.Number("9007199254740993"), 1.0, json.Number("9007199254740993.0"), KeptEqual},
		{"a long integer in 64 bits", Number, json.Number("9007199254740993"), 1.0, 9007199254740992.0, KeptAltered},
		{"an integer in 32 bits", Number, 16777217.0, 1.0, 16777216.0, KeptAltered},
		{"a long integer as a text", Number, json.Number("9007199254740993"), 1.0, "9007199254740993", KeptNormalised},
		{"a long integer as another text", Number, json.Number("9007199254740993"), 1.0, "9007199254740992", KeptAltered},
		{"large number noise", Number, 12345.678, 0.1, 12345.6777, KeptNormalised},
		{"number as a text", Number, 0.5, 0.1, "0.5", KeptNormalised},
		{"clamped", Number, 2.0, 0.1, 1.0, KeptAltered},
		{"number ignored", Number, 2.0, 1.0, 1.0, KeptDropped},
		{"false as null", Bool, false, true, nil, KeptNormalised},
		{"true as a text", Bool, true, nil, "True", KeptNormalised},
		{"switch ignored", Bool, true, false, false, KeptDropped},
		{"set in another order", Set, list("a", "b"), nil, list("b", "a"), KeptEqual},
		{"list in another order", List, list("a", "b"), nil, list("b", "a"), KeptNormalised},
		{"list in another case", List, list("Nod", "Wave"), nil, list("nod", "wave"), KeptNormalised},
		{"list cut", List, list("a", "b", "c"), nil, list("a", "b"), KeptTruncated},
		{"set without one", Set, list("a", "b", "c"), nil, list("b", "c"), KeptTruncated},
		{"list ignored", List, list("a"), list("b"), list("b"), KeptDropped},
		{"list emptied", List, list("a"), list("b"), list(), KeptDropped},
		{"set merged", Set, list("a"), list("b"), list("b", "a"), KeptAppended},
		{"list of others", List, list("a", "b"), nil, list("x", "y"), KeptAltered},
		{"mapping", Object, map[string]any{"enabled": true}, nil, map[string]any{"enabled": true, "id": 7.0}, KeptNormalised},
		{"mapping merged", Object, map[string]any{"a": "x"}, map[string]any{"b": "y"}, map[string]any{"a": "x", "b": "y"}, KeptAppended},
		{"entry ignored", Object, map[string]any{"a": "x", "c": "z"}, map[string]any{"a": "y"}, map[string]any{"a": "y", "c": "z"}, KeptDropped},
		{"entries altered", Object, map[string]any{"a": "x", "c": "long text"}, map[string]any{"a": "y"}, map[string]any{"a": "y", "c": "long"}, KeptAltered},
		{"another type", Object, map[string]any{"a": "x"}, nil, "x", KeptAltered},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Kept(Rule{Kind: c.kind}, c.wanted, c.before, c.got); got != c.want {
				t.Errorf("Kept(%#v, before %#v, got %#v) = %s, want %s", c.wanted, c.before, c.got, got, c.want)
			}
		})
	}
}

func TestKeptWhereTheProviderRewrites(t *testing.T) {
	r := Rule{Kind: Enum, Rewrites: true}
	for _, c := range []struct {
		before, got any
		want        Keeping
	}{
		{"gpt-4o", "gpt-5.2-2026-08", KeptNormalised}, // an alias, resolved
		{"gpt-4o", "gpt-4o", KeptDropped},             // an alias is no excuse for ignoring the write
		{"gpt-4o", nil, KeptDropped},
	} {
		if got := Kept(r, "gpt-5.x", c.before, c.got); got != c.want {
			t.Errorf("got %#v: %s, want %s", c.got, got, c.want)
		}
	}
}
