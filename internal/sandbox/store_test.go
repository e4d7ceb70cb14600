package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// reopened closes nothing: it opens the folder a second time, as another process would.
func reopened(t testing.TB, dir string) *Server {
	t.Helper()
	return opened(t, Options{Dir: dir})
}

func idsOf(t testing.TB, s *Server, vendor string) []string {
	t.Helper()
	chars, err := s.Characters(vendor)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, c := range chars {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestEverythingSurvivesReopening(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	first := ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"A"}`, "Idempotency-Key", "k1")
	for _, vendor := range Vendors() {
		for i := range 3 {
			put(t, s, vendor, doc{"name": fmt.Sprint("N", i), "charName": fmt.Sprint("N", i), "game_id": "g", "world_id": "w"})
		}
	}
	gone := idsOf(t, s, "convai")[1]
	if err := s.Remove("convai", gone); err != nil {
		t.Fatal(err)
	}
	if err := s.Edit("convai", idsOf(t, s, "convai")[0], doc{"backstory": "<edited> & \u2028"}); err != nil {
		t.Fatal(err)
	}
	before := map[string][]Stored{}
	for _, vendor := range Vendors() {
		before[vendor], _ = s.Characters(vendor)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, Options{Dir: dir})
	for _, vendor := range Vendors() {
		after, err := s.Characters(vendor)
		if err != nil || fmt.Sprint(after) != fmt.Sprint(before[vendor]) {
			t.Errorf("%s: %v\n%v\n%v", vendor, err, after, before[vendor])
		}
	}
	again := ask(t, s, "alakazam", "POST", "/v1/characters", `{"name":"A"}`, "Idempotency-Key", "k1")
	if again.Text != first.Text || again.Status != first.Status {
		t.Errorf("the idempotency key was forgotten: %s, first %s", again.Text, first.Text)
	}
	if g := ask(t, s, "npcbuilder", "GET", "/api/context/world/g/w", ""); g.Status != 200 {
		t.Errorf("the world was forgotten: %d", g.Status)
	}
	fresh := put(t, s, "convai", doc{"charName": "new"})
	if slices.Contains(idsOf(t, s, "convai")[:2], fresh) || fresh == gone {
		t.Errorf("id %s was given twice", fresh)
	}
}

func TestTornLastLineIsDropped(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	for i := range 5 {
		put(t, s, "convai", doc{"charName": fmt.Sprint("N", i), "backstory": "a long story"})
	}
	want := idsOf(t, s, "convai")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "convai.jsonl")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lastLine := strings.LastIndex(strings.TrimSuffix(string(whole), "\n"), "\n") + 1
	for _, size := range []int{lastLine + 1, lastLine + 20, len(whole) - 30, len(whole) - 1} {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		s := opened(t, Options{Dir: dir})
		if got := idsOf(t, s, "convai"); !slices.Equal(got, want[:4]) {
			t.Errorf("cut at %d: %v, want %v", size, got, want[:4])
		}
		id := put(t, s, "convai", doc{"charName": "after"})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := idsOf(t, reopened(t, dir), "convai"); !slices.Equal(got, append(slices.Clone(want[:4]), id)) {
			t.Errorf("cut at %d, then written: %v", size, got)
		}
	}
}

// A writer that is killed in the middle leaves a torn line beside processes that go on.
func TestTornLineOfAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, Options{Dir: dir})
	one := put(t, a, "convai", doc{"charName": "one"})
	f, err := os.OpenFile(filepath.Join(dir, "convai.jsonl"), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"head":[{"c":"characters","i":"` + strings.Repeat("x", 10_000)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := idsOf(t, a, "convai"); !slices.Equal(got, []string{one}) {
		t.Errorf("reading over it: %v", got)
	}
	two := put(t, a, "convai", doc{"charName": "two"})
	if raw, err := os.ReadFile(filepath.Join(dir, "convai.jsonl")); err != nil || !bytes.HasSuffix(raw, []byte("]}\n")) {
		t.Errorf("the torn line is still there: %v", err)
	}
	if got := idsOf(t, reopened(t, dir), "convai"); !slices.Equal(got, []string{one, two}) {
		t.Errorf("after writing: %v", got)
	}
}

func TestDamageInTheMiddleIsAnError(t *testing.T) {
	for _, line := range []string{"nonsense", `{"head":[{"c":"characters","i":"x","s":1,"n":99}],"docs":[{}]}`, `{"head":[],"docs":[{}]}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "convai.jsonl"), []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "damaged at byte 0") {
			t.Errorf("%s: %v", line, err)
			if err == nil {
				_ = s.Close()
			}
		}
	}
}

func TestTwoServersShareAFolder(t *testing.T) {
	dir := t.TempDir()
	a, b := reopened(t, dir), reopened(t, dir)
	const each = 40
	var wg sync.WaitGroup
	for _, s := range []*Server{a, b} {
		for range 2 {
			wg.Go(func() {
				for i := range each {
					if _, err := s.Put("convai", doc{"charName": fmt.Sprint(i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	ids := idsOf(t, a, "convai")
	if len(ids) != 4*each || !slices.Equal(ids, idsOf(t, b, "convai")) {
		t.Fatalf("%d and %d characters, or in another order", len(ids), len(idsOf(t, b, "convai")))
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 4*each {
		t.Error("an id was given twice")
	}
	if err := a.Edit("convai", ids[0], doc{"charName": "edited"}); err != nil {
		t.Fatal(err)
	}
	if g := ask(t, b, "convai", "POST", "/character/get", `{"charID":"`+ids[0]+`"}`); g.Doc["character_name"] != "edited" {
		t.Errorf("the other server reads %v", g.Doc)
	}
	if err := b.Remove("convai", ids[0]); err != nil {
		t.Fatal(err)
	}
	if g := ask(t, a, "convai", "POST", "/character/get", `{"charID":"`+ids[0]+`"}`); g.Status != 400 {
		t.Errorf("removed by the other server: %d", g.Status)
	}
}

func TestCompaction(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	kept := put(t, s, "alakazam", doc{"name": "kept"})
	last := put(t, s, "alakazam", doc{"name": "last"})
	for i := range 30 {
		if err := s.Edit("alakazam", kept, doc{"backstory": strings.Repeat("x", 100_000), "name": fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Remove("alakazam", last); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "alakazam.jsonl")
	big, _ := os.Stat(path)
	other := opened(t, Options{Dir: dir}) // compacts, while s has the old file open
	small, err := os.Stat(path)
	if err != nil || small.Size() >= big.Size()/2 {
		t.Fatalf("%v: from %d to %d bytes", err, big.Size(), small.Size())
	}
	if got := idsOf(t, other, "alakazam"); !slices.Equal(got, []string{kept}) {
		t.Errorf("after compaction: %v", got)
	}
	next := put(t, s, "alakazam", doc{"name": "next"}) // must notice that its file was replaced
	if got := idsOf(t, other, "alakazam"); !slices.Equal(got, []string{kept, next}) || next == last {
		t.Errorf("after the next write: %v, removed was %s", got, last)
	}
	if storedDoc(t, other, "alakazam", kept)["name"] != "29" {
		t.Error("compaction kept an old document")
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

// A file of the same size in the journal's place is another file all the same.
func TestReplacedJournalIsNoticed(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
	for i, docs := range [][]string{{"one"}, {"two"}, {"three", "four"}} {
		s, err := Open(Options{Dir: dirs[i], Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range docs {
			put(t, s, "alakazam", doc{"name": name})
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := opened(t, Options{Dir: dirs[0]})
	idsOf(t, s, "alakazam")
	for i, want := range []string{"two", "three"} {
		if err := os.Rename(filepath.Join(dirs[i+1], "alakazam.jsonl"), filepath.Join(dirs[0], "alakazam.jsonl")); err != nil {
			t.Skip("this system does not replace open files")
		}
		chars, err := s.Characters("alakazam")
		if err != nil || len(chars) != i+1 || chars[0].Doc["name"] != want {
			t.Errorf("%v, %v, want %s", chars, err, want)
		}
	}
}

func TestFolderRemovedWhileServing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := opened(t, Options{Dir: dir})
	put(t, s, "convai", doc{"charName": "one"})
	if err := os.Remove(filepath.Join(dir, "convai.jsonl")); err != nil {
		t.Skip("this system keeps open files")
	}
	if got := idsOf(t, s, "convai"); len(got) != 0 {
		t.Errorf("still there: %v", got)
	}
	put(t, s, "convai", doc{"charName": "two"})
	if got := idsOf(t, reopened(t, dir), "convai"); len(got) != 1 {
		t.Errorf("after writing anew: %v", got)
	}
}

// crashDir is the variable that turns the test below into a process that writes until it is killed.
const crashDir = "CHARSYNC_SANDBOX_CRASH_DIR"

func TestKilledWhileWriting(t *testing.T) {
	if dir := os.Getenv(crashDir); dir != "" {
		s := opened(t, Options{Dir: dir})
		for i := 0; ; i++ {
			put(t, s, "alakazam", doc{"name": fmt.Sprint(i), "persona": strings.Repeat("a long persona ", 20_000)})
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	survivors := 0
	for round := range 3 {
		cmd := exec.Command(exe, "-test.run=^TestKilledWhileWriting$")
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "alakazam.jsonl")
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
			if info, err := os.Stat(path); err == nil && info.Size() > int64(round+1)*3<<20 {
				break
			}
			if time.Now().After(deadline) {
				t.Error("nothing was written")
				break
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		s, err := Open(Options{Dir: dir})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		chars, err := s.Characters("alakazam")
		if err != nil || len(chars) <= survivors {
			t.Errorf("round %d: %d characters, %v", round, len(chars), err)
		}
		survivors = len(chars)
		put(t, s, "alakazam", doc{"name": "after"})
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestClosedServerRefuses(t *testing.T) {
	s, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put("convai", doc{}); err == nil {
		t.Error("Put worked after Close")
	}
	if err := s.Listen(""); err == nil {
		t.Error("Listen worked after Close")
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// filled writes n characters of about 6 KB to a folder's Alakazam journal and gives the folder.
func filled(b *testing.B, n int) string {
	dir := b.TempDir()
	s, err := Open(Options{Dir: dir, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		for _, vendor := range []string{"alakazam", "convai"} {
			if _, err := s.Put(vendor, doc{"name": fmt.Sprint("N", i), "charName": fmt.Sprint("N", i), "backstory": strings.Repeat("story ", 1000), "persona": strings.Repeat("words ", 1000)}); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return dir
}

func BenchmarkLoad10k(b *testing.B) {
	dir := filled(b, 10_000)
	for b.Loop() {
		s, err := Open(Options{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList10k(b *testing.B) {
	s := opened(b, Options{Dir: filled(b, 10_000)})
	b.Run("alakazam-all-pages", func(b *testing.B) {
		for b.Loop() {
			n, cursor := 0, ""
			for {
				g := ask(b, s, "alakazam", "GET", "/v1/characters?limit=100&cursor="+cursor, "")
				n += len(list(g.Doc, "characters"))
				var more bool
				if cursor, more = g.Doc["nextCursor"].(string); !more {
					break
				}
			}
			if n != 10_000 {
				b.Fatal(n)
			}
		}
	})
	b.Run("convai-whole", func(b *testing.B) {
		for b.Loop() {
			if g := ask(b, s, "convai", "POST", "/character/list", ""); len(list(g.Doc, "characters")) != 10_000 {
				b.Fatal(g.Status)
			}
		}
	})
}

func BenchmarkCreate(b *testing.B) {
	s, err := Open(Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	d := doc{"charName": "N", "backstory": strings.Repeat("story ", 1000)}
	for b.Loop() {
		if _, err := s.Put("convai", d); err != nil {
			b.Fatal(err)
		}
	}
}
