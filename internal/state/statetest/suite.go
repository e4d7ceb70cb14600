// Package statetest holds what every backend of the state must do, as tests.
package statetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/charsync/charsync/internal/state"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Suite tests a backend. Open returns a new one that shares what is kept under
// the given project's name with every other of that name.
type Suite struct {
	Open func(t *testing.T, project string) state.Backend
}

const ttl = time.Minute

func holder(who string) state.Holder {
	return state.Holder{Who: who, Where: "studio-7", Since: "2026-11-30T09:00:00Z", PID: 4711}
}

// Run runs all cases, each in a project of its own.
func (s Suite) Run(t *testing.T) {
	for name, test := range map[string]func(*testing.T, func() state.Backend){
		"never-written":   neverWritten,
		"lease":           leases,
		"expired":         expired,
		"broken":          broken,
		"fenced":          fenced,
		"facts":           facts,
		"replace":         replace,
		"many-at-once":    manyAtOnce,
		"records":         records,
		"a-run":           aRun,
		"a-killed-run":    aKilledRun,
		"bytes":           odd,
		"reading-changes": readingChanges,
	} {
		t.Run(name, func(t *testing.T) {
			project := strings.ReplaceAll(t.Name(), "/", "-") + "-" + uuid.NewString()[:8] // tests are repeated
			test(t, func() state.Backend {
				b := s.Open(t, project)
				t.Cleanup(func() { _ = b.Close() })
				return b
			})
		})
	}
}

