package spec

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// parts are what random texts are put together from: everything that YAML
// gives a meaning to, and everything that it has been seen to lose.
var parts = []string{
	"\n", "\n\n", "\t", " ", "  ", "a", "b: c", "word", "The inn is warm.", "- ", "-", "? ", ": ", ":", " #", "#", ", ", "[", "]", "{", "}",
	"&a", "*a", "!", "!!str ", "|", ">", "'", "''", "\"", "%", "@", "`", "\\", "\\n", "---", "...", "~", "null", "no", "yes", "On", "true", "1", "0123", "1e3",
	"12:30", "2024-01-02", "0x1F", "1_000", ".5", "-", "+", "=", "<<", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\ufeff", "\u00a0", "\u00ad",
	"漢字かな", "한국어", "عربى", "עברית", "👩‍👩‍👧", "e\u0301", "🧙🏽", "\U0010ffff", "\ufffd", "\ufffe", "\x00", "\x07", "\x1b[31m", "\x7f", "\u009b",
	"A long sentence that goes on and on about the weather above the pass, and about those who came through it last winter.",
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(7) {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

// TestEmitRoundTrip: what is written loads as the same value, for 100,000
// random texts, each as a field, in lists and in mappings.
func TestEmitRoundTrip(t *testing.T) {
	total := 100_000
	if testing.Short() || raceEnabled {
		total = 5_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	const batch = 40
	for done := 0; done < total; done += batch {
		texts := make([]string, batch)
		for i := range texts {
			texts[i] = randomText(r)
		}
		if roundTrip(t, texts) == "" {
			continue
		}
		for _, s := range texts {
			if difference := roundTrip(t, []string{s}); difference != "" {
				t.Fatalf("%q does not survive:\n%s", s, difference)
			}
		}
		t.Fatalf("only together these do not survive: %q\n%s", texts, roundTrip(t, texts))
	}
}

// roundTrip writes texts in every position that there is, reads them back and
// returns the difference.
func roundTrip(t *testing.T, texts []string) string {
	t.Helper()
	fields, inner, list := map[Path]any{}, map[string]any{}, make([]any, 0, len(texts))
	for i, s := range texts {
		key := "k" + string(rune('A'+i))
		fields[Path(key)] = s
		inner[key] = s
		list = append(list, s, map[string]any{"x": s, "y": []any{s}}, []any{s, s})
	}
	document := Document{Name: "x", Fields: fields, Targets: []DocumentTarget{{Instance: "t", Fields: map[Path]any{"m": inner, "l": list, "f": []any{texts[0], "x"}}}}}
	var out bytes.Buffer
	if err := Emit(&out, document); err != nil {
		return err.Error()
	}
	want := map[string]any{}
	for i, s := range texts {
		want["k"+string(rune('A'+i))] = s
	}
	want["targets"] = map[string]any{"t": map[string]any{"m": inner, "l": list, "f": []any{texts[0], "x"}}}
	src := &source{file: "x.yaml", data: out.Bytes()}
	var got any
	var problems []Diagnostic
	problems = append(problems, src.parse(func(_ int, root *yaml.Node) {
		r := &reader{src: src}
		it := r.read(root)
		problems = append(problems, r.findings...)
		if len(r.doubtful) > 0 {
			problems = append(problems, Diagnostic{Message: "doubtful " + r.doubtful[0].node.Value})
		}
		got = it.child("spec").value
	})...)
	if len(problems) > 0 {
		return problems[0].Error() + "\n" + out.String()
	}
	if difference := cmp.Diff(any(want), got); difference != "" {
		return difference + "\n" + out.String()
	}
	return ""
}
