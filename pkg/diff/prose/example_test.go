package prose_test

import (
	"fmt"
	"strings"

	"github.com/charsync/charsync/pkg/diff/prose"
)

func ExampleCompare() {
	d := prose.Compare(
		"Wipe your boots. The soup is hot.\n",
		"Wipe your shoes. The soup is hot.\n",
	)
	for _, hunk := range d.Hunks {
		fmt.Printf("line %d, %s: ", hunk.AfterLine, hunk.Kind)
		for _, sentence := range hunk.Sentences {
			for _, span := range sentence.Spans {
				switch span.Op {
				case prose.Delete:
					fmt.Printf("[-%s-]", span.Text)
				case prose.Insert:
					fmt.Printf("{+%s+}", span.Text)
				default:
					fmt.Print(span.Text)
				}
			}
		}
	}
	// Output: line 1, changed: Wipe your [-boots-]{+shoes+}. The soup is hot.
}

func ExampleCompare_moved() {
	d := prose.Compare(
		"The key hangs behind the stove.\nMira keeps the inn.\n",
		"Mira keeps the inn.\nThe key hangs behind the stove.\n",
	)
	for _, hunk := range d.Hunks {
		fmt.Println(hunk.Kind, hunk.BeforeLine, hunk.AfterLine, hunk.MovedTo)
	}
	// Output:
	// removed 1 1 2
	// unchanged 2 1 0
	// added 3 2 1
}

func ExampleDiff_notes() {
	d := prose.Compare("Two rooms. \r\n", "Two rooms.\n")
	fmt.Println(d.WhitespaceOnly, d.Notes)
	// Output: true [CRLF → LF 1 trailing space removed at line 1]
}

func ExampleSentences() {
	for _, s := range prose.Sentences("Mr. and Mrs. Fox paid 3.14 crowns. “Two beds?” Yes.") {
		fmt.Printf("%q\n", s)
	}
	// Output:
	// "Mr. and Mrs. "
	// "Fox paid 3.14 crowns. "
	// "“Two beds?” "
	// "Yes."
}

func ExampleSimilar() {
	fmt.Println(prose.Similar("She keeps a ledger.", "She keeps a diary."))
	fmt.Println(prose.Similar("She keeps a ledger.", "Snow falls early."))
	// Output:
	// true
	// false
}

func ExampleAlign() {
	before, after := strings.Fields("soup bread beer"), strings.Fields("bread wine beer")
	for _, m := range prose.Align(before, after) {
		fmt.Println(before[m.Before], m.Before, m.After)
	}
	// Output:
	// bread 1 0
	// beer 2 2
}

func ExampleInvisible() {
	fmt.Println(prose.Invisible('\u200b'), prose.Invisible(' '))
	// Output: true false
}
