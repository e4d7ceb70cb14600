package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

func codeOf(err error) string {
	var d spec.Diagnostic
	errors.As(err, &d)
	return d.Code
}

// Runs are found by the beginning of their names, newest first, also when
// many begin in one second.
func TestFindRun(t *testing.T) {
	w := newWorld(t)
	if _, err := FindRun(w.runDir(), "latest"); codeOf(err) != codeRunUnknown {
		t.Error(err)
	}
	var ids []string
	for i := range 5 {
		w.castOf("convai", 1, func(int) string { return fmt.Sprint(i) })
		if i == 3 {
			w.now = w.now.Add(time.Hour)
		}
		if i == 4 {
			w.now = w.now.Add(-2 * time.Hour) // clocks are set back
		}
		ids = append(ids, w.apply().RunID)
	}
	heads, found, err := ListRuns(w.runDir())
	if err != nil || len(found) > 0 || len(heads) != 5 {
		t.Fatal(err, found, heads)
	}
	for i, h := range heads {
		if h.ID != ids[4-i] || h.Number != 5-i {
			t.Errorf("%d: %s number %d, want %s", i, h.ID, h.Number, ids[4-i])
		}
	}
	for word, want := range map[string]string{
		"latest": ids[4], ids[0]: ids[0], "20261102T10": ids[3], "20261102T08": ids[4], "20261102": "", // the day alone is not enough
	} {
		got, err := FindRun(w.runDir(), word)
		if got != want || (want == "") != (err != nil) {
			t.Errorf("%s: %s %v", word, got, err)
		}
	}
	for _, word := range []string{"", "..", "../" + ids[0], "x", "2026"} {
		if _, err := FindRun(w.runDir(), word); codeOf(err) != codeRunUnknown {
			t.Errorf("%q: %v", word, err)
		}
	}
}

