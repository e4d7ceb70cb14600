package spec

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestErrors loads every case of testdata/err and compares what is said.
//
// NAME.yaml is a manifest, project-NAME.yaml a charsync.yaml; NAME.out is
// what is said of it. NAME.txtar is a case of several files; its file "out"
// is what is said, and its comment holds commands:
//
//	load PATH…               load only these
//	symlink NEW TARGET       make a symbolic link
//	fill FILE COUNT TEXT     write TEXT so many times; a Go string
func TestErrors(t *testing.T) {
	for _, file := range cases(t, "testdata/err") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if filepath.Ext(file) == ".txtar" {
				archiveCase(t, file)
				return
			}
			dir := t.TempDir()
			name := "characters/" + filepath.Base(file)
			if strings.HasPrefix(filepath.Base(file), "project-") {
				name = ConfigFile
			}
			write(t, dir, name, read(t, file))
			golden := strings.TrimSuffix(file, ".yaml") + ".out"
			got := said(t, dir, nil)
			if *update {
				write(t, ".", golden, []byte(got))
			}
			if d := cmp.Diff(string(read(t, golden)), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func archiveCase(t *testing.T, file string) {
	archive := txtar.Parse(read(t, file))
	dir := t.TempDir()
	out := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "out" })
	for i, f := range archive.Files {
		if i != out {
			write(t, dir, f.Name, f.Data)
		}
	}
	var paths []string
	for line := range strings.Lines(string(archive.Comment)) {
		words := strings.SplitN(strings.TrimSpace(line), " ", 4)
		switch words[0] {
		case "load":
			paths = strings.Fields(line)[1:]
		case "symlink":
			if err := os.Symlink(filepath.FromSlash(words[2]), filepath.Join(dir, filepath.FromSlash(words[1]))); err != nil {
				t.Skip(err)
			}
		case "fill":
			count, err1 := strconv.Atoi(words[2])
			text, err2 := strconv.Unquote(words[3])
			if err1 != nil || err2 != nil {
				t.Fatal(line)
			}
			write(t, dir, words[1], []byte(strings.Repeat(text, count)))
		}
	}
	got := said(t, dir, paths)
	if *update {
		if out < 0 {
			archive.Files = append(archive.Files, txtar.File{Name: "out"})
			out = len(archive.Files) - 1
		}
		archive.Files[out].Data = []byte(got)
		write(t, ".", file, txtar.Format(archive))
	}
	if out < 0 {
		t.Fatal("no golden; run with -update")
	}
	if d := cmp.Diff(string(archive.Files[out].Data), got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// said loads the project in a folder and prints its diagnostics.
func said(t *testing.T, dir string, paths []string) string {
	t.Helper()
	p, findings := DefaultProject(dir), []Diagnostic(nil)
	if file := filepath.Join(dir, ConfigFile); exists(file) {
		if p, findings = LoadProject(file); p == nil {
			return render(findings)
		}
	} else {
		p.Instances["convai-stage"] = Instance{Name: "convai-stage", Type: "convai"}
	}
	set, err := Load(context.Background(), p, LoadOptions{Paths: paths})
	if err != nil {
		t.Fatal(err)
	}
	if set.Complete != !failed(set.Diagnostics) {
		t.Errorf("Complete is %v beside %d findings", set.Complete, len(set.Diagnostics))
	}
	return strings.ReplaceAll(render(append(findings, set.Diagnostics...)), dir, "DIR")
}

func render(ds []Diagnostic) string {
	var b strings.Builder
	for _, d := range ds {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", d.Pos, d.Severity, d.Message, d.Code)
		if d.Source != "" {
			fmt.Fprintf(&b, "  | %s\n  | %s%s\n", strings.ReplaceAll(d.Source, "\t", " "), strings.Repeat(" ", d.Pos.Col-1), strings.Repeat("^", max(1, d.Length)))
		}
		where := ""
		for _, s := range []string{d.Character, d.Target, string(d.Path)} {
			where += "/" + s
		}
		fmt.Fprintf(&b, "  hint: %s (%s)\n", d.Hint, where)
	}
	return b.String()
}

// TestEveryCodeHasACase: no code without a golden, and no golden without a
// documented code.
func TestEveryCodeHasACase(t *testing.T) {
	used := map[string]bool{}
	for _, file := range append(cases(t, "testdata/err"), globbed(t, "testdata/err/*.out")...) {
		for _, m := range regexp.MustCompile(`\[(CS\d+)\]`).FindAllSubmatch(read(t, file), -1) {
			used[string(m[1])] = true
		}
	}
	known := map[string]bool{}
	for _, c := range Codes() {
		if known[c.Code] {
			t.Errorf("%s is listed twice", c.Code)
		}
		known[c.Code] = true
		if !used[c.Code] {
			t.Errorf("no case in testdata/err shows %s: %s", c.Code, c.Meaning)
		}
	}
	for code := range used {
		if !known[code] {
			t.Errorf("%s is not in Codes", code)
		}
	}
	constants := regexp.MustCompile(`= "(CS\d+)"`).FindAllSubmatch(read(t, "codes.go"), -1)
	if len(constants) != len(known) {
		t.Errorf("%d constants, %d codes listed", len(constants), len(known))
	}
}

func cases(t *testing.T, dir string) []string {
	found := append(globbed(t, dir+"/*.yaml"), globbed(t, dir+"/*.txtar")...)
	if len(found) == 0 {
		t.Fatalf("no cases in %s", dir)
	}
	return found
}

func globbed(t *testing.T, pattern string) []string {
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func exists(file string) bool { _, err := os.Stat(file); return err == nil }

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
