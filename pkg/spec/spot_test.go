package spec

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// styles write a text of plain words in every style of YAML, under the key of
// a manifest at two spaces.
func styles() map[string]func(lines [][]string) string {
	flat := func(lines [][]string, join string) string {
		var out []string
		for _, l := range lines {
			out = append(out, strings.Join(l, " "))
		}
		return strings.Join(out, join)
	}
	return map[string]func(lines [][]string) string{
		"plain":              func(l [][]string) string { return flat(l, " ") },
		"plain, folded":      func(l [][]string) string { return flat(l, "\n     ") },
		"single quotes":      func(l [][]string) string { return "'it''s " + flat(l, "\n\n    ") + "'" },
		"double quotes":      func(l [][]string) string { return `"\u00e9 \"` + flat(l, `\n\t`) + `"` },
		"continued":          func(l [][]string) string { return `"` + flat(l, " \\\n      ") + `"` },
		"literal":            func(l [][]string) string { return "|\n    " + flat(l, "\n      ") },
		"literal, indicated": func(l [][]string) string { return "|4-  # prose\n      " + flat(l, "\n\n       ") + "\n" },
		"folded":             func(l [][]string) string { return ">+\n\n    " + flat(l, "\n\n     ") + "\n\n" },
		"anchor and tag":     func(l [][]string) string { return "&a !!str |\n    " + flat(l, "\n    ") },
	}
}

// Every word of a text is found where it is written.
func TestLocateFindsEveryWord(t *testing.T) {
	for name, style := range styles() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				words := rapid.SliceOfN(rapid.StringMatching(`[a-zé千🦊]{1,5}[0-9]{2}[.,!?]?`), 1, 5)
				lines := rapid.SliceOfN(words, 1, 4).Draw(r, "lines")
				file := "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: mira}\nspec:\n  name: Mira\n  persona: " +
					style(lines) + "\n  targets: {}\n"
				dir := t.TempDir()
				write(t, dir, "characters/m.yaml", []byte(file))
				checkWords(r, DefaultProject(dir), file)
			})
		})
	}
}

func checkWords(r *rapid.T, p *Project, file string) {
	set, err := Load(r.Context(), p, LoadOptions{})
	if err != nil || len(set.Characters) != 1 {
		r.Fatalf("%v %v\n%s", err, set.Diagnostics, file)
	}
	v := set.Characters[0].Fields["persona"].Value
	var ds []Diagnostic
	var words []string
	for offset := 0; offset < len(v.Text()); {
		word, _, _ := strings.Cut(strings.NewReplacer("\n", " ", "\t", " ").Replace(v.Text()[offset:]), " ")
		if word != "" {
			words = append(words, word)
			ds = append(ds, Diagnostic{Pos: v.Pos, Spot: &Spot{Value: v, Offset: offset, Length: len(word)}})
		}
		offset += len(word) + 1
	}
	lines := strings.Split(file, "\n")
	for i, d := range p.Locate(ds) {
		here := string([]rune(lines[d.Pos.Line-1])[d.Pos.Col-1:])
		if !strings.HasPrefix(here, words[i]) && !strings.HasPrefix(here, `\u00e9`) && !strings.HasPrefix(here, `\"`) && words[i] != "it's" {
			r.Fatalf("%q is said to stand at %s: %q\n%s", words[i], d.Pos, here, file)
		}
		if d.Length != utf8.RuneCountInString(words[i]) || d.Spot != nil {
			r.Fatalf("%q has length %d, spot %v", words[i], d.Length, d.Spot)
		}
	}
}

func TestLocateInFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "characters/m.yaml", []byte("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: m}\nspec:\n  persona: {file: p.md}\n  lore: *x\n"))
	v := Value{V: "One.\nZwei drei.", Set: true, Ref: "characters/p.md", Pos: Pos{File: "characters/m.yaml", Line: 5, Col: 12}}
	alias := Value{V: "elsewhere", Set: true, Pos: Pos{File: "characters/m.yaml", Line: 6, Col: 9}}
	gone := Value{V: "word", Set: true, Pos: Pos{File: "characters/gone.yaml", Line: 1, Col: 1}}
	ds := DefaultProject(dir).Locate([]Diagnostic{
		{Pos: v.Pos, Spot: &Spot{Value: v, Offset: 10, Length: 4}},
		{Pos: alias.Pos, Spot: &Spot{Value: alias, Offset: 4}},
		{Pos: gone.Pos, Spot: &Spot{Value: gone}},
		{Pos: v.Pos, Spot: &Spot{Value: v, Offset: 99}},
		{Pos: Pos{File: "x", Line: 7}},
	})
	var got []string
	for _, d := range ds {
		got = append(got, fmt.Sprint(d.Pos))
	}
	want := "characters/p.md:2:6 characters/m.yaml:6:9 characters/gone.yaml:1:1 characters/m.yaml:5:12 x:7"
	if strings.Join(got, " ") != want {
		t.Errorf("%v\nwant %s", got, want)
	}
}
