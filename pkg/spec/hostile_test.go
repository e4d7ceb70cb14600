package spec

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// TestHostileFiles: input that is made to be expensive is refused, or read,
// in bounded time and memory.
func TestHostileFiles(t *testing.T) {
	most := MaxFileSize - 2000
	if testing.Short() || raceEnabled {
		most /= 10
	}
	sound := map[string]bool{"many comments": true, "a long line": true, "blank lines": true}
	times := func(s string, size int) string { return strings.Repeat(s, size/len(s)) }
	for name, text := range map[string]string{
		"lists in lists":         times("[", 100_000),
		"lists in lists, 4 MB":   times("[", most),
		"closed lists in lists":  times("[", 9_000) + times("]", 9_000),
		"mappings in mappings":   times("{a: ", 100_000),
		"dashes":                 times("- ", 100_000),
		"question marks":         times("? ", 100_000),
		"indented mappings":      indented(2_500),
		"many short elements":    times("- a\n", most),
		"many empty elements":    times("-\n", most),
		"a long flow list":       "[" + times("a,", most) + "]",
		"a flow list of nothing": "[" + times(",", most) + "]",
		"a flow mapping":         "{" + times("a: b, ", most) + "}",
		"many keys":              times("a: b\n", most),
		"many documents":         times("---\n", most),
		"many comments":          times("# c\n", most),
		"comments in a list":     times("- a # c\n", most),
		"anchors":                "[" + times("&a a,", most) + "]",
		"tags":                   "[" + times("!!str a,", most) + "]",
		"a long line":            head + "  name: " + times("word ", most),
		"a long key":             times("a", most) + ": b",
		"blank lines":            head + "  name: |\n" + times("\n", most),
		"an open quote":          head + "  name: \"" + times("word\n ", most),
		"an open list":           head + "  name: [" + times("\n ", most),
		"aliases in a list":      head + "  name: &a [x]\n  title: [" + times("*a, ", 350_000) + "]\n",
		"billion laughs":         laughs(),
		"a quadratic blow-up":    "a: &a \"" + times("x", 1_000_000) + "\"\nb: [" + times("*a, ", 100_000) + "]\n",
		"many errors":            head + times("  a%: b\n", 100_000),
		"bytes":                  times("\xff", most),
		"zeros":                  times("\x00", most),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "characters/x.yaml", []byte(text))
			memory, elapsed, set := measured(t, dir)
			limit := 5 * time.Second
			if memory > 400<<20 || elapsed > limit {
				t.Errorf("%d MB allocated in %v", memory>>20, elapsed)
			}
			if len(set.Diagnostics) > maxFindings || set.Complete != sound[name] {
				t.Errorf("%d findings, complete %v", len(set.Diagnostics), set.Complete)
			}
			for _, d := range set.Diagnostics {
				if len(d.Source) > 10_000 || len(d.Message) > 10_000 {
					t.Errorf("a finding of %d bytes", len(d.Source)+len(d.Message))
				}
			}
		})
	}
}

// measured loads a project and returns the bytes it allocated in all.
func measured(t *testing.T, dir string) (allocated uint64, elapsed time.Duration, set *Set) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	set = load(t, DefaultProject(dir), LoadOptions{Parallelism: 1})
	elapsed = time.Since(start)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, elapsed, set
}

func indented(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func laughs() string {
	var b strings.Builder
	b.WriteString("a0: &a0 lol\n")
	for i := range 40 {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i)
	}
	return b.String()
}

// TestHugeFiles: a file over the bound costs nothing, as manifest and as prose.
func TestHugeFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "characters/mira.yaml", []byte(head+"  persona: {file: huge.md}\n  targets: {convai: {}}\n"))
	for _, name := range []string{"huge.yaml", "huge.md"} {
		f, err := os.Create(filepath.Join(dir, "characters", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(50 << 20); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	memory, _, set := measured(t, dir)
	if memory > 5<<20 || len(set.Diagnostics) != 2 || set.Diagnostics[0].Code != CodeTooLarge || set.Diagnostics[1].Code != CodeTooLarge {
		t.Errorf("%d MB\n%s", memory>>20, render(set.Diagnostics))
	}
}

// TestSharedProse: a text that many manifests refer to is read and held once.
func TestSharedProse(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "characters/lore.md", bytes.Repeat([]byte("word "), 200_000))
	for i := range 200 {
		write(t, dir, fmt.Sprintf("characters/%d.yaml", i), []byte(strings.Replace(head, "mira", fmt.Sprintf("mira-%d", i), 1)+"  lore: {file: lore.md}\n  targets: {convai: {}}\n"))
	}
	memory, _, set := measured(t, dir)
	if memory > 50<<20 || len(set.Characters) != 200 {
		t.Errorf("%d MB for %d characters\n%s", memory>>20, len(set.Characters), render(set.Diagnostics))
	}
}

// TestHeldMemory: what is kept after loading is little more than the texts
// themselves; file contents and node trees are gone.
func TestHeldMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("measures memory")
	}
	dir := t.TempDir()
	size := 0
	const count = 1_000
	for i := range count {
		text := manifest(i)
		size += len(text)
		write(t, dir, fmt.Sprintf("characters/%d.yaml", i), []byte(text))
	}
	load(t, DefaultProject(dir), LoadOptions{}) // compiles the schemas
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	set := load(t, DefaultProject(dir), LoadOptions{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := int(after.HeapAlloc) - int(before.HeapAlloc)
	t.Logf("%d KB held for %d KB in %d manifests", held>>10, size>>10, len(set.Characters))
	if held > 4*size {
		t.Errorf("%d bytes held for %d bytes of manifests", held, size)
	}
	runtime.KeepAlive(set)
}

// TestPipe: a pipe is no manifest and does not make charsync wait.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := pipe(filepath.Join(dir, "x.yaml")); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	set, err := Load(ctx, DefaultProject(dir), LoadOptions{Paths: []string{"x.yaml"}})
	if err != nil || len(set.Diagnostics) != 1 || set.Diagnostics[0].Code != CodeUnreadable {
		t.Errorf("%v %+v", err, set)
	}
}

// TestParserRecord: the YAML library's own record of an error can be read;
// positions of syntax errors hang on it.
func TestParserRecord(t *testing.T) {
	decoder := yaml.NewDecoder(strings.NewReader("a: b\n\nc: \"d\\q\"\n"))
	var n yaml.Node
	if err := decoder.Decode(&n); err == nil {
		t.Fatal("no error")
	}
	got, ok := troubleOf(decoder)
	if !ok || got.at != (mark{2, 5}) && got.at != (mark{2, 4}) || !strings.Contains(got.problem, "escape") {
		t.Errorf("%+v %v", got, ok)
	}
}

// Each instance is an account that is opened: a file of 4 MB holds more than
// can be opened in bounded time.
func TestTooManyInstances(t *testing.T) {
	for n, code := range map[int]string{maxInstances: "", maxInstances + 1: CodeTooMany} {
		var b strings.Builder
		b.WriteString("apiVersion: charsync.dev/v1\nkind: Project\nspec:\n  providers:\n")
		for i := range n {
			fmt.Fprintf(&b, "    p%d: {type: alakazam}\n", i)
		}
		dir := t.TempDir()
		write(t, dir, ConfigFile, []byte(b.String()))
		_, found := LoadProject(filepath.Join(dir, ConfigFile))
		if code == "" && len(found) > 0 || code != "" && (len(found) != 1 || found[0].Code != code || found[0].Pos.Line != 5) {
			t.Errorf("%d instances: %v", n, found)
		}
	}
}