func acquire(t *testing.T, b state.Backend, who string) state.Lease {
	t.Helper()
	l, err := b.Acquire(t.Context(), holder(who), ttl)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func load(t *testing.T, b state.Backend) state.Snapshot {
	t.Helper()
	s, err := b.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func entry(name, id string) state.Entry {
	return state.Entry{
		Address: diff.Address{Name: name, Target: "convai"}, Provider: "convai", ID: id,
		Fields: map[spec.Path]diff.Mark{"spec.name": {File: diff.Digest(name)}},
	}
}

func line(name, id string) []byte { return state.EncodeEntry(entry(name, id), false) }

func neverWritten(t *testing.T, open func() state.Backend) {
	b := open()
	if s := load(t, b); s.Exists || len(s.Data) > 0 || s.Serial != 0 {
		t.Errorf("%+v", s)
	}
	lock, found, err := state.OpenBackend(t.Context(), b, nil)
	if err != nil || len(found) > 0 || lock.Len() != 0 {
		t.Errorf("%v %v", found, err)
	}
	if err := lock.Put(entry("mira", "c1")); err != nil {
		t.Fatal(err)
	}
	if err := lock.Finish(); err == nil {
		t.Error("a state that was opened for reading was written")
	}
}

func leases(t *testing.T, open func() state.Backend) {
	a, b := open(), open()
	one := acquire(t, a, "ada")
	_, err := b.Acquire(t.Context(), holder("ben"), ttl)
	var held *state.HeldError
	if !errors.As(err, &held) || held.Holder != holder("ada") || held.Until.Before(time.Now()) {
		t.Fatalf("%v", err)
	}
	if err := one.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := one.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := one.Append(t.Context(), line("mira", "c1")); !errors.Is(err, state.ErrFenced) {
		t.Errorf("a released lease wrote: %v", err)
	}
	two := acquire(t, b, "ben")
	if err := one.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := two.Append(t.Context(), line("mira", "c1")); err != nil {
		t.Errorf("a second release ended another's lease: %v", err)
	}
}

func expired(t *testing.T, open func() state.Backend) {
	b := open()
	old, err := b.Acquire(t.Context(), holder("ada"), -ttl)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Append(t.Context(), line("mira", "c1")); !errors.Is(err, state.ErrFenced) {
		t.Errorf("an ended lease wrote: %v", err)
	}
	acquire(t, open(), "ben")
	for name, err := range map[string]error{"renew": old.Renew(t.Context()), "append": old.Append(t.Context(), line("mira", "c1"))} {
		if !errors.Is(err, state.ErrFenced) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func broken(t *testing.T, open func() state.Backend) {
	b := open()
	if _, ok, err := b.Break(t.Context()); ok || err != nil {
		t.Fatalf("%v %v", ok, err)
	}
	l := acquire(t, b, "ada")
	who, ok, err := open().Break(t.Context())
	if !ok || err != nil || who != holder("ada") {
		t.Fatalf("%v %v %v", who, ok, err)
	}
	if err := l.Append(t.Context(), line("mira", "c1")); !errors.Is(err, state.ErrFenced) {
		t.Error(err)
	}
	acquire(t, b, "ben")
}

func fenced(t *testing.T, open func() state.Backend) {
	a, b := open(), open()
	old := acquire(t, a, "ada")
	if err := old.Append(t.Context(), line("mira", "c1")); err != nil {
		t.Fatal(err)
	}
	seen := load(t, a)
	if _, _, err := b.Break(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := acquire(t, b, "ben")
	if _, err := now.Replace(t.Context(), load(t, b), append([]byte(`{"charsync_lock":1}`+"\n"), line("mira", "c1")...)); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Replace(t.Context(), seen, []byte(`{"charsync_lock":1}`+"\n")); !errors.Is(err, state.ErrFenced) {
		t.Errorf("a run that was fenced off replaced the state: %v", err)
	}
	if s := load(t, b); !strings.Contains(string(s.Data), `"c1"`) {
		t.Errorf("%s", s.Data)
	}
}

func facts(t *testing.T, open func() state.Backend) {
	b := open()
	l := acquire(t, b, "ada")
	want := `{"charsync_lock":1}` + "\n\n"
	for i := range 12 { // past the number of digits
		text := line("mira", fmt.Sprintf("c%d", i))
		want += string(text)
		if err := l.Append(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	s := load(t, open())
	if diff := cmp.Diff(want, string(s.Data)); diff != "" || !s.Exists {
		t.Error(diff)
	}
}

func replace(t *testing.T, open func() state.Backend) {
	b := open()
	l := acquire(t, b, "ada")
	if err := l.Append(t.Context(), line("mira", "c1")); err != nil {
		t.Fatal(err)
	}
	seen := load(t, b)
	whole := func(names ...string) string {
		out := `{"charsync_lock":1}` + "\n"
		for _, name := range names {
			out += string(line(name, "c-"+name))
		}
		return out
	}
	for i, want := range []string{whole("a", "b", "c"), whole("b", "c", "d"), whole(), whole("a")} {
		next, err := l.Replace(t.Context(), seen, []byte(want))
		if err != nil {
			t.Fatal(err)
		}
		seen = next
		s := load(t, open())
		if got := sorted(s.Data); got != sorted([]byte(want)) || s.Serial != int64(i+1) {
			t.Errorf("serial %d:\n%s\nwant\n%s", s.Serial, got, want)
		}
	}
	if _, err := l.Replace(t.Context(), load(t, b), []byte(whole("z"))); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Replace(t.Context(), seen, []byte(whole())); err == nil {
		t.Error("a state was replaced by one that had not seen it")
	}
}

// sorted are the lines in order: those of a compacted state have none.
func sorted(data []byte) string {
	lines := strings.SplitAfter(string(data), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func manyAtOnce(t *testing.T, open func() state.Backend) {
	const writers = 50
	b := open()
	var wg sync.WaitGroup
	got := make([]error, writers)
	for i := range writers {
		wg.Go(func() {
			_, got[i] = b.Acquire(t.Context(), holder(fmt.Sprint("writer ", i)), ttl)
		})
	}
	wg.Wait()
	took := 0
	for _, err := range got {
		var held *state.HeldError
		switch {
		case err == nil:
			took++
		case !errors.As(err, &held):
			t.Error(err)
		}
	}
	if took != 1 {
		t.Errorf("%d of %d took the lease", took, writers)
	}
}

func records(t *testing.T, open func() state.Backend) {
	b := open()
	acquire(t, b, "ada")
	ids := []string{"20261130T090000Z-aaaa", "20261130T090001Z-bbbb", "20261201T000000Z-cccc"}
	for _, id := range ids {
		if err := b.PutRecord(t.Context(), id, []byte("record of "+id+"\x00")); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.PutRecord(t.Context(), ids[0], []byte("again")); err != nil {
		t.Fatal(err)
	}
	if err := b.DropRecord(t.Context(), ids[1]); err != nil {
		t.Fatal(err)
	}
	got, err := open().RecordIDs(t.Context())
	if err != nil || !slices.Equal(got, []string{ids[2], ids[0]}) {
		t.Errorf("%v %v", got, err)
	}
	if data, err := b.Record(t.Context(), ids[0]); err != nil || string(data) != "again" {
		t.Errorf("%q %v", data, err)
	}
	if _, err := b.Record(t.Context(), ids[1]); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func openLock(t *testing.T, b state.Backend, l state.Lease) *state.Lock {
	t.Helper()
	lock, found, err := state.OpenBackend(t.Context(), b, l)
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v", found, err)
	}
	return lock
}

func aRun(t *testing.T, open func() state.Backend) {
	b := open()
	for run, name := range []string{"ada", "ben"} {
		l := acquire(t, b, "ci")
		lock := openLock(t, b, l)
		if err := lock.Begin(fmt.Sprintf("2026113%dT090000Z-run", run)); err != nil {
			t.Fatal(err)
		}
		if err := lock.Put(entry(name, "c-"+name)); err != nil {
			t.Fatal(err)
		}
		if err := lock.Finish(); err != nil {
			t.Fatal(err)
		}
		if err := lock.Put(entry(name+"-later", "d-"+name)); err != nil { // as a watch does: the same lock, again
			t.Fatal(err)
		}
		if err := lock.Finish(); err != nil {
			t.Fatal(err)
		}
		if err := l.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	lock := openLock(t, open(), nil)
	if lock.Len() != 4 {
		t.Errorf("%+v", lock.Entries())
	}
	if s := load(t, b); s.Serial != 4 || strings.Contains(string(s.Data), "\n\n") {
		t.Errorf("%d\n%s", s.Serial, s.Data)
	}
}

func aKilledRun(t *testing.T, open func() state.Backend) {
	b := open()
	lock := openLock(t, b, acquire(t, b, "ci"))
	if err := lock.Begin("20261130T090000Z-run"); err != nil {
		t.Fatal(err)
	}
	pending := entry("mira", "")
	pending.Pending = &state.Intent{Action: diff.Create, Key: "k"}
	if err := lock.Put(pending); err != nil {
		t.Fatal(err)
	}
	if err := lock.Put(entry("ada", "c-ada")); err != nil {
		t.Fatal(err)
	}
	// The process is killed: no Finish, no Release.
	if _, _, err := b.Break(context.Background()); err != nil {
		t.Fatal(err)
	}
	l := acquire(t, b, "next")
	next := openLock(t, open(), l)
	if e, ok := next.Entry(pending.Address); !ok || e.Pending == nil || e.Pending.Key != "k" {
		t.Errorf("the intent is lost: %+v", e)
	}
	if e, ok := next.Entry(entry("ada", "").Address); !ok || e.ID != "c-ada" {
		t.Errorf("the binding is lost: %+v", e)
	}
}

// odd are bytes that a database's text or a server's normalising would change.
func odd(t *testing.T, open func() state.Backend) {
	b := open()
	l := acquire(t, b, "ada")
	for _, name := range []string{"a\x00b", "é\u0301 \u2028 \U0001F409", strings.Repeat("x", 300_000)} {
		if err := l.Append(t.Context(), line(name, "c")); err != nil {
			t.Fatal(err)
		}
		if s := load(t, b); !strings.HasSuffix(string(s.Data), string(line(name, "c"))) {
			t.Errorf("%.40q changed", name)
		}
	}
}

// readingChanges loads while another machine compacts over and over: each load
// sees a whole state.
func readingChanges(t *testing.T, open func() state.Backend) {
	b := open()
	l := acquire(t, b, "ada")
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		defer close(done)
		seen := load(t, b)
		for i := range 20 {
			if err := l.Append(t.Context(), line("mira", fmt.Sprint("c", i))); err != nil {
				t.Error(err)
				return
			}
			next, err := l.Replace(t.Context(), seen, append([]byte(`{"charsync_lock":1}`+"\n"), line("mira", fmt.Sprint("c", i))...))
			if err != nil {
				t.Error(err)
				return
			}
			seen = next
		}
	})
	reader := open()
	last := int64(0)
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		s := load(t, reader)
		if s.Serial < last || s.Exists && !strings.Contains(string(s.Data), `"mira"`) {
			t.Errorf("serial %d after %d:\n%s", s.Serial, last, s.Data)
			running = false
		}
		last = s.Serial
	}
	wg.Wait()
}
