package prose

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCompareReads compares each testdata/golden/*.txtar: the files before and
// after with the file marked, in which a person can judge the marks. Escapes
// as in Go stand for what an editor would lose.
func TestCompareReads(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := map[string]string{}
			for _, f := range a.Files {
				text[f.Name] = strings.ReplaceAll(string(f.Data), "\r\n", "\n")
			}
			before, after := unescape(text["before"]), unescape(text["after"])
			checkCompare(t, before, after)
			got := marked(Compare(before, after))
			if *update {
				a.Files = []txtar.File{{Name: "before", Data: []byte(text["before"])}, {Name: "after", Data: []byte(text["after"])}, {Name: "marked", Data: []byte(got)}}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != text["marked"] {
				t.Errorf("got\n%s\nwant\n%s", got, text["marked"])
			}
		})
	}
}

// unescape takes the last line end off, and resolves \r, \t, \s and \u.
func unescape(s string) string {
	s = strings.TrimSuffix(s, "\n")
	return strings.NewReplacer(`\r`, "\r", `\t`, "\t", `\s`, " ", `\u0301`, "\u0301", `\u200b`, "\u200b", `\ufeff`, "\ufeff").Replace(s)
}

func marked(d Diff) string {
	var b strings.Builder
	for _, p := range d.Hunks {
		if p.Kind == Unchanged || p.Kind == Reformatted {
			fmt.Fprintf(&b, "%s %d-%d, %d paragraphs\n", p.Kind, p.BeforeLine, p.AfterLine, p.Paragraphs)
			continue
		}
		fmt.Fprintf(&b, "%s %d-%d", p.Kind, p.BeforeLine, p.AfterLine)
		if p.MovedTo > 0 {
			fmt.Fprintf(&b, " moved to %d", p.MovedTo)
		}
		b.WriteString(":")
		for _, s := range p.Sentences {
			if s.Kind == Unchanged {
				b.WriteString(" …")
				continue
			}
			b.WriteString(" ")
			for _, span := range s.Spans {
				text := strings.NewReplacer("\r", `\r`, "\n", `\n`, "\u200b", `\u200b`).Replace(span.Text)
				switch span.Op {
				case Delete:
					text = "[-" + text + "-]"
				case Insert:
					text = "{+" + text + "+}"
				}
				b.WriteString(text)
			}
		}
		b.WriteString("|\n")
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	if d.WhitespaceOnly {
		b.WriteString("whitespace only\n")
	}
	return b.String()
}

// TestOneWordEditShowsOneWord is one-word-edit-shows-one-word.
func TestOneWordEditShowsOneWord(t *testing.T) {
	lines := make([]string, 300)
	for i := range lines {
		lines[i] = fmt.Sprintf("Rule %d of the house is plain. She keeps a ledger for it under the bar. Nobody has read it.", i)
	}
	before := strings.Join(lines, "\n")
	after := strings.Replace(before, "Rule 150 of the house is plain. She keeps a ledger", "Rule 150 of the house is plain. She keeps a diary", 1)
	d := Compare(before, after)
	var changed []string
	for _, p := range d.Hunks {
		for _, s := range p.Sentences {
			if s.Kind != Unchanged {
				for _, span := range s.Spans {
					changed = append(changed, string(span.Op)+" "+span.Text)
				}
			}
		}
	}
	got := strings.Join(changed, "|")
	if want := "equal She keeps a |delete ledger|insert diary|equal  for it under the bar. "; got != want {
		t.Errorf("shown: %s", got)
	}
	if len(d.Hunks) != 3 || d.Hunks[0].Paragraphs != 150 || d.Hunks[1].AfterLine != 151 || d.Hunks[2].Paragraphs != 149 {
		t.Errorf("%d hunks", len(d.Hunks))
	}
}

// TestCompareDependsOnTheTextsAlone: no clock and no order of a map decides what
// is shown.
func TestCompareDependsOnTheTextsAlone(t *testing.T) {
	before, after := sampleText(32<<10, 1), sampleText(32<<10, 2)
	first := marked(Compare(before, after))
	for range 3 {
		if marked(Compare(before, after)) != first {
			t.Fatal("two runs differ")
		}
	}
}
