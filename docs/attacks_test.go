package docs

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestAttackFigures: the figures of the page on security are those of the
// table that TestAttacks plays.
func TestAttackFigures(t *testing.T) {
	table, err := os.ReadFile("../internal/cli/testdata/attacks.txt")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	kind, sum := "", 0
	rows := map[string]int{}
	for line := range strings.Lines(string(table)) {
		switch line = strings.TrimSpace(line); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			kind = strings.Trim(line, "[]")
		default:
			rows[kind]++
			sum++
		}
	}
	for kind, n := range rows {
		if want := fmt.Sprintf("| %s | %d |", kind, n); !strings.Contains(string(page), want) {
			t.Errorf("docs/security.md lacks %q", want)
		}
	}
	if want := fmt.Sprintf("%d inputs", sum); !strings.Contains(string(page), want) {
		t.Errorf("docs/security.md lacks %q", want)
	}
}
