package edit

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// writer makes random manifests in every style that people write YAML in.
type writer struct {
	t       *rapid.T
	b       strings.Builder
	anchors []string
	eol     string
}

// manifest draws a file of one or several documents.
func manifest(t *rapid.T) []byte {
	w := &writer{t: t, eol: rapid.SampledFrom([]string{"\n", "\n", "\r\n"}).Draw(t, "eol")}
	if w.sometimes("mark", 8) {
		w.b.WriteString(mark)
	}
	if w.sometimes("directive", 8) {
		w.b.WriteString("%YAML 1.1\n---\n")
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "documents") {
		if i > 0 {
			w.b.WriteString(rapid.SampledFrom([]string{"---\n", "--- # next\n", "...\n---\n", "\n---\n\n# of the next\n"}).Draw(t, "separator"))
		}
		w.anchors = nil
		w.document()
	}
	text := w.b.String()
	if w.sometimes("cut", 6) {
		text = strings.TrimRight(text, "\n")
	}
	return []byte(strings.ReplaceAll(text, "\n", w.eol))
}

func (w *writer) sometimes(what string, of int) bool {
	return rapid.IntRange(1, of).Draw(w.t, what) == 1
}

func (w *writer) document() {
	w.trivia(0)
	keys := rapid.Permutation([]string{"apiVersion", "kind", "metadata", "spec"}).Draw(w.t, "order")
	for _, key := range keys {
		switch key {
		case "apiVersion":
			w.b.WriteString("apiVersion: charsync.dev/v1")
			w.rest()
		case "kind":
			w.b.WriteString("kind: " + rapid.SampledFrom([]string{"Character", "Project"}).Draw(w.t, "kind"))
			w.rest()
		default:
			w.b.WriteString(key + ":")
			w.value(0, 3, true)
		}
		w.trivia(0)
	}
}

// rest ends a line, with or without a comment.
func (w *writer) rest() {
	w.b.WriteString(rapid.SampledFrom([]string{"", "", "", "  ", " # said", "\t# tab", " #", "   # key: value"}).Draw(w.t, "rest") + "\n")
}

// trivia writes blank lines and comments before a key.
func (w *writer) trivia(col int) {
	for range rapid.IntRange(0, 3).Draw(w.t, "trivia") - 1 {
		switch rapid.IntRange(0, 4).Draw(w.t, "kind of trivia") {
		case 0:
			w.b.WriteString("\n")
		case 1:
			w.b.WriteString(strings.Repeat(" ", rapid.IntRange(0, 6).Draw(w.t, "blank")) + "\n")
		case 2:
			w.b.WriteString(strings.Repeat(" ", rapid.IntRange(0, col+3).Draw(w.t, "indent")) + "# odd\n")
		default:
			w.b.WriteString(strings.Repeat(" ", col) + "# about " + fmt.Sprint(rapid.IntRange(0, 99).Draw(w.t, "n")) + "\n")
		}
	}
}

var keys = []string{"name", "title", "targets", "greeting", "persona", "id", "a", "z", "\"quoted\"", "'single'", "k y", "géant", "labels", "<<"}

func (w *writer) mapping(col, depth int) {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 1, 5, rapid.ID[string]).Draw(w.t, "keys")
	for i, name := range names {
		if i > 0 {
			w.trivia(col)
			w.b.WriteString(strings.Repeat(" ", col))
		}
		if name == "<<" && (len(w.anchors) == 0 || !w.sometimes("merge", 2)) {
			name = "merged"
		}
		w.b.WriteString(name + rapid.SampledFrom([]string{":", ":", ":", " :"}).Draw(w.t, "colon"))
		w.value(col, depth, true)
	}
}

func (w *writer) list(col, depth int) {
	for i := range rapid.IntRange(1, 3).Draw(w.t, "elements") {
		if i > 0 {
			w.trivia(col)
			w.b.WriteString(strings.Repeat(" ", col))
		}
		w.b.WriteString("-")
		w.value(col, depth, false)
	}
}

