package state

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

func entryFor(name, target, id string) Entry {
	return Entry{
		Address: diff.Address{Name: name, Target: target}, Provider: target, ID: id,
		Fields: map[spec.Path]diff.Mark{"greeting": {File: "aa"}, "persona": {File: "bb", Live: "cc"}},
	}
}

func openLock(t testing.TB, path string) *Lock {
	t.Helper()
	l, ds, err := Open(path)
	if err != nil {
		t.Fatalf("%v %v", err, ds)
	}
	return l
}

// run stores entries in a run of their own.
func run1(t testing.TB, path, id string, entries ...Entry) {
	t.Helper()
	l := openLock(t, path)
	if err := l.Begin(id); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := l.Put(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLockLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "charsync.lock")
	run1(t, path, "run1", entryFor("olga", "convai", "id2"), entryFor("mira", "convai", "id1"), entryFor("mira", "alakazam", "id0"))
	want := `{"charsync_lock":1}
{"name":"mira","target":"alakazam","provider":"alakazam","id":"id0","fields":{"greeting":"aa","persona":"bb/cc"},"rev":1,"run":"run1"}
{"name":"mira","target":"convai","provider":"convai","id":"id1","fields":{"greeting":"aa","persona":"bb/cc"},"rev":1,"run":"run1"}
{"name":"olga","target":"convai","provider":"convai","id":"id2","fields":{"greeting":"aa","persona":"bb/cc"},"rev":1,"run":"run1"}
`
	if got := read(t, path); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 && os.PathSeparator == '/' {
		t.Errorf("%v %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

// A run touches the lines of what it ran, and no others; one that changes
// nothing does not touch the file.
func TestRegressionScopedRunChurnsState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "charsync.lock")
	run1(t, path, "run1", entryFor("a", "convai", "1"), entryFor("b", "convai", "2"), entryFor("c", "convai", "3"))
	before := strings.Split(read(t, path), "\n")
	changed := entryFor("b", "convai", "2")
	changed.Fields["greeting"] = diff.Mark{File: "dd"}
	run1(t, path, "run2", changed)
	after := strings.Split(read(t, path), "\n")
	for i := range before {
		if same := before[i] == after[i]; same == strings.Contains(before[i], `"b"`) {
			t.Errorf("line %d: %s\n%s", i+1, before[i], after[i])
		}
	}
	old, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	run1(t, path, "run3", changed)
	if now, err := os.Stat(path); err != nil || !os.SameFile(old, now) || !old.ModTime().Equal(now.ModTime()) {
		t.Error("an unchanged lock was rewritten")
	}
	// What is put and taken back leaves the line as it was.
	l := openLock(t, path)
	if err := l.Begin("run4"); err != nil {
		t.Fatal(err)
	}
	pending := changed.Clone()
	pending.Pending = &Intent{Action: diff.Update, Key: "k"}
	for _, e := range []Entry{pending, changed} {
		if err := l.Put(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != strings.Join(after, "\n") {
		t.Errorf("got\n%s", got)
	}
}

// Every change is on disk before the call returns, so a killed run leaves
// what it did.
func TestLockSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "charsync.lock")
	run1(t, path, "run1", entryFor("a", "convai", "1"))
	l := openLock(t, path)
	if err := l.Begin("run2"); err != nil {
		t.Fatal(err)
	}
	b := entryFor("b", "convai", "")
	b.Pending = &Intent{Action: diff.Create, Key: "k1", Scope: "g/w"}
	if err := l.Put(b); err != nil {
		t.Fatal(err)
	}
	after := openLock(t, path) // nobody called Finish
	if e, ok := after.Entry(b.Address); !ok || e.Pending == nil || e.Pending.Key != "k1" {
		t.Errorf("%+v", e)
	}
	b.Pending, b.ID = nil, "2"
	if err := l.Put(b); err != nil {
		t.Fatal(err)
	}
	if err := l.Drop(entryFor("a", "convai", "1").Address); err != nil {
		t.Fatal(err)
	}
	after = openLock(t, path)
	if got := after.Entries(); len(got) != 1 || got[0].ID != "2" {
		t.Errorf("%+v", got)
	}
	// A torn last line is left out, with a warning, and mended by the next run.
	text := read(t, path)
	for cut := range len(text) {
		if cut == 0 {
			continue
		}
		if err := os.WriteFile(path, []byte(text[:len(text)-cut]), 0o644); err != nil {
			t.Fatal(err)
		}
		torn, ds, err := Open(path)
		if err != nil {
			t.Fatalf("%d bytes less: %v", cut, err)
		}
		whole := strings.HasSuffix(text[:len(text)-cut], "}") || strings.HasSuffix(text[:len(text)-cut], "\n") || cut == len(text)
		if !whole && (len(ds) != 1 || ds[0].Code != CodeTorn || ds[0].Pos.Line == 0) {
			t.Fatalf("%d bytes less: %v", cut, ds)
		}
		if err := torn.Begin("run3"); err != nil {
			t.Fatal(err)
		}
		if err := torn.Put(entryFor("z", "convai", "9")); err != nil {
			t.Fatal(err)
		}
		if _, ds, err := Open(path); err != nil || len(ds) > 0 {
			t.Fatalf("%d bytes less, then appended to: %v %v", cut, ds, err)
		}
		if err := torn.Finish(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLockRefusals(t *testing.T) {
	good := string(header) + string(EncodeEntry(entryFor("a", "convai", "1"), false))
	revised := entryFor("a", "convai", "1")
	revised.Revision = 3
	other := revised
	other.ID = "2"
	for _, c := range []struct {
		name, text, code string
		line             int
	}{
		{"newer", "{\"charsync_lock\":2}\n", CodeNewer, 1},
		{"not a lock", "hello\n", CodeCorrupt, 1},
		{"another JSON", "{\"kind\":\"Character\"}\n", CodeCorrupt, 1},
		{"no header", good[len(header):], CodeCorrupt, 1},
		{"garbage in the middle", string(header) + "garbage\n" + good[len(header):], CodeCorrupt, 2},
		{"cut in the middle", string(header) + `{"name":"a"` + "\n" + good[len(header):], CodeCorrupt, 2},
		{"garbage at the end", good + "garbage\n", CodeCorrupt, 3},
		{"unknown key", good + `{"name":"b","target":"t","provider":"p","id":"1","colour":"red"}` + "\n", CodeCorrupt, 3},
		{"no name", good + `{"target":"t","provider":"p","id":"1"}` + "\n", CodeCorrupt, 3},
		{"no id", good + `{"name":"b","target":"t","provider":"p"}` + "\n", CodeCorrupt, 3},
		{"bad digest", good + `{"name":"b","target":"t","provider":"p","id":"1","fields":{"x":"a/b/c"}}` + "\n", CodeCorrupt, 3},
		{"wrong type", good + `{"name":7,"target":"t","provider":"p","id":"1"}` + "\n", CodeCorrupt, 3},
		{"two values on a line", good + `{"name":"b","target":"t","provider":"p","id":"1"} {}` + "\n", CodeCorrupt, 3},
		{"merge conflict", string(header) + "<<<<<<< HEAD\n" + good[len(header):] + "=======\n>>>>>>> other\n", CodeConflict, 2},
		{"two characters for one", string(header) + string(EncodeEntry(revised, false)) + string(EncodeEntry(other, false)), CodeTwoIDs, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "charsync.lock")
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			l, _, err := Open(path)
			var d spec.Diagnostic
			if !errors.As(err, &d) || d.Code != c.code || d.Pos.Line != c.line || d.Hint == "" || l != nil {
				t.Errorf("%v, want %s at line %d", err, c.code, c.line)
			}
			if read(t, path) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}

func TestLockOfNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "charsync.lock")
	l := openLock(t, path)
	if l.Len() != 0 {
		t.Error("entries out of nothing")
	}
	if err := l.Begin("r"); err != nil {
		t.Fatal(err)
	}
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a run that changed nothing wrote a lock")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	// One that is there and empty has lost its bindings.
	for _, text := range []string{"", "\n", "\r\n \n"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, ds, err := Open(path); err == nil || len(ds) != 1 || ds[0].Code != CodeCorrupt {
			t.Errorf("%q is taken for a lock: %v %v", text, ds, err)
		}
	}
	if err := os.Mkdir(path+".d", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(path + ".d"); err == nil {
		t.Error("a folder was read as a lock")
	}
}

func TestStateMoveAndRemove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "charsync.lock")
	run1(t, path, "r", entryFor("a", "convai", "1"), entryFor("a", "alakazam", "2"), entryFor("b", "convai", "3"))
	l := openLock(t, path)
	at := func(word string) diff.Address {
		name, target, _ := strings.Cut(word, "/")
		return diff.Address{Name: name, Target: target}
	}
	move := func(from, to string, want int) {
		t.Helper()
		if moved, err := l.Move(at(from), at(to)); len(moved) != want || (want == 0) != (err != nil) {
			t.Errorf("%s to %s: %v %v", from, to, moved, err)
		}
	}
	move("nobody", "x", 0)
	move("a", "b", 0) // onto another
	move("a", "z", 2)
	if err := l.Put(entryFor("c", "npcbuilder", "4")); err != nil {
		t.Fatal(err)
	}
	if move("c", "z", 1); len(l.Show("z")) != 3 {
		t.Errorf("beside bindings at other targets: %v", l.Show("z"))
	}
	move("z/convai", "z/convai-2", 1)
	move("z/convai", "z/convai-2", 0)
	move("z/alakazam", "z/convai-2", 0)
	move("z/convai-2", "y", 1)
	move("y/convai-2", "z/convai", 1)
	move("*/convai", "*/convai-2", 2)
	move("*/convai-2", "*/npcbuilder", 0) // z is there
	move("*/convai-2", "*/convai", 2)
	if _, err := l.Remove("b", "alakazam"); err == nil {
		t.Error("removed what is not there")
	}
	if removed, err := l.Remove("b", "convai"); err != nil || len(removed) != 1 {
		t.Errorf("%v %v", removed, err)
	}
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
	again := openLock(t, path)
	if got := again.Show("z"); len(got) != 3 || got[0].ID != "2" || again.Len() != 3 {
		t.Errorf("%+v", got)
	}
	if removed, err := again.Remove("z", ""); err != nil || len(removed) != 3 {
		t.Errorf("%v %v", removed, err)
	}
}

func git(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestLockMerges: branches that touch different characters merge without a
// conflict, neighbours or new ones in the same place too; what both say is
// there afterwards, and a branch's change is not undone by the other's
// untouched line.
func TestLockMerges(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	touched := func(name, digest string) Entry {
		e := entryFor(name, "convai", "id-"+name)
		e.Fields["greeting"] = diff.Mark{File: digest}
		return e
	}
	for _, c := range []struct {
		name         string
		ours, theirs []Entry
	}{
		{"neighbours", []Entry{touched("b", "ours")}, []Entry{touched("c", "theirs")}},
		{"far apart", []Entry{touched("a", "ours")}, []Entry{touched("e", "theirs")}},
		{"new ones in one place", []Entry{touched("b1", "ours")}, []Entry{touched("b2", "theirs")}},
		{"all mixed", []Entry{touched("a", "ours"), touched("c", "ours"), touched("f", "ours")}, []Entry{touched("b", "theirs"), touched("d", "theirs"), touched("g", "theirs")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "charsync.lock")
			must := func(args ...string) {
				t.Helper()
				if out, err := git(t, dir, args...); err != nil {
					t.Fatalf("git %v: %v\n%s", args, err, out)
				}
			}
			must("init", "-q", "-b", "main")
			var base []Entry
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				base = append(base, entryFor(name, "convai", "id-"+name))
			}
			run1(t, path, "run0", base...)
			must("add", ".")
			must("commit", "-qm", "base")
			must("checkout", "-qb", "theirs")
			run1(t, path, "run1", c.theirs...)
			must("commit", "-qam", "theirs")
			must("checkout", "-q", "main")
			run1(t, path, "run2", c.ours...)
			must("commit", "-qam", "ours")
			must("merge", "-q", "-m", "merge", "theirs")
			l := openLock(t, path)
			for _, e := range slices.Concat(c.ours, c.theirs) {
				if got, ok := l.Entry(e.Address); !ok || !got.Same(e) {
					t.Errorf("%s: got %+v, want %+v\n%s", e.Address, got, e, read(t, path))
				}
			}
			// What both branches say of a pair stays until a run has settled it.
			run1(t, path, "run3", l.Entries()...)
			if n := strings.Count(read(t, path), "\n"); n != l.Len()+1 {
				t.Errorf("%d lines for %d entries", n, l.Len())
			}
		})
	}
}

func TestGitattributesAreKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	attributes := filepath.Join(dir, ".gitattributes")
	if err := os.WriteFile(attributes, []byte("*.png binary"), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "charsync.lock")
	for i := range 3 {
		run1(t, path, "r", entryFor(fmt.Sprint("n", i), "convai", "1"))
	}
	if got := read(t, attributes); got != "*.png binary\ncharsync.lock merge=union\n" {
		t.Errorf("%q", got)
	}
	hidden := filepath.Join(dir, ".charsync", "sandbox", "charsync.lock")
	run1(t, hidden, "r", entryFor("n", "convai", "1"))
	if _, err := os.Stat(filepath.Join(filepath.Dir(hidden), ".gitattributes")); err == nil {
		t.Error("attributes for a lock that Git ignores")
	}
}

