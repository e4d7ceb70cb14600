package durable

import (
	"io"
	"sync"
)

// AppendFile is what a journal writes to; *os.File is one.
type AppendFile interface {
	io.Writer
	Sync() error
	Close() error
}

// Journal appends lines to a file. A line is on disk when Append returns;
// lines that are appended at the same time share one fsync. The first error
// stays: after it nothing is written any more, so a torn line can only be the
// last one.
type Journal struct {
	mu      sync.Mutex
	turn    sync.Cond
	file    AppendFile
	written uint64 // lines handed to the file
	synced  uint64 // lines known to be on disk
	syncing bool
	err     error
}

// NewJournal appends to an open file, and closes it in the end.
func NewJournal(file AppendFile) *Journal {
	j := &Journal{file: file}
	j.turn.L = &j.mu
	return j
}

// Append writes one line, which must end in a line feed, and waits until it
// is on disk.
func (j *Journal) Append(line []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return j.err
	}
	if _, err := j.file.Write(line); err != nil {
		j.err = err
		j.turn.Broadcast()
		return err
	}
	j.written++
	for mine := j.written; j.synced < mine && j.err == nil; {
		if j.syncing {
			j.turn.Wait()
			continue
		}
		j.sync()
	}
	return j.err
}

// sync brings everything written so far to the disk. It is called with the
// lock held and gives it up while the disk works.
func (j *Journal) sync() {
	j.syncing = true
	upTo := j.written
	j.mu.Unlock()
	err := j.file.Sync()
	j.mu.Lock()
	j.syncing = false
	if err != nil {
		j.err = err
	} else {
		j.synced = upTo
	}
	j.turn.Broadcast()
}

// Close closes the file and returns the first error of the Journal's life.
func (j *Journal) Close() error {
	err := j.file.Close()
	if j.err != nil {
		return j.err
	}
	return err
}
