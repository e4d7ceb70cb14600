package spec

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// sameNodes insists that a file parsed by way of its hollow form has the very
// nodes of the file itself: values, styles, places and comments.
func sameNodes(t *testing.T, data []byte) (hollowed bool) {
	t.Helper()
	s := &source{file: "x.yaml", data: data}
	if s.check(true) != nil || s.crowded() != nil {
		return false
	}
	got, ok := s.documents()
	if !ok {
		return false
	}
	var want []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var document yaml.Node
		err := decode(decoder, &document)
		if err != nil {
			if err.Error() != "EOF" {
				t.Fatalf("%q: the hollow form parses, the file does not: %v", data, err)
			}
			break
		}
		want = append(want, content(&document))
	}
	if a, b := tree(want), tree(got); a != b {
		t.Fatalf("%q (-file +hollow):\n%s", data, cmp.Diff(a, b))
	}
	return true
}

// tree prints nodes with all that they say.
func tree(roots []*yaml.Node) string {
	var b strings.Builder
	var walk func(n *yaml.Node, depth int)
	walk = func(n *yaml.Node, depth int) {
		if n == nil {
			b.WriteString("nothing\n")
			return
		}
		fmt.Fprintf(&b, "%*s%d:%d kind %d style %d tag %s anchor %q value %q comments %q %q %q\n", depth, "",
			n.Line, n.Column, n.Kind, n.Style, n.Tag, n.Anchor, n.Value, n.HeadComment, n.LineComment, n.FootComment)
		for _, inner := range n.Content {
			walk(inner, depth+1)
		}
	}
	for _, n := range roots {
		walk(n, 0)
	}
	return b.String()
}

func TestHollow(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		hollowed bool
	}{
		"plain":              {"a: |\n  one\n  two\nb: c\n", true},
		"blank lines":        {"a: |\n  one\n\n  two\n\n\nb: c\n", true},
		"deeper lines":       {"a: |\n  one\n    two\n   \n      \nb: c\n", true},
		"only spaces after":  {"a: |\n  one\n     \n", true},
		"stripped":           {"a: |-\n  one\n\n\nb: |-\n  two\n", true},
		"comment after":      {"a: |\n  one\n# about b\nb: c\n", true},
		"comment, blank":     {"a: |\n  one\n\n# about b\n\nb: c\n", true},
		"comment, indented":  {"a:\n  b: |\n    one\n  # two\n  c: d\n", true},
		"documents":          {"a: |\n  one\n---\nb: |\n  two\n...\n---\nc: |\n  three\n", true},
		"key in the text":    {"a: |\n  b: |\n    one\n  c\nd: |\n  e\n", true},
		"key in a comment":   {"# a: |\n#  one\nb: |\n  two\n", true},
		"key in folded text": {"a: >\n  b: |\n    one\nc: |\n  two\n", false},
		"key in quotes":      {"a: \"one\n  b: |\n   two\"\nc: |\n  d\n", false},
		"key in plain text":  {"a: one\n  b: |\n   two\n", false},
		"key in a list":      {"a:\n- b: |\n    one\n- c: |\n   two\n", false},
		"empty":              {"a: |\nb: |\n  one\n", true},
		"less than the key":  {"a:\n    b: |\n  c: d\n", false},
		"leading blank":      {"a: |\n\n  one\nb: |\n  two\n", true},
		"tab before":         {"a: |\n\tone\n", false},
		"tab after":          {"a: |\n  one\n \ttwo\n", false},
		"tab inside":         {"a: |\n  one\ttwo\n  \tthree\n", true},
		"tab first":          {"a: |\n  \tone\n", false},
		"carriage return":    {"a: |\r\n  one\r\n", false},
		"no line end":        {"a: |\n  one", false},
		"anchor":             {"a: &x |\n  one\nb: *x\nc: |\n  two\n", true},
		"indicator":          {"a: |2\n   one\nb: |\n  two\n", true},
		"flow":               {"a: {b: |\n  one\n}\n", false},
		"quoted key":         {"\"a\": |\n  one\nb: |\n  two\n", true},
		"token in the text":  {"a: |\n  \ue0001\n  one\nb: \ue0003\n", true},
		"twice":              {"a: |\n  one\na: |\n  two\n", true},
		"dedent inside":      {"a:\n  b: |\n      one\n    two\n  c: d\n", false},
	} {
		if got := sameNodes(t, []byte(c.text)); got != c.hollowed {
			t.Errorf("%s: by way of the hollow form: %v, want %v", name, got, c.hollowed)
		}
	}
}

func FuzzHollow(f *testing.F) {
	f.Add([]byte(manifest(1)))
	for _, dir := range []string{"testdata/ok", "testdata/bad"} {
		files, err := filepath.Glob(dir + "/*.yaml")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 1<<16 {
			sameNodes(t, data)
		}
	})
}

// TestPropertyHollow draws files of lines that YAML reads in ways that depend
// on each other. That some of them are read by way of the hollow form is seen
// on files that are the same in every run.
func TestPropertyHollow(t *testing.T) {
	files := rapid.Custom(drawLines)
	rapid.Check(t, func(rt *rapid.T) { sameNodes(t, []byte(files.Draw(rt, "file"))) })
	hollowed := 0
	for seed := range 200 {
		if sameNodes(t, []byte(files.Example(seed))) {
			hollowed++
		}
	}
	if hollowed == 0 {
		t.Error("no file was parsed by way of its hollow form")
	}
}

// drawLines makes a file of lines that open blocks, quotes and collections, and
// of text.
func drawLines(t *rapid.T) string {
	var b strings.Builder
	for range rapid.IntRange(1, 14).Draw(t, "lines") {
		b.WriteString(strings.Repeat(" ", rapid.IntRange(0, 5).Draw(t, "indent")))
		b.WriteString(rapid.SampledFrom([]string{
			"a: |", "b: |", "c: |-", "d: |", "e: |", "f: |+", "g: >", "h: |2", "i: &x |", "j: *x", "- k: |", "l:", "m: n",
			"text", "more text", "", "", "# comment", "---", "...", "\"quoted", "quoted\"", "o: 'quoted", "'", "[", "{p: |", "}", "]",
			"\ttab", "? q", ": |", "r: | # comment", "!t s: |", "- ", "- text", "\ue0001", "\u00fc: |",
		}).Draw(t, "line"))
		b.WriteByte('\n')
	}
	return b.String()
}