// FuzzLock: no text makes loading panic, and what loads writes back to
// something that loads to the same.
func FuzzLock(f *testing.F) {
	good := string(header) + string(EncodeEntry(entryFor("a", "convai", "1"), false))
	pending := entryFor("b", "npcbuilder", "")
	pending.Pending = &Intent{Action: diff.Create, Key: "k", Run: "r", At: "2026-11-02T09:00:00Z", Scope: "g/w", Body: "x", Fields: map[spec.Path]string{"name": "d"}}
	for _, s := range []string{
		"", good, good[:len(good)-4], string(header), "{\"charsync_lock\":2}\n", "{\"charsync_lo",
		good + string(EncodeEntry(pending, false)), good + string(EncodeEntry(Entry{Address: entryFor("a", "convai", "").Address, Revision: 2}, true)),
		"<<<<<<< HEAD\n" + good, good + "=======\n", good + "\n\n", strings.ReplaceAll(good, "\n", "\r\n"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "charsync.lock")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		l, ds, err := Open(path)
		if err != nil {
			if l != nil || len(ds) == 0 {
				t.Fatalf("%v without a finding", err)
			}
			return
		}
		before := l.Entries()
		if err := l.Begin("r"); err != nil {
			t.Fatal(err)
		}
		probe := entryFor("zz-probe", "convai", "9")
		if err := l.Put(probe); err != nil {
			t.Fatal(err)
		}
		for _, finished := range []bool{false, true} {
			if finished {
				if err := l.Finish(); err != nil {
					t.Fatal(err)
				}
			}
			again, ds, err := Open(path)
			if err != nil || len(ds) > 0 {
				t.Fatalf("finished=%v: what was loaded does not load again: %v %v", finished, ds, err)
			}
			if got := len(again.Entries()); got != len(before) && got != len(before)+1 {
				t.Fatalf("finished=%v: %d entries became %d", finished, len(before), got)
			}
			for _, e := range before {
				if got, ok := again.Entry(e.Address); e.Address != probe.Address && (!ok || !got.Same(e)) {
					t.Fatalf("finished=%v: %+v became %+v", finished, e, got)
				}
			}
		}
	})
}

func TestHeaderSaysTheVersion(t *testing.T) {
	if want := fmt.Sprintf("{\"charsync_lock\":%d}\n", version); header != want {
		t.Errorf("the header is %q, want %q", header, want)
	}
}
