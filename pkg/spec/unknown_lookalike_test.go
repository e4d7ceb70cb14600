package spec

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A key in look-alike letters is refused, and the message tells it from the
// key that it looks like.
func TestLookalikeKeyIsSpelledOut(t *testing.T) {
	dir := t.TempDir()
	manifest := "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: m}\nspec:\n  name: M\n  person\u0430: hidden from review\n"
	if err := os.MkdirAll(filepath.Join(dir, "characters"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "characters", "m.yaml"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := Load(context.Background(), DefaultProject(dir), LoadOptions{})
	if err != nil || len(set.Diagnostics) != 1 {
		t.Fatal(err, set.Diagnostics)
	}
	d := set.Diagnostics[0]
	if d.Code != CodeUnknownField || !strings.Contains(d.Hint, `looks like persona and is spelled "person\u0430"`) {
		t.Errorf("%s: %s; %s", d.Code, d.Message, d.Hint)
	}
}
