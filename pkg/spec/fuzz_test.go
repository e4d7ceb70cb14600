package spec

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"
)

// readManifest does to bytes what loading does to a file.
func readManifest(p *Project, texts *prose, data []byte) loaded {
	src := &source{file: "characters/x.yaml", data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	b := &builder{project: p, schema: characterSchema(), prose: texts, src: src, names: map[string]string{}}
	var out loaded
	broken := src.parse(func(index int, root *yaml.Node) {
		out.documents = append(out.documents, b.document(index, root))
	})
	out.findings = append(b.findings, broken...)
	return out
}

// seeds adds every file of testdata to the corpus.
func seeds(f *testing.F, prefix string) {
	for _, pattern := range []string{"testdata/ok/*.yaml", "testdata/err/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			if strings.HasPrefix(filepath.Base(file), "project-") == (prefix == "project-") {
				f.Add(data)
			}
		}
	}
}

// checkFindings holds every finding to what users rely on: a documented code,
// a place inside the file, words and a next step.
func checkFindings(t *testing.T, data []byte, findings []Diagnostic) {
	codes := Codes()
	lines := bytes.Count(data, []byte("\n")) + 1
	for _, d := range findings {
		if !slices.ContainsFunc(codes, func(c CodeInfo) bool { return c.Code == d.Code && c.Severity == d.Severity }) {
			t.Errorf("%v has no documented code of severity %s", d, d.Severity)
		}
		if d.Message == "" || d.Hint == "" || d.Pos.File == "" || d.Pos.Line < 1 || d.Pos.Col < 1 || d.Pos.Line > lines {
			t.Errorf("an unhelpful finding in a file of %d lines: %+v", lines, d)
		}
		if d.Pos.Col < quotedMost && d.Pos.Col-1 > utf8.RuneCountInString(d.Source) {
			t.Errorf("the place is outside its line: %+v", d)
		}
		if !utf8.ValidString(d.Source) || strings.ContainsAny(d.Source, "\n\r\x1b\x00") {
			t.Errorf("a line that can't be printed: %q", d.Source)
		}
	}
}

// FuzzLoad: no manifest makes the loader fail, findings are helpful, and what
// loads without one is written and loads as the same character.
func FuzzLoad(f *testing.F) {
	seeds(f, "")
	f.Add([]byte(manifest(1)))
	dir := f.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { root.Close() })
	p := DefaultProject(dir)
	f.Fuzz(func(t *testing.T, data []byte) {
		texts := &prose{root.FS(), nil, newTexts(math.MaxInt)}
		first := readManifest(p, texts, data)
		checkFindings(t, data, first.findings)
		for _, d := range first.documents {
			if d.character == nil {
				continue
			}
			var out bytes.Buffer
			if err := Emit(&out, documentOf(d.character)); err != nil {
				t.Fatal(err)
			}
			second := readManifest(p, texts, out.Bytes())
			if len(second.documents) != 1 || second.documents[0].character == nil {
				t.Fatalf("what was written does not load: %v\n%s", second.findings, &out)
			}
			if d := cmp.Diff(d.character, second.documents[0].character, cmpopts.IgnoreTypes(Pos{}), cmpopts.IgnoreFields(Character{}, "Doc"), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("-read +written and read:\n%s\n%s", d, &out)
			}
		}
	})
}

// documentOf turns a character back into what can be written.
func documentOf(c *Character) Document {
	d := Document{Name: c.Name, Labels: c.Labels, Fields: writable(c.Fields)}
	if c.Protect.Set {
		d.Fields["protect"] = c.Protect.V
	}
	for _, t := range c.Targets {
		fields := writable(t.Fields)
		for key, v := range map[Path]Value{"id": t.ID, "cloneFrom": t.CloneFrom, "KB": t.KB} {
			if v.Set {
				fields[key] = v.V
			}
		}
		if t.Compose != nil {
			compose := map[string]any{}
			for key, parts := range t.Compose {
				var list []any
				for _, part := range parts {
					list = append(list, string(part))
				}
				compose[string(key)] = list
			}
			fields["compose"] = compose
		}
		d.Targets = append(d.Targets, DocumentTarget{Instance: t.Instance, Fields: fields})
	}
	return d
}

func writable(fields Fields) map[Path]any {
	out := map[Path]any{}
	for key, f := range fields {
		out[Path(key)] = f.V
		if f.Ref != "" {
			out[Path(key)] = FileRef("../" + f.Ref)
		}
	}
	return out
}

// FuzzProject: no configuration makes the loader fail, and findings are
// helpful.
func FuzzProject(f *testing.F) {
	seeds(f, "project-")
	f.Add([]byte(fullProject))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &config{project: DefaultProject(dir), src: &source{file: ConfigFile, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}}
		c.read()
		checkFindings(t, data, c.findings)
		for name, in := range c.project.Instances {
			if in.Name != name || !slices.Contains(Drivers(), in.Type) {
				t.Errorf("the instance %q is %+v", name, in)
			}
		}
	})
}
