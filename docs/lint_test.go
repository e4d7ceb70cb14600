package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/lint"
	"github.com/charsync/charsync/pkg/providers/all"
)

// TestGeneratedRules keeps the table of the prose lint.
func TestGeneratedRules(t *testing.T) {
	var b strings.Builder
	b.WriteString("| rule | code | finds | such as |\n| --- | --- | --- | --- |\n")
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, r.Code, r.Title, strings.ReplaceAll(inert(r.Bad), "|", `\|`))
	}
	b.WriteString("\n| provider | fills in | in | known from |\n| --- | --- | --- | --- |\n")
	for _, d := range all.Drivers() {
		if d.Expands == nil {
			fmt.Fprintf(&b, "| %s | not known | | |\n", d.Title)
			continue
		}
		var macros []string
		for _, n := range d.Expands.Names {
			macros = append(macros, "`{{"+n+"}}`")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", d.Title, strings.Join(macros, ", "), names(d.Expands.Fields), d.Expands.Source.Note)
	}
	generated(t, "docs/lint.md", "rules", b.String())
}

// inert keeps Markdown from taking examples for tags and links.
func inert(s string) string {
	return strings.NewReplacer("<", "&lt;", "[", `\[`).Replace(s)
}