// A run that was killed before its head was on disk counts for nothing: the
// next one is the newest all the same.
func TestRunAfterOneWithoutHead(t *testing.T) {
	w := newWorld(t)
	var last string
	for i := range 3 {
		w.castOf("convai", 1, func(int) string { return fmt.Sprint(i) })
		w.now = w.now.Add(time.Hour)
		last = w.apply().RunID
		w.now = w.now.Add(time.Hour)
		if i == 1 {
			if err := os.Mkdir(filepath.Join(w.runDir(), newRunID(w.now)), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	heads, found, err := ListRuns(w.runDir())
	if err != nil || len(found) > 0 || len(heads) != 3 || heads[0].ID != last || heads[0].Number != 3 {
		t.Errorf("%v %v %+v, want %s first", err, found, heads, last)
	}
	if run, err := LastWriting(w.runDir()); err != nil || run.Head.ID != last {
		t.Errorf("undo would take back %v (%v), want %s", run, err, last)
	}
}

// A torn last line, as a killed run leaves it, loads; a line that is wrong in
// the middle does not; a record of a newer program is refused.
func TestReadRunRefuses(t *testing.T) {
	w := newWorld(t)
	w.castOf("convai", 2, func(int) string { return "one" })
	id := w.apply().RunID
	folder := filepath.Join(w.runDir(), id)
	log := filepath.Join(folder, runLogFile)
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile(filepath.Join(folder, runHeadFile))
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(whole, '\n') + 1
	for _, c := range []struct {
		name, head, log string
		code            string
		torn            bool
		state           string
	}{
		{name: "whole", head: string(head), log: string(whole), state: RunComplete},
		{name: "torn", head: string(head), log: string(whole[:len(whole)-7]), torn: true, state: RunUnfinished},
		{name: "without the last line feed", head: string(head), log: string(whole[:len(whole)-1]), state: RunComplete},
		{name: "nothing written yet", head: string(head), log: "", state: RunUnfinished},
		{name: "a wrong line", head: string(head), log: string(whole[:first]) + "{\"kind\": 7}\n" + string(whole[first:]), code: codeRunCorrupt},
		{name: "binary", head: string(head), log: "\x00\x01\n" + string(whole), code: codeRunCorrupt},
		{name: "newer", head: strings.Replace(string(head), `"1.0"`, `"2.0"`, 1), log: string(whole), code: codeRunNewer},
		{name: "of another run", head: strings.Replace(string(head), id, "20200101T000000Z-00000000", 1), log: string(whole), code: codeRunCorrupt},
		{name: "no head", head: "{}", log: string(whole), code: codeRunCorrupt},
		{name: "cut head", head: string(head[:20]), log: string(whole), code: codeRunCorrupt},
		{name: "a key more", head: strings.Replace(string(head), "{", "{\"later\": 1,", 1), log: string(whole), state: RunComplete},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, text := range map[string]string{runHeadFile: c.head, runLogFile: c.log} {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			run, err := ReadRun(w.runDir(), id)
			if codeOf(err) != c.code || (err == nil) != (c.code == "") {
				t.Fatal(err)
			}
			if err == nil && (run.Torn != c.torn || run.State != c.state) {
				t.Errorf("%+v", run)
			}
		})
	}
}

// A link out of the folder of the runs is not followed.
func TestRunRecordsStayInside(t *testing.T) {
	w := newWorld(t)
	w.castOf("convai", 1, func(int) string { return "one" })
	id := w.apply().RunID
	outside := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(outside, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	head := filepath.Join(w.runDir(), id, runHeadFile)
	if err := os.Remove(head); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, head); err != nil {
		t.Skip(err)
	}
	if _, err := ReadRun(w.runDir(), id); err == nil || !strings.Contains(err.Error(), "escapes") {
		t.Error(err)
	}
}

// TestRecordDiskFull: when the run record can't be written any more, the run
// stops before the next request that writes, says so, and is settled later.
// The lock is on a disk of its own here, which has room.
func TestRecordDiskFull(t *testing.T) {
	for _, vendor := range vendors() {
		for lines := range int64(8) {
			t.Run(fmt.Sprintf("%s/after %d lines", vendor, lines), func(t *testing.T) {
				w := newWorld(t)
				w.castOf(vendor, 4, func(i int) string { return fmt.Sprint(i) })
				e := w.engine(func(o *Options) { o.Parallelism = 1 })
				var left atomic.Int64
				left.Store(lines)
				e.openLog = func(path string) (durable.AppendFile, error) {
					f, err := openLog(path)
					return brittle{f, &left}, err
				}
				p, err := e.Plan(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				w.requests()
				r, err := e.Apply(context.Background(), p)
				if codeOf(err) != codeNotRemembered || !strings.Contains(err.Error(), "no space left") || r.Failed == 0 {
					t.Fatalf("%v %s", err, r.Summary())
				}
				intents, torn := w.recorded(r.RunID)
				if writes := len(w.writes()); writes > intents {
					t.Errorf("%d writes were sent, %d are recorded", writes, intents)
				}
				if !torn {
					t.Error("the last line is not torn: the test tests nothing")
				}
				if n := len(w.live(vendor)); n != r.Created && n != r.Created+1 { // the last may be made and not recorded
					t.Errorf("%d characters, and it says %s", n, r.Summary())
				}
				for range 2 {
					w.apply()
				}
				w.empty()
				if n := len(w.live(vendor)); n != 4 {
					t.Errorf("%d characters: %s", n, w.lockText())
				}
			})
		}
	}
}

func (w *world) recorded(id string) (intents int, torn bool) {
	w.Helper()
	torn, err := runLines(w.runDir(), id, func(l RunLine) error {
		if l.Kind == "intent" {
			intents++
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return intents, torn
}

// FuzzRunLog: no text makes reading a run record panic or grow without bound,
// and what is read writes back to something that reads the same.
func FuzzRunLog(f *testing.F) {
	lines := []RunLine{
		{Kind: "before", Action: diff.Update, ID: "1", Doc: diff.Doc{"name": "Mira", "free": true, "temperature": 0.5}, Entry: string(state.EncodeEntry(entryFor("a", "convai", "1"), false))},
		{Kind: "intent", Action: diff.Create, Key: "k", Scope: "g/w", Body: map[string]any{"charName": "Mira"}, Doc: diff.Doc{"name": "Mira"}},
		{Kind: "created", ID: "2", Key: "k"},
		{Kind: "settled", ID: "3", Key: "k2"},
		{Kind: "intent", Action: diff.Delete, ID: "1"},
		{Kind: "intent", Action: actionRestore, ID: "1"},
		{Kind: "outcome", Action: diff.Create, ID: "2", Outcome: &Outcome{Action: diff.Create, Status: Done}, Doc: diff.Doc{"name": "Mira"}},
		{Kind: "end", Result: &Result{Created: 1}},
	}
	var all []byte
	for i := range lines {
		lines[i].Address = diff.Address{Target: "convai", Name: "a"}
		data, err := json.Marshal(lines[i])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append(data, '\n'))
		all = append(append(all, data...), '\n')
	}
	f.Add(all)
	f.Add(all[:len(all)-9])
	f.Add([]byte("{\"kind\":\"end\"}\n{\"kind\":\"outcome\",\"name\":\"a\"}"))
	f.Add([]byte("\n\n{}\n[]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(data []byte) (*Run, []byte, error) {
			r := &Run{State: RunUnfinished, byAddress: map[diff.Address]*Deed{}}
			var back []byte
			_, err := decodeRunLog(bytes.NewReader(data), spec.Pos{}, func(l RunLine) error {
				r.take(l)
				line, err := json.Marshal(l)
				if err != nil {
					return err
				}
				back = append(append(back, line...), '\n')
				return nil
			})
			r.complete()
			return r, back, err
		}
		r, back, err := read(data)
		if err != nil {
			if codeOf(err) != codeRunCorrupt {
				t.Fatal(err)
			}
			return
		}
		again, twice, err := read(back)
		if err != nil || !bytes.Equal(back, twice) || len(again.Deeds) != len(r.Deeds) || again.State != r.State {
			t.Fatalf("%v: %s became %s", err, back, twice)
		}
		for _, d := range r.Deeds {
			_ = d.Wrote()
		}
	})
}

// A run whose writes were all refused has written nothing: the latest run
// that did is another.
func TestLastWriting(t *testing.T) {
	for _, s := range subjects() {
		for _, status := range []int{400, 401} {
			t.Run(fmt.Sprintf("%s/%d", s.vendor, status), func(t *testing.T) {
				w := newWorld(t)
				s.with(w, "Base text.")
				w.apply()
				s.with(w, "File text.")
				wrote := w.apply().RunID
				s.with(w, "Refused text.")
				w.srv.Inject(sandbox.Fault{Vendor: s.vendor, Route: "character.update", Kind: sandbox.FaultStatus, Status: status, Body: `{"message":"no"}`, Times: -1})
				if r := w.apply(); r.Failed != 1 {
					t.Fatal(r.Summary())
				}
				run, err := LastWriting(w.runDir())
				if err != nil || run.Head.ID != wrote {
					t.Errorf("%v %+v", err, run)
				}
			})
		}
	}
}
