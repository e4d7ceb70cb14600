package apply

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/spec"
)

// Bounds of a run record that is read.
const (
	maxRunHead = 64 << 10
	maxRunLine = 128 << 20 // of a before-image: what a provider may answer, several times over
	maxRuns    = 100_000
)

// The states of a run.
const (
	RunComplete    = "complete"    // it ended, whatever its outcomes
	RunInterrupted = "interrupted" // it was asked to stop, and said what it had done
	RunUnfinished  = "unfinished"  // it was killed, could not write any more, or is under way
)

// Run is a run record as it is read back.
type Run struct {
	Head   RunHead
	Plan   *diff.Plan // what was to be done; nil when it can't be read
	State  string     // complete, interrupted, unfinished
	Torn   bool       // the last line of the log was cut short
	Deeds  []*Deed    // sorted by address
	Result *Result    // of a run without an end: added up from what is recorded

	byAddress map[diff.Address]*Deed
}

// Deed is what a run did to one character at one target.
type Deed struct {
	diff.Address
	Provider string
	Change   *diff.Change        // what was to be done; nil when the plan can't be read
	Was      *Entry              // the lock's entry before; nil: none, or nothing was read
	Before   map[string]diff.Doc // by id: what was live before the first write
	Sent     map[string]diff.Doc // by id: what was sent, the last value of each field
	After    map[string]diff.Doc // by id: what was read back
	Created  string              // the character that was made
	Removed  []string            // the characters whose removal was sent
	Restored string              // the character that was brought back from its removal
	Doubt    *Intent             // a creation whose answer is not recorded
	Settled  map[string]string   // key of an earlier run's creation → what it had made
	Outcome  *Outcome            // nil when the run ended before it was known
	Error    string              // of the outcome
	// Untouched says that certainly nothing was changed at the provider.
	Untouched bool

	creating  diff.Doc          // what the creation in doubt sent
	removedAt map[string]string // by id: when the removal was sent
}

// Wrote reports whether something was done at the provider, or may have been.
func (d *Deed) Wrote() bool {
	if d.Untouched {
		return false
	}
	return d.Created != "" || len(d.Removed) > 0 || d.Restored != "" || d.Doubt != nil || d.moved()
}

// moved reports whether something that was sent is otherwise now than it was
// before, or may be: a service that refuses an update may have kept a part.
func (d *Deed) moved() bool {
	for id, sent := range d.Sent {
		for path := range sent {
			before, known := d.Before[id][path]
			after, seen := d.After[id][path]
			if !known || !seen || diff.Digest(before) != diff.Digest(after) {
				return true
			}
		}
	}
	return false
}

// Wrote reports whether the run did something at a provider, or may have.
func (r *Run) Wrote() bool { return slices.ContainsFunc(r.Deeds, (*Deed).Wrote) }

// Deed returns what the run did to a pair, or nil.
func (r *Run) Deed(a diff.Address) *Deed { return r.byAddress[a] }

// readRunHead reads what a run was. A newer format is refused.
func readRunHead(dir, id string) (RunHead, error) {
	pos := spec.Pos{File: filepath.ToSlash(filepath.Join(filepath.Base(dir), id, runHeadFile))}
	f, err := openRunFile(dir, id, runHeadFile)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return RunHead{}, err
		}
		return RunHead{}, refuseRun(pos, codeRunCorrupt, "the run record can't be read: "+err.Error(), "make it readable, or remove the run's folder")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRunHead+1))
	if err != nil || len(data) > maxRunHead {
		return RunHead{}, refuseRun(pos, codeRunCorrupt, "the run record can't be read", "remove the run's folder: nothing but its history depends on it")
	}
	return decodeRunHead(data, id, pos)
}

