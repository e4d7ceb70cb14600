package edit

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden pairs")

// formatted formats a file and insists that formatting it again changes
// nothing.
func formatted(t *testing.T, data []byte) string {
	t.Helper()
	out, found, err := Format("x.yaml", data)
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v", err, found)
	}
	again, _, err := Format("x.yaml", out)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(out), string(again)); d != "" {
		t.Errorf("formatting twice (-once +twice):\n%s", d)
	}
	return string(out)
}

// TestFormat compares with golden pairs: NAME.in and NAME.out. A pair without
// .out is canonical already. In them, "␠" is a space at a line's end, "→" a
// tab, "␍" a carriage return, and "∎" ends a file without a line end.
func TestFormat(t *testing.T) {
	plain := strings.NewReplacer("␠", " ", "→", "\t", "␍", "\r", "∎\n", "")
	files, err := filepath.Glob("testdata/format/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, f := range archive.Files {
			if name, ok := strings.CutSuffix(f.Name, ".out"); ok {
				want[name] = plain.Replace(string(f.Data))
			}
		}
		if *update {
			rewrite(t, file, archive, plain)
			continue
		}
		for _, f := range archive.Files {
			name, ok := strings.CutSuffix(f.Name, ".in")
			if !ok {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+name, func(t *testing.T) {
				in := plain.Replace(string(f.Data))
				expected, changes := want[name]
				if !changes {
					expected = in
				}
				if d := cmp.Diff(expected, formatted(t, []byte(in))); d != "" {
					t.Errorf("-want +got:\n%s", d)
				}
			})
		}
	}
}

// rewrite writes the pairs of a file anew.
func rewrite(t *testing.T, file string, archive *txtar.Archive, plain *strings.Replacer) {
	t.Helper()
	var files []txtar.File
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".in")
		if !ok {
			continue
		}
		files = append(files, f)
		in := plain.Replace(string(f.Data))
		out := formatted(t, []byte(in))
		if out == in {
			continue
		}
		shown := regexp.MustCompile(`(?m) +$`).ReplaceAllStringFunc(out, func(s string) string { return strings.Repeat("␠", len(s)) })
		shown = strings.NewReplacer("\t", "→", "\r", "␍").Replace(shown)
		if !strings.HasSuffix(shown, "\n") {
			shown += "∎\n"
		}
		files = append(files, txtar.File{Name: name + ".out", Data: []byte(shown)})
	}
	archive.Files = files
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestWrittenByHand: every manifest of this repository survives formatting,
// and those that people are shown are in the canonical layout.
func TestWrittenByHand(t *testing.T) {
	seen := 0
	for _, root := range []string{"../../examples", "../../pkg/spec/testdata", "../../cmd/charsync/testdata"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for name, text := range manifests(path, data) {
				seen++
				out, found, err := Format(name, text)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if len(found) == 0 && strings.HasPrefix(name, "../../examples") && string(out) != string(text) {
					t.Errorf("%s is not in the canonical layout:\n%s", name, cmp.Diff(string(text), string(out)))
				}
				again, _, err := Format(name, out)
				if err != nil || string(again) != string(out) {
					t.Errorf("%s: formatting twice: %v\n%s", name, err, cmp.Diff(string(out), string(again)))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 100 {
		t.Errorf("only %d files", seen)
	}
}

// manifests are the YAML texts in a file: itself, or those in a script.
func manifests(path string, data []byte) map[string][]byte {
	out := map[string][]byte{}
	switch filepath.Ext(path) {
	case ".yaml", ".yml":
		out[path] = data
	case ".txtar":
		for _, f := range txtar.Parse(data).Files {
			if strings.HasSuffix(f.Name, ".yaml") {
				out[path+" "+f.Name] = f.Data
			}
		}
	}
	return out
}
