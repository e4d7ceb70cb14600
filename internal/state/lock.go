// Package state keeps charsync.lock: which live character each pair of
// character and target is bound to, and what was last applied to it. It also
// keeps two runs on one project apart.
//
// A run loads the lock (Open), appends what it learns while it learns it
// (Begin, Put, Drop), and compacts the file at its end (Finish). It does so
// while it holds the run lock (AcquireRun).
package state

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/pkg/diff"
)

// Lock is charsync.lock in memory: which live character each pair of manifest
// and target is bound to, and what was last applied to it. It is safe for
// concurrent use.
//
// During a run every change is appended to the file and on disk before the
// call that made it returns; Finish rewrites the file sorted, and leaves it
// alone when nothing changed.
type Lock struct {
	path string
	// OpenAppend opens the file for appending; tests replace it.
	OpenAppend func(path string) (durable.AppendFile, error)

	mu      sync.Mutex
	entries map[diff.Address]Entry
	graves  graves
	rivals  map[diff.Address][]Entry // lines of other branches that count for less
	newest  int                      // the highest revision before the run
	signer  string                   // what changes the lock outside of a run
	index   *index                   // of the entries; nil until it is asked
	before  map[diff.Address]*Entry  // as they were at Begin, of what changed since; nil: absent
	untidy  bool                     // the file holds a torn or a repeated line
	exists  bool
	running bool
	run     string
	journal *durable.Journal // open from the first change of a run on
	shared  *shared          // where a backend keeps it; nil for a file
}

// Path is where the lock's file is.
func (l *Lock) Path() string { return l.path }

// Exists reports whether the file was there, or has been written since.
func (l *Lock) Exists() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.exists
}

// Len is the number of entries.
func (l *Lock) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

// Entry returns a copy of one entry.
func (l *Lock) Entry(a diff.Address) (Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[a]
	if !ok {
		return Entry{}, false
	}
	return e.Clone(), true
}

// Peek is Entry without the copy, for callers that only look.
func (l *Lock) Peek(a diff.Address) (Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[a]
	return e, ok
}

// Entries returns copies of all entries, sorted by name and target.
func (l *Lock) Entries() []Entry {
	out := l.PeekAll()
	for i := range out {
		out[i] = out[i].Clone()
	}
	sortEntries(out)
	return out
}

// PeekAll is Entries without the copies and in no order.
func (l *Lock) PeekAll() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Entry, 0, len(l.entries))
	for _, e := range l.entries {
		out = append(out, e)
	}
	return out
}

func sortEntries(list []Entry) {
	slices.SortFunc(list, func(a, b Entry) int { return a.Compare(b.Address) })
}

// Show returns the entries of one character, sorted by target.
func (l *Lock) Show(name string) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Entry
	for _, target := range l.indexed().targets[name] {
		out = append(out, l.entries[diff.Address{Name: name, Target: target}].Clone())
	}
	sortEntries(out)
	return out
}

// Put stores an entry. In a run it is on disk when Put returns; an entry that
// says nothing new costs nothing.
func (l *Lock) Put(e Entry) error {
	l.mu.Lock()
	old, had := l.entries[e.Address]
	rivalled := e.Pending == nil && len(l.rivals[e.Address]) > 0
	if had && old.Same(e) && !rivalled {
		l.mu.Unlock()
		return nil
	}
	journal, err := l.recording()
	if err != nil {
		l.mu.Unlock()
		return err
	}
	l.remember(e.Address)
	e = e.Clone()
	e.Revision = l.newest + 1
	if l.running { // else it was moved, and who changed it last stays
		e.Run = l.run
	}
	if old.ID != e.ID {
		l.bury(old)
	}
	if rivalled {
		delete(l.rivals, e.Address)
	}
	l.graves.open(e)
	l.store(e)
	l.mu.Unlock()
	return l.appendLine(journal, EncodeEntry(e, false))
}

