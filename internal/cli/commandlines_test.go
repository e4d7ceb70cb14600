package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
)

// quoted are the files that name command lines for people and pipelines to
// run, as patterns from the root of the repository.
var quoted = []string{
	"README.md", "CONTRIBUTING.md", "docs/*.md", "examples/*.md", "Containerfile",
	".goreleaser.yaml", ".pre-commit-hooks.yaml", "ci/gitlab/*.yml", "docs/workflows/*.yml",
	".github/workflows/*.yml", ".github/actions/*/action.yml", ".github/actions/*/*.sh",
}

// TestQuotedCommandLines finds every command and every flag that a text or a
// pipeline gives to charsync in the tree of commands.
func TestQuotedCommandLines(t *testing.T) {
	root := newRoot(newApp(Env{}))
	found := 0
	for _, pattern := range quoted {
		files, err := fs.Glob(os.DirFS("../.."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(file)))
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range commandLines(t, file, string(data)) {
				found++
				if problem := wrongWith(root, line); problem != "" {
					t.Errorf("%s: charsync %s: %s", file, strings.Join(line, " "), problem)
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d command lines found", found)
	}
}

// commandLines are the words after charsync wherever a file runs it.
func commandLines(t *testing.T, file, text string) [][]string {
	t.Helper()
	switch filepath.Ext(file) {
	case ".md":
		// The help of every command; TestEveryCommand has its examples.
		before, rest, _ := strings.Cut(text, "<!-- reference:begin -->")
		_, after, _ := strings.Cut(rest, "<!-- reference:end -->")
		return linesOf(codeIn(before + after))
	case ".yml", ".yaml":
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		return linesOf(scalars(&document))
	}
	return linesOf(strings.Split(text, "\n"))
}

// codeIn are the lines of fenced and indented blocks, and inline code.
func codeIn(text string) []string {
	var code []string
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			fenced = !fenced
		case fenced || strings.HasPrefix(line, "    "):
			code = append(code, line)
		default:
			for i, part := range strings.Split(line, "`") {
				if i%2 == 1 {
					code = append(code, part)
				}
			}
		}
	}
	return code
}

func scalars(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return strings.Split(strings.ReplaceAll(n.Value, "\\\n", " "), "\n")
	}
	var all []string
	for _, c := range n.Content {
		all = append(all, scalars(c)...)
	}
	return all
}

// invocation is charsync where a shell would look for a program. In prose a
// sentence goes on after it; there the next word is no command.
var invocation = regexp.MustCompile("(?:^|&& |\\|\\| |; |[\"'(`]|<\\(|exec |\\$ |then |run \\./cmd/)charsync((?: +[^ ]+)*)")

// inQuotes is an argument that is a text of its own.
var inQuotes = regexp.MustCompile(`'[^']*'|"[^"]*"`)

func linesOf(code []string) [][]string {
	var all [][]string
	for _, line := range code {
		if strings.Contains(line, " charsync ") || strings.HasPrefix(strings.TrimSpace(line), "charsync ") {
			line = inQuotes.ReplaceAllString(line, "TEXT")
		}
		for _, part := range regexp.MustCompile(`&&|\|\|?|;|[<>]|\s#`).Split(strings.TrimSpace(line), -1) {
			m := invocation.FindStringSubmatch(strings.TrimSpace(part))
			if m == nil {
				continue
			}
			all = append(all, strings.Fields(strings.Trim(m[1], "\"'`)")))
		}
	}
	return all
}

func wrongWith(root *cobra.Command, words []string) string {
	cmd, _, err := root.Find(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.HasPrefix(w, "[") }))
	if err != nil {
		return err.Error()
	}
	if cmd == root && len(words) > 0 && !strings.HasPrefix(words[0], "-") && words[0] != "COMMAND" && words[0] != "help" {
		return "no such command"
	}
	cmd.InheritedFlags() // merges them into Flags
	cmd.InitDefaultHelpFlag()
	for _, w := range words {
		w = strings.Trim(w, "[].,:)\"'")
		name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
		name = strings.Trim(name, ".,;:)]")
		switch {
		case w == "-" || w == "--" || name == "":
		case strings.HasPrefix(w, "--") && cmd.Flag(name) == nil:
			return "no flag --" + name
		case strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && cmd.Flags().ShorthandLookup(name[:1]) == nil:
			return "no flag -" + name
		}
	}
	return ""
}

// TestWrongCommandLines shows what the check refuses.
func TestWrongCommandLines(t *testing.T) {
	root := newRoot(newApp(Env{}))
	for line, right := range map[string]bool{
		"plan --env stage -C dir": true, "state mv a b": true, "apply --sandbox --yes -q": true, "--version": true,
		"paln": false, "plan --prone": false, "plan -x": false, "state list --yes": false, "apply --format=json": true, "apply --formal=json": false,
	} {
		if problem := wrongWith(root, strings.Fields(line)); (problem == "") != right {
			t.Errorf("charsync %s: %q", line, problem)
		}
	}
	text := "Run `charsync plan --env x` or\n\n    $ charsync paln && charsync apply   # now\n\n```sh\ngo run ./cmd/charsync validate | tee out\n```\ncharsync is a program.\n"
	got := linesOf(codeIn(text))
	want := [][]string{{"plan", "--env", "x"}, {"paln"}, {"apply"}, {"validate"}}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}
