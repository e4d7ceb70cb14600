package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// version is the version of the lock's format that this program writes.
const version = 1

// maxLock bounds a lock that is read: far over a million characters.
const maxLock = 1 << 30

// header is the first line of the file. It holds nothing that changes from
// run to run, so that two branches always agree on it. It says version.
const header = `{"charsync_lock":1}` + "\n"

// Open reads a lock. A file that is not there is an empty lock. A lock
// that can't be trusted is refused with a Diagnostic as the error, which is
// among the diagnostics too, and nothing on disk is changed.
func Open(path string) (*Lock, []spec.Diagnostic, error) {
	l := Empty()
	l.path = path
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		d := spec.Diagnostic{
			Pos: spec.Pos{File: filepath.Base(path)}, Severity: spec.Error, Code: CodeIO,
			Message: "the lock is a symbolic link: it is neither read nor written through one",
			Hint:    "put the file itself in its place, or name where it is with state.path in charsync.yaml",
		}
		return nil, []spec.Diagnostic{d}, d
	}
	data, err := durable.Read(path, maxLock)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil, nil
	}
	if err != nil {
		d := spec.Diagnostic{
			Pos: spec.Pos{File: filepath.Base(path)}, Severity: spec.Error, Code: CodeIO,
			Message: "the lock can't be read: " + err.Error(),
			Hint:    "make the file readable; without it charsync does not know which characters are its own",
		}
		return nil, []spec.Diagnostic{d}, d
	}
	l.exists = true
	found := l.load(data)
	for _, d := range found {
		if d.Severity == spec.Error {
			return nil, found, d
		}
	}
	return l, found, nil
}

// Parse is Open for a lock that is at hand, such as that of a Git revision.
func Parse(name string, data []byte) (*Lock, []spec.Diagnostic) {
	l := Empty()
	l.path, l.exists = name, true
	return l, l.load(data)
}

// Empty is a lock that binds nothing and has no file.
func Empty() *Lock {
	return &Lock{
		OpenAppend: openAppend, entries: map[diff.Address]Entry{}, graves: graves{}, rivals: map[diff.Address][]Entry{},
		before: map[diff.Address]*Entry{},
	}
}

func openAppend(path string) (durable.AppendFile, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o644)
}

// load takes the lines of a file in.
func (l *Lock) load(data []byte) []spec.Diagnostic {
	file := filepath.Base(l.path)
	if len(bytes.TrimSpace(data)) == 0 {
		// A lock is never written without its header: something emptied it, and
		// going on would create every character a second time.
		return []spec.Diagnostic{{
			Pos: spec.Pos{File: file, Line: 1}, Severity: spec.Error, Code: CodeCorrupt,
			Message: "the lock is empty: which characters are bound has been lost",
			Hint:    "restore the file from Git; if nothing was ever applied here, delete it",
		}}
	}
	var lines []line
	var torn []byte
	var tornAt spec.Pos
	logged := false
	for number := 1; len(data) > 0; number++ {
		text, rest, ended := bytes.Cut(data, []byte("\n"))
		data = rest
		pos := spec.Pos{File: file, Line: number}
		if !ended {
			l.untidy = true // nothing can be appended to it as it is
		}
		if d, bad := conflictMarker(text, pos); bad {
			return []spec.Diagnostic{d}
		}
		if number == 1 {
			if cut := !ended && len(text) < len(header); cut && strings.HasPrefix(header, string(text)) {
				l.untidy = true // the very first write was cut short: nothing was bound yet
				return []spec.Diagnostic{tornLine(pos)}
			}
			if d, bad := checkHeader(text, pos); bad {
				return []spec.Diagnostic{d}
			}
			continue
		}
		if len(bytes.TrimSpace(text)) == 0 {
			l.untidy, logged = true, true
			continue
		}
		e, gone, err := DecodeEntry(text)
		if err != nil {
			if last := len(bytes.TrimSpace(data)) == 0; last && cutShort(err) {
				l.untidy = true
				torn, tornAt = text, pos
				break
			}
			return []spec.Diagnostic{corruptLine(pos, err)}
		}
		lines = append(lines, line{entry: e, gone: gone, logged: logged, number: number})
	}
	if d, bad := l.take(lines, file); bad {
		return []spec.Diagnostic{d}
	}
	if torn != nil {
		return []spec.Diagnostic{l.salvage(torn, tornAt)}
	}
	return nil
}

func checkHeader(line []byte, pos spec.Pos) (spec.Diagnostic, bool) {
	var h struct {
		Version int `json:"charsync_lock"`
	}
	if err := json.Unmarshal(line, &h); err != nil || h.Version < 1 {
		return spec.Diagnostic{
			Pos: pos, Severity: spec.Error, Code: CodeCorrupt,
			Message: "this is not a charsync lock: its first line is not a header",
			Hint:    "restore the file from Git; the bindings in it can't be guessed",
		}, true
	}
	if h.Version > version {
		return spec.Diagnostic{
			Pos: pos, Severity: spec.Error, Code: CodeNewer,
			Message: fmt.Sprintf("the lock was written by a newer charsync: its version is %d, this program reads up to %d", h.Version, version),
			Hint:    "upgrade charsync; nothing was changed",
		}, true
	}
	return spec.Diagnostic{}, false
}

func conflictMarker(line []byte, pos spec.Pos) (spec.Diagnostic, bool) {
	for _, m := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if bytes.HasPrefix(line, []byte(m)) {
			return spec.Diagnostic{
				Pos: pos, Severity: spec.Error, Code: CodeConflict,
				Message: "the lock holds a merge conflict of Git",
				Hint: "delete the marker lines and keep the lines of both sides: of two lines for one character the newer counts. " +
					"The line `charsync.lock merge=union` in .gitattributes makes Git do so itself",
			}, true
		}
	}
	return spec.Diagnostic{}, false
}

// cutShort tells a line that ends too early from one that is wrong.
func cutShort(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

func tornLine(pos spec.Pos) spec.Diagnostic {
	return spec.Diagnostic{
		Pos: pos, Severity: spec.Warning, Code: CodeTorn,
		Message: "the last line of the lock is incomplete and was left out: a run was stopped while writing it",
		Hint:    "nothing needs to be done; the next apply settles what was in doubt and rewrites the file",
	}
}

func corruptLine(pos spec.Pos, err error) spec.Diagnostic {
	return spec.Diagnostic{
		Pos: pos, Severity: spec.Error, Code: CodeCorrupt,
		Message: "the lock is corrupt: " + err.Error(),
		Hint:    "restore the file from Git, or delete this line to forget that one binding; nothing was changed",
	}
}