// Drop removes an entry. In a run that is on disk when Drop returns.
func (l *Lock) Drop(a diff.Address) error {
	l.mu.Lock()
	old, had := l.entries[a]
	if !had {
		l.mu.Unlock()
		return nil
	}
	journal, err := l.recording()
	if err != nil {
		l.mu.Unlock()
		return err
	}
	l.remember(a)
	l.discard(a)
	delete(l.rivals, a)
	line := EncodeEntry(l.bury(old), true)
	l.mu.Unlock()
	return l.appendLine(journal, line)
}

func (l *Lock) appendLine(j *durable.Journal, line []byte) error {
	if j == nil {
		return nil
	}
	if err := j.Append(line); err != nil {
		return fmt.Errorf("recording in %s: %w", l.path, err)
	}
	return nil
}

// remember keeps an entry as it was before the run first changed it.
func (l *Lock) remember(a diff.Address) {
	if _, known := l.before[a]; known {
		return
	}
	if e, ok := l.entries[a]; ok {
		c := e.Clone()
		l.before[a] = &c
		return
	}
	l.before[a] = nil
}

// settleRevisions gives what the run left unchanged its old line back, and
// everything else the run's revision. It reports whether anything
// is different from before the run.
func (l *Lock) settleRevisions() (changed bool) {
	for a, old := range l.before {
		now, has := l.entries[a]
		switch {
		case old == nil && !has:
		case old != nil && has && old.Same(now):
			l.store(*old)
		case has:
			now.Revision = l.newest + 1
			l.store(now)
			changed = true
		default:
			changed = true
		}
	}
	return changed
}

// Everything is the name of all characters of a target, for Move.
const Everything = "*"

// Move carries bindings over: of a character, at one target or at all when
// that is "", to another name; or of a character, or Everything, from one
// target to another. So a renamed manifest, and those of a renamed instance,
// keep their live characters. The other name may be bound already at other
// targets: that is how imports of one character are brought together. It
// changes nothing on a provider. Finish brings it to disk.
func (l *Lock) Move(from, to diff.Address) ([]Entry, error) {
	if from.Target != "" && to.Target == "" {
		to.Target = from.Target
	}
	var moved []Entry
	for _, e := range l.Entries() {
		if (from.Name == Everything || e.Name == from.Name) && (from.Target == "" || e.Target == from.Target) {
			moved = append(moved, e)
		}
	}
	if len(moved) == 0 {
		return nil, fmt.Errorf("the lock holds no %s", shown(from))
	}
	dest := func(e Entry) diff.Address {
		a := to
		if to.Name == Everything {
			a.Name = e.Name
		}
		if to.Target == "" {
			a.Target = e.Target
		}
		return a
	}
	var there []Entry
	for _, e := range moved {
		if other, taken := l.Entry(dest(e)); taken {
			there = append(there, other)
		}
	}
	if len(there) > 0 {
		return nil, fmt.Errorf("the lock already holds %q at %s; remove that first with `state rm %s/%s`", there[0].Name, targetsOf(there), there[0].Name, there[0].Target)
	}
	for i, e := range moved {
		if err := l.Drop(e.Address); err != nil {
			return nil, err
		}
		e.Address = dest(e)
		if err := l.Put(e); err != nil {
			return nil, err
		}
		moved[i] = e
	}
	return moved, nil
}

// shown is an address as it is typed.
func shown(a diff.Address) string {
	if a.Target == "" {
		return fmt.Sprintf("%q", a.Name)
	}
	return fmt.Sprintf("%q", a.Name+"/"+a.Target)
}

// Remove forgets a character at one target, or at all when target is "". The
// live characters stay as they are.
func (l *Lock) Remove(name, target string) ([]Entry, error) {
	removed := slices.DeleteFunc(l.Show(name), func(e Entry) bool { return target != "" && e.Target != target })
	if len(removed) == 0 {
		return nil, fmt.Errorf("the lock holds no %s", shown(diff.Address{Name: name, Target: target}))
	}
	for _, e := range removed {
		if err := l.Drop(e.Address); err != nil {
			return nil, err
		}
	}
	return removed, nil
}

func targetsOf(entries []Entry) string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Target
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
