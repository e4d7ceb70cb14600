package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sort"
)

// compactFrom is how many bytes of a journal must be garbage before it is worth writing anew.
const compactFrom = 1 << 20

// stale tells cheaply whether the journal holds more than was loaded, or is another file by now.
func (st *store) stale() (bool, error) {
	info, err := os.Stat(st.path)
	st.mu.RLock()
	defer st.mu.RUnlock()
	if errors.Is(err, fs.ErrNotExist) {
		return st.file != nil, nil
	}
	if err != nil {
		return false, fmt.Errorf("journal: %w", err)
	}
	return st.file == nil || info.Size() != st.end || !os.SameFile(info, st.info), nil
}

// refresh loads what others appended since, from the start when the file was replaced. A last line without its end is
// left for later: whoever writes it may still be at it.
func (st *store) refresh() error {
	if st.closed {
		return errClosed()
	}
	info, err := os.Stat(st.path)
	if errors.Is(err, fs.ErrNotExist) {
		if st.file != nil {
			err := st.closeFile()
			st.forget()
			return err
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if st.file != nil && (!os.SameFile(info, st.info) || info.Size() < st.end) {
		if err := st.closeFile(); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	if st.file == nil {
		st.forget()
		if err := st.openFile(); err != nil {
			return err
		}
	}
	if info.Size() == st.end {
		return nil
	}
	return st.load()
}

func (st *store) forget() {
	st.cols, st.last, st.end, st.garbage = map[string]*collection{}, 0, 0, 0
}

func (st *store) openFile() error {
	f, err := os.OpenFile(st.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("journal: %w", err), f.Close())
	}
	st.file, st.info = f, info
	return nil
}

// load reads whole lines from st.end on, a few megabytes at a time; a line longer than that grows the buffer.
func (st *store) load() error {
	buf := make([]byte, 4<<20)
	for {
		n, err := st.file.ReadAt(buf, st.end)
		if err != nil && err != io.EOF {
			return fmt.Errorf("journal: %w", err)
		}
		whole := bytes.LastIndexByte(buf[:n], '\n') + 1
		if whole > 0 {
			if err := st.replay(buf[:whole], st.end); err != nil {
				return err
			}
			continue
		}
		if n < len(buf) {
			return nil
		}
		buf = make([]byte, 2*len(buf))
	}
}

// replay applies whole lines that stand in the journal at offset, and moves the end behind them.
func (st *store) replay(lines []byte, offset int64) error {
	for len(lines) > 0 {
		n := bytes.IndexByte(lines, '\n')
		line := lines[:n]
		if len(bytes.TrimSpace(line)) > 0 {
			head, places, err := decodeLine(line)
			if err != nil {
				return fmt.Errorf("journal %s is damaged at byte %d: %w", st.path, offset, err)
			}
			for i, e := range head {
				st.apply(e, nil, offset+int64(places[i]))
			}
		}
		lines = lines[n+1:]
		offset += int64(n) + 1
		st.end = offset
	}
	return nil
}

// repair cuts off a torn last line. It is called with the lock held, so its writer is gone and was never answered.
func (st *store) repair() error {
	if st.file == nil {
		return nil
	}
	info, err := st.file.Stat()
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if info.Size() > st.end {
		if err := st.file.Truncate(st.end); err != nil {
			return fmt.Errorf("journal: cut off a torn line: %w", err)
		}
	}
	return nil
}

// document reads a record's JSON.
func (st *store) document(rec *record) ([]byte, error) {
	if st.path == "" {
		return rec.raw, nil
	}
	raw := make([]byte, rec.size)
	if _, err := st.file.ReadAt(raw, rec.offset); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return raw, nil
}

// compact writes the live records to a new journal and puts it in the old one's place. Where the old one can't be
// replaced because another process has it open (Windows), it stays: nothing is lost but room.
func (st *store) compact() error {
	// Always the same name: what a kill leaves of it, the next one writes over.
	tmp, err := os.OpenFile(st.path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer os.Remove(tmp.Name()) // gone already when the rename worked
	err = st.writeLive(tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close(), st.closeFile()); err != nil {
		return fmt.Errorf("journal: compact: %w", err)
	}
	_ = os.Rename(tmp.Name(), st.path)
	st.forget()
	return st.refresh()
}

func (st *store) writeLive(w io.Writer) error {
	line, err := encodeLine([]entry{{Col: markSeq, Seq: st.last}}, nil)
	if err != nil {
		return err
	}
	if _, err := w.Write(line); err != nil {
		return err
	}
	names := make([]string, 0, len(st.cols))
	for name := range st.cols {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, rec := range st.cols[name].order {
			if rec.gone {
				continue
			}
			raw, err := st.document(rec)
			if err != nil {
				return err
			}
			e := entry{Col: name, ID: rec.id, Seq: rec.seq, Size: len(raw), Created: rec.created, Updated: rec.updated, index: rec.index}
			if line, err = encodeLine([]entry{e}, [][]byte{raw}); err != nil {
				return err
			}
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
	}
	return nil
}
