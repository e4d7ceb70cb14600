package docs_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/charsync/charsync/internal/cli"
	"github.com/charsync/charsync/pkg/apply"
	"github.com/charsync/charsync/pkg/spec"
)

const slip = `apiVersion: charsync.dev/v1
kind: Character
metadata: {name: mira-innkeeper}
spec:
  name: Mira
  greting: "Wipe your boots."
  targets:
    alakazam: {persona: Keeps the inn.}
`

// TestGeneratedFinding keeps the example of a finding.
func TestGeneratedFinding(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "characters/mira.yaml"), slip)
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), cli.Env{
		Args: []string{"validate"}, In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Dir: dir,
	})
	if code != 3 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	generated(t, "docs/errors.md", "picture", "```\n"+out.String()+"```")
}

// TestGeneratedCodes keeps the list of codes that the packages publish. Each
// has an anchor, to which the findings for code scanning link.
func TestGeneratedCodes(t *testing.T) {
	runs := apply.Codes()
	manifests := slices.DeleteFunc(cli.Codes(), func(c spec.CodeInfo) bool { return slices.Contains(runs, c) })
	generated(t, "docs/errors.md", "codes", codeTable(manifests))
	generated(t, "docs/errors.md", "runcodes", codeTable(runs))
}

func codeTable(codes []spec.CodeInfo) string {
	var b strings.Builder
	b.WriteString("| code | | means |\n| --- | --- | --- |\n")
	for _, c := range codes {
		fmt.Fprintf(&b, "| <a id=%q></a>%s | %s | %s |\n", strings.ToLower(c.Code), c.Code, c.Severity, c.Meaning)
	}
	return b.String()
}

// TestCodesAreDistinct: scripts match on codes, so each has one meaning.
func TestCodesAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, c := range cli.Codes() {
		if other, twice := seen[c.Code]; twice {
			t.Errorf("%s means both %q and %q", c.Code, other, c.Meaning)
		}
		seen[c.Code] = c.Meaning
	}
}

// TestCodesAreListed finds every code of the source in the text, and the
// other way round.
func TestCodesAreListed(t *testing.T) {
	inText := unique(regexp.MustCompile(`CS\d{3}`).FindAllString(read(t, "docs/errors.md"), -1))
	var inSource []string
	for _, m := range regexp.MustCompile(`"(CS\d{3})"`).FindAllStringSubmatch(source(t), -1) {
		inSource = append(inSource, m[1])
	}
	if d := cmp.Diff(unique(inSource), inText); d != "" {
		t.Errorf("codes in the source (-) against docs/errors.md (+):\n%s", d)
	}
}

func unique(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// TestHelpLinksLead follows the links of the rules in a SARIF log.
func TestHelpLinksLead(t *testing.T) {
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), cli.Env{
		Args: []string{"validate", "--format", "sarif", "--allow-empty"}, In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Dir: t.TempDir(),
	})
	if code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	text := read(t, "docs/errors.md")
	links := regexp.MustCompile(`"helpUri": "https://github.com/charsync/charsync/blob/main/docs/errors\.md#(\w+)"`).FindAllStringSubmatch(out.String(), -1)
	for _, m := range links {
		if !strings.Contains(text, `<a id="`+m[1]+`"></a>`) {
			t.Errorf("docs/errors.md has no anchor %s", m[1])
		}
	}
	if len(links) < 50 {
		t.Errorf("only %d rules", len(links))
	}
}