func decodeRunHead(data []byte, id string, pos spec.Pos) (RunHead, error) {
	var head RunHead
	if err := json.Unmarshal(data, &head); err != nil || head.FormatVersion == "" || head.ID != id {
		return RunHead{}, refuseRun(pos, codeRunCorrupt, "this is not the head of a run record", "remove the run's folder: nothing but its history depends on it")
	}
	if major(head.FormatVersion) != major(RunVersion) {
		return RunHead{}, refuseRun(pos, codeRunNewer,
			fmt.Sprintf("the run record has format version %.20q, this program reads %s", head.FormatVersion, RunVersion),
			"use the charsync that wrote it")
	}
	return head, nil
}

func refuseRun(pos spec.Pos, code, message, hint string) error {
	return spec.Diagnostic{Pos: pos, Severity: spec.Error, Code: code, Message: message, Hint: hint}
}

// openRunFile opens a file of a run record and no other: neither a name nor a
// link leads out of the folder.
func openRunFile(dir, id, name string) (*os.File, error) {
	if !runName.MatchString(id) {
		return nil, fmt.Errorf("%.60q is no name of a run", id)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(filepath.Join(id, name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err == nil && info.Size() > maxRecord {
		err = fmt.Errorf("it is larger than %d bytes", maxRecord)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ReadRun reads the record of a run, whose name must be whole.
func ReadRun(dir, id string) (*Run, error) {
	head, err := readRunHead(dir, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noRun(fmt.Sprintf("there is no run %q", id), "charsync runs lists them")
	}
	if err != nil {
		return nil, err
	}
	r := &Run{Head: head, State: RunUnfinished, Plan: readRunPlan(dir, id), byAddress: map[diff.Address]*Deed{}}
	torn, err := runLines(dir, id, func(line RunLine) error {
		r.take(line)
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.Torn = torn
	r.complete()
	return r, nil
}

// readRunPlan is the plan that a run executed; nil when it can't be trusted.
func readRunPlan(dir, id string) *diff.Plan {
	f, err := openRunFile(dir, id, runPlanFile)
	if err != nil {
		return nil
	}
	defer f.Close()
	var p diff.Plan
	if p.Decode(json.NewDecoder(io.LimitReader(f, maxPlan))) != nil || major(p.FormatVersion) != major(diff.FormatVersion) || !p.Intact() {
		return nil
	}
	return &p
}

// runLines reads the log of a run, line by line. A last line that was cut
// short, as a killed run leaves it, is left out and reported as torn.
func runLines(dir, id string, each func(RunLine) error) (torn bool, err error) {
	f, err := openRunFile(dir, id, runLogFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // it was stopped before it had begun
	}
	pos := spec.Pos{File: filepath.ToSlash(filepath.Join(filepath.Base(dir), id, runLogFile))}
	if err != nil {
		return false, refuseRun(pos, codeRunCorrupt, "the run record can't be read: "+err.Error(), "make it readable, or remove the run's folder")
	}
	defer f.Close()
	return decodeRunLog(f, pos, each)
}

func decodeRunLog(r io.Reader, pos spec.Pos, each func(RunLine) error) (torn bool, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for pos.Line = 1; ; pos.Line++ {
		data, ended, err := boundedLine(lines)
		if err != nil {
			return false, refuseRun(pos, codeRunCorrupt, "the run record can't be read: "+err.Error(), "remove the run's folder: nothing but its history depends on it")
		}
		if len(bytes.TrimSpace(data)) > 0 {
			line, err := decodeRunLine(data)
			if err != nil {
				if !ended {
					return true, nil
				}
				return false, refuseRun(pos, codeRunCorrupt, "the run record is corrupt: "+err.Error(), "remove the run's folder: nothing but its history depends on it")
			}
			if err := each(line); err != nil {
				return false, err
			}
		}
		if !ended {
			return false, nil
		}
	}
}

// boundedLine reads one line; ended reports that a line feed followed.
func boundedLine(r *bufio.Reader) (line []byte, ended bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxRunLine:
			return nil, false, fmt.Errorf("a line is longer than %d bytes", maxRunLine)
		case err == nil:
			return line, true, nil
		case errors.Is(err, io.EOF):
			return line, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}