// value writes what follows a colon or a dash, and ends the line.
func (w *writer) value(col, depth int, key bool) {
	anchor := ""
	if w.sometimes("anchor", 12) {
		name := fmt.Sprintf("a%d", len(w.anchors)%3)
		w.anchors = append(w.anchors, name)
		anchor = " &" + name
	}
	if w.sometimes("tag", 20) {
		anchor += " !!str"
		w.b.WriteString(anchor)
		w.scalar(col)
		return
	}
	w.b.WriteString(anchor)
	kind := rapid.IntRange(0, 9).Draw(w.t, "value")
	switch {
	case kind < 3 && depth > 0:
		w.rest()
		w.trivia(col + 2)
		inner := col + rapid.IntRange(1, 4).Draw(w.t, "indent")
		w.b.WriteString(strings.Repeat(" ", inner))
		w.mapping(inner, depth-1)
	case kind == 3 && depth > 0:
		w.rest()
		inner := col + rapid.IntRange(0, 4).Draw(w.t, "indent")
		if !key {
			inner = max(inner, col+1)
		}
		w.b.WriteString(strings.Repeat(" ", inner))
		w.list(inner, depth-1)
	case kind == 4 && depth > 0 && !key && anchor == "":
		gap := rapid.IntRange(1, 3).Draw(w.t, "gap")
		w.b.WriteString(strings.Repeat(" ", gap))
		if w.sometimes("list", 3) {
			w.list(col+1+gap, depth-1)
		} else {
			w.mapping(col+1+gap, depth-1)
		}
	case kind == 5 && len(w.anchors) > 0 && anchor == "":
		w.b.WriteString(" *" + rapid.SampledFrom(w.anchors).Draw(w.t, "alias"))
		w.rest()
	default:
		w.scalar(col)
	}
}

// scalar writes a text, a number, or a collection in brackets.
func (w *writer) scalar(col int) {
	in := "\n" + strings.Repeat(" ", col+rapid.IntRange(1, 5).Draw(w.t, "continued"))
	deep := func(text string) string { return strings.ReplaceAll(text, "\n", in) }
	gap := rapid.SampledFrom([]string{" ", " ", "  ", "\t", in}).Draw(w.t, "gap")
	switch rapid.IntRange(0, 9).Draw(w.t, "style") {
	case 0, 1, 2:
		w.blockText(col)
		return
	case 3:
		w.b.WriteString(gap + deep(rapid.SampledFrom([]string{`"a"`, `"a \"b\" # c\n"`, "\"two\nlines\"", "\"two \\\n  lines\"", "\"x\n\ny\"", `"\u2028"`, `""`}).Draw(w.t, "double")))
	case 4:
		w.b.WriteString(gap + deep(rapid.SampledFrom([]string{`'a'`, `'it''s # c'`, "'two\nlines'", "'x\n\n y'", `''`}).Draw(w.t, "single")))
	case 5:
		w.b.WriteString(gap + deep(rapid.SampledFrom([]string{"[]", "{}", "[a, 'b', \"c\"]", "{a: 1, b: [x, {y: z}]}", "[\n a, # one\n b,\n]", "{a: \"x\n y\", 'k': v,\n  b }", "[a: b, c]", "{\"a\":1}"}).Draw(w.t, "flow")))
	case 6:
	default:
		w.b.WriteString(gap + deep(rapid.SampledFrom([]string{"a", "two words", "1", "0123", "no", "a#b", "x: y"[:1], "several\nlines of\ntext", "para\n\ngraphs", "é漢", "http://x", "- x"[2:], "-1", "a  b"}).Draw(w.t, "plain")))
	}
	w.rest()
}

func (w *writer) blockText(col int) {
	header := rapid.SampledFrom([]string{"|", "|-", "|+", ">", ">-", ">+"}).Draw(w.t, "header")
	extra := rapid.IntRange(1, 4).Draw(w.t, "deeper")
	texts := []string{"one", "one\ntwo", "one\n\ntwo", "# no comment\n\n\n- x", "one\n  deeper\nback", "é\n---\n...", "x\n   \ny", "tab\there\n\ttab", "trailing  "}
	explicit := ""
	if w.sometimes("explicit", 4) {
		explicit = fmt.Sprint(extra)
		texts = append(texts, "  indented\nfirst", "\n\nblank first", " ")
	}
	text := rapid.SampledFrom(texts).Draw(w.t, "text") + strings.Repeat("\n", rapid.IntRange(1, 3).Draw(w.t, "ends"))
	w.b.WriteString(" " + header + explicit + rapid.SampledFrom([]string{"", "", " ", " # why"}).Draw(w.t, "behind") + "\n")
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" || len(line) > 1 {
			w.b.WriteString(strings.Repeat(" ", col+extra))
		}
		w.b.WriteString(line)
	}
}
