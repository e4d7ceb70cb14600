package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charsync/charsync/internal/cards"
)

// TestGeneratedMapping keeps the table of which key of a card is which field.
func TestGeneratedMapping(t *testing.T) {
	var b strings.Builder
	for _, f := range []cards.Format{cards.V3, cards.ElizaOS} {
		title := "V1, V2, V3"
		if f == cards.ElizaOS {
			title = "elizaOS"
		}
		fmt.Fprintf(&b, "| manifest | %s | |\n| --- | --- | --- |\n", title)
		for _, r := range cards.Rows(f) {
			note := r.Note
			if f == cards.V3 && !has(cards.Rows(cards.V1), r) {
				note = strings.TrimPrefix(note+"; from V2 on", "; ")
			}
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", r.Field, strings.Join(r.Keys, "`, `"), note)
		}
		b.WriteByte('\n')
	}
	generated(t, "docs/cards.md", "mapping", b.String())
}

func has(rows []cards.Row, r cards.Row) bool {
	for _, other := range rows {
		if other.Field == r.Field {
			return true
		}
	}
	return false
}
