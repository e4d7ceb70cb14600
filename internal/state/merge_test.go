package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// runAt is the name of a run that began at a minute of some hour.
func runAt(minute int) string { return fmt.Sprintf("20261130T10%02d00Z-0a0b0c0d", minute) }

// at is an entry as a run at a minute has left it.
func at(minute, revision int, id, digest string) Entry {
	e := entryFor("ada", "convai", id)
	e.Run, e.Revision = runAt(minute), revision
	e.Fields["greeting"] = diff.Mark{File: digest}
	return e
}

func removed(e Entry) string { return string(EncodeEntry(buried(e, e.Revision, e.Run), true)) }

func kept(e Entry) string { return string(EncodeEntry(e, false)) }

func written(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "charsync.lock")
	if err := os.WriteFile(path, []byte(header+strings.Join(lines, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheLaterRunCounts, in whichever order a merge leaves the lines and
// however often the other branch was applied.
func TestTheLaterRunCounts(t *testing.T) {
	for name, c := range map[string]struct{ early, late Entry }{
		"equal revisions":            {at(1, 2, "x", "early"), at(2, 2, "x", "late")},
		"the early one ran often":    {at(1, 9, "x", "early"), at(2, 2, "x", "late")},
		"revisions and times agree":  {at(1, 2, "x", "early"), at(2, 3, "x", "late")},
		"a creation that was unsure": {Entry{Address: at(1, 1, "", "").Address, Provider: "convai", Pending: &Intent{Action: diff.Create}, Run: runAt(1), Revision: 1}, at(2, 1, "x", "late")},
	} {
		for _, lines := range [][]string{{kept(c.early), kept(c.late)}, {kept(c.late), kept(c.early)}} {
			path := written(t, lines...)
			l := openLock(t, path)
			if e, _ := l.Entry(c.late.Address); e.Fields["greeting"].File != "late" {
				t.Errorf("%s: %+v", name, e)
			}
			rivals := l.Rivals(c.late.Address)
			if want := c.early.ID != ""; want != (len(rivals) == 1) || want && rivals[0].Fields["greeting"].File != "early" {
				t.Errorf("%s: rivals %+v", name, rivals)
			}
			// They outlive a run that has nothing to do with the pair, and not one
			// that settles it.
			run1(t, path, runAt(3), entryFor("bob", "convai", "b"))
			if again := openLock(t, path); len(again.Rivals(c.late.Address)) != len(rivals) {
				t.Errorf("%s: forgotten by another run: %s", name, read(t, path))
			}
			e, _ := l.Entry(c.late.Address)
			run1(t, path, runAt(4), e)
			if again := openLock(t, path); len(again.Rivals(c.late.Address)) > 0 || strings.Count(read(t, path), "\n") != 3 {
				t.Errorf("%s: %s", name, read(t, path))
			}
		}
	}
}

// TestTwoCharactersForOnePair are refused whatever the revisions and times
// say, unless the lock knows that one of them was replaced.
func TestTwoCharactersForOnePair(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  string // the id; "" is refused
	}{
		"equal revisions":                    {[]string{kept(at(1, 1, "x", "a")), kept(at(2, 1, "y", "a"))}, ""},
		"another revision":                   {[]string{kept(at(1, 1, "x", "a")), kept(at(2, 7, "y", "a"))}, ""},
		"the lower line is the earlier":      {[]string{kept(at(2, 7, "y", "a")), kept(at(1, 1, "x", "a"))}, ""},
		"replaced on one branch":             {[]string{kept(at(1, 1, "x", "a")), removed(at(2, 2, "x", "")), kept(at(2, 2, "y", "a"))}, "y"},
		"replaced, and the removal is below": {[]string{kept(at(2, 2, "y", "a")), kept(at(1, 1, "x", "a")), removed(at(2, 2, "x", ""))}, "y"},
		"appended by a run":                  {[]string{kept(at(1, 1, "x", "a")), "\n", kept(at(2, 2, "y", "a"))}, "y"},
	} {
		l, _, err := Open(written(t, c.lines...))
		var d spec.Diagnostic
		switch {
		case c.want == "" && (!errors.As(err, &d) || d.Code != CodeTwoIDs || !strings.Contains(d.Message, "line 2") || !strings.Contains(d.Message, "line 3")):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "":
			if e, _ := l.Entry(at(1, 1, "", "").Address); e.ID != c.want {
				t.Errorf("%s: bound to %s", name, e.ID)
			}
		}
	}
}

// TestRemovedStaysRemoved: a merge that keeps the other branch's line does not
// bring a removed binding back, unless that branch used it later.
func TestRemovedStaysRemoved(t *testing.T) {
	old := at(1, 1, "x", "a")
	path := written(t, kept(old))
	l := openLock(t, path)
	if err := l.Begin(runAt(2)); err != nil {
		t.Fatal(err)
	}
	if err := l.Drop(old.Address); err != nil {
		t.Fatal(err)
	}
	killed := read(t, path)
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"finished": read(t, path), "killed": killed} {
		merged := filepath.Join(t.TempDir(), "charsync.lock")
		text = strings.TrimPrefix(text, header)
		for _, c := range []struct {
			text string
			want int
		}{{text, 0}, {kept(old) + text, 0}, {text + kept(at(3, 2, "x", "b")), 1}} {
			if name == "killed" && c.want == 1 {
				continue // what stands below was appended
			}
			if err := os.WriteFile(merged, []byte(header+c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := openLock(t, merged).Len(); got != c.want {
				t.Errorf("%s: %d entries of\n%s", name, got, c.text)
			}
		}
	}
	if again := openLock(t, path); !slices.Equal(again.Removed(), []Live{{"convai", "x"}}) {
		t.Errorf("%v", again.Removed())
	}
	// It is remembered for twenty runs.
	for n := range graveRuns + 1 {
		if there := strings.Contains(read(t, path), `"gone"`); there != (n < graveRuns) {
			t.Fatalf("after %d runs: %s", n, read(t, path))
		}
		run1(t, path, runAt(3+n), at(3+n, 0, "y", fmt.Sprint(n)))
	}
	// What is bound again was never removed.
	run1(t, path, runAt(40), at(40, 0, "z", "c"))
	run1(t, path, runAt(41), at(41, 0, "y", "c"))
	if text := read(t, path); strings.Count(text, `"gone"`) != 1 || !strings.Contains(text, `"id":"z"`) {
		t.Errorf("%s", text)
	}
}
