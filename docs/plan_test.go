package docs_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/cli"
)

var liveID = regexp.MustCompile(`(?m)(  update )\S+$`)

// TestGeneratedPlan keeps the picture of a plan in the README: the innkeeper of the
// examples is applied to the sandbox, a word of her persona is changed, and
// this is what plan says. Only the ids are shortened: they differ every time.
func TestGeneratedPlan(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"charsync.yaml", "characters/tavern/mira.yaml", "characters/tavern/mira/persona.md",
		"characters/tavern/mira/lore.md", "characters/tavern/mira/examples.md",
	} {
		write(t, filepath.Join(dir, name), read(t, "examples/"+name))
	}
	run(t, dir, "apply", "--sandbox", "--yes")
	persona := filepath.Join(dir, "characters/tavern/mira/persona.md")
	text, err := os.ReadFile(persona)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "broad in the shoulder", "broad in the back", 1)
	if changed == string(text) {
		t.Fatal("the word to change is gone")
	}
	write(t, persona, changed)
	plan := liveID.ReplaceAllString(run(t, dir, "plan", "--sandbox", "-q"), "${1}…")
	generated(t, "README.md", "plan", "```\n"+plan+"```")
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run runs a command line that must succeed and returns its result.
func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), cli.Env{
		Args: args, In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Dir: dir,
	})
	if code != 0 {
		t.Fatalf("charsync %s: exit %d\n%s%s", strings.Join(args, " "), code, &out, &errs)
	}
	return out.String()
}
