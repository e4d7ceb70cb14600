package state

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/charsync/charsync/internal/durable"
)

// Begin starts a run: from here on each change is appended and on disk when
// it returns. A file left untidy by a killed run is rewritten first.
func (l *Lock) Begin(run string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running {
		return errors.New("the lock is in a run already")
	}
	clear(l.before)
	l.running, l.run = true, run
	return nil
}

// recording returns the journal of the run, nil outside of one. It opens the
// file before the first change, and is called with the lock held.
func (l *Lock) recording() (*durable.Journal, error) {
	if l.running && l.journal == nil {
		if err := l.startJournal(); err != nil {
			return nil, err
		}
	}
	return l.journal, nil
}

func (l *Lock) startJournal() error {
	if l.shared == nil && (l.untidy || !l.exists) {
		fresh := !l.exists
		if err := l.write(); err != nil {
			return err
		}
		if fresh {
			if _, err := DeclareMerge(l.path); err != nil {
				return err
			}
		}
	}
	file, err := l.OpenAppend(l.path)
	if err != nil {
		return fmt.Errorf("opening the lock for writing: %w", err)
	}
	l.journal = durable.NewJournal(file)
	if l.shared != nil { // a backend keeps what is appended apart
		return nil
	}
	return l.journal.Append([]byte("\n")) // what follows is this run's; see line
}

// Finish ends a run: the file is rewritten, sorted and without what was
// superseded, when the run changed anything. Outside of a run it saves what
// Move, Remove, Put and Drop changed.
func (l *Lock) Finish() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	appended := l.journal != nil
	if appended {
		_ = l.journal.Close() // whoever appended has been told; the whole is written anew below
		l.journal = nil
	}
	changed := l.settleRevisions()
	clear(l.before)
	l.running, l.run = false, ""
	if !appended && !changed {
		return nil
	}
	return l.write()
}

// write replaces the file: a temporary one beside it is filled, brought to
// disk and renamed over it. It is called with the lock held.
func (l *Lock) write() error {
	if l.journal == nil { // all of the run is in it
		l.newest = l.highest()
		l.graves.compact(l.newest)
	}
	var err error
	if l.shared != nil {
		var all bytes.Buffer
		if err = l.encode(&all); err == nil {
			err = l.shared.replace(all.Bytes())
		}
	} else {
		err = durable.Write(l.path, 0o644, func(w *bufio.Writer) error { return l.encode(w) })
	}
	if err != nil {
		return fmt.Errorf("writing the lock: %w", err)
	}
	l.untidy, l.exists = false, true
	return nil
}

// encode writes the lines of the compacted state.
func (l *Lock) encode(w io.Writer) error {
	if _, err := io.WriteString(w, header); err != nil {
		return err
	}
	for _, line := range l.lines() {
		if _, err := w.Write(EncodeEntry(line.entry, line.gone)); err != nil {
			return err
		}
	}
	return nil
}

// gitAttributes is the file beside the lock in which Git is told of it.
const gitAttributes = ".gitattributes"

// DeclareMerge tells Git, in the .gitattributes beside a lock that is inside a
// working tree, to merge it by keeping the lines of both sides: neighbouring
// lines that two branches changed would be a conflict otherwise. It reports
// whether it wrote that; what the file says of the lock already is left as it
// is, and so is a file that can't be read or is a link.
func DeclareMerge(path string) (added bool, err error) {
	dir := filepath.Dir(path)
	if strings.Contains(filepath.ToSlash(dir)+"/", "/.charsync/") || !InsideGit(dir) {
		return false, nil
	}
	attributes := filepath.Join(dir, gitAttributes)
	line := filepath.Base(path) + " merge=union"
	if info, err := os.Lstat(attributes); err == nil && !info.Mode().IsRegular() {
		return false, nil // Git reads no link either
	}
	old, err := durable.Read(attributes, 1<<20)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, nil // not ours to repair, and the lock works without it
	}
	for known := range strings.Lines(string(old)) {
		if strings.HasPrefix(strings.TrimSpace(known), filepath.Base(path)+" ") {
			return false, nil
		}
	}
	err = durable.Write(attributes, 0o644, func(w *bufio.Writer) error {
		if _, err := w.Write(old); err != nil {
			return err
		}
		if n := len(old); n > 0 && old[n-1] != '\n' {
			if err := w.WriteByte('\n'); err != nil {
				return err
			}
		}
		_, err := w.WriteString(line + "\n")
		return err
	})
	return err == nil, err
}

// InsideGit reports a folder of a working tree of Git, by what is on disk.
func InsideGit(dir string) bool {
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return false
		}
		dir = up
	}
}
