package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/spec"
)

// What is larger than charsync reads is not written: the project could not be
// loaded any more.
func TestImportWritesOnlyWhatIsReadAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		text   string
		refuse string
	}{
		{"a text of its own", strings.Repeat("word\n", spec.MaxFileSize/5) + "more words", "m/persona.md would have 4.0 MB"},
		{"a text in the manifest", strings.Repeat("w\r", spec.MaxFileSize/5), "m.yaml would have"},
		{"a text of a fitting size", strings.Repeat("word\n", 1000) + "word", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, err := os.OpenRoot(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			p := placement{root: root, folder: "."}
			_, err = p.write(newManifest{document: spec.Document{Name: "m", Fields: map[spec.Path]any{"persona": c.text}}})
			if c.refuse == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.refuse) {
				t.Error(err)
			}
			if len(p.made) > 0 {
				t.Errorf("made %v", p.made)
			}
		})
	}
}
