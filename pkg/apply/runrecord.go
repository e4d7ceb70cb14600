package apply

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/charsync/charsync/internal/durable"
	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The files of a run record.
const (
	runHeadFile = "run.json"
	runPlanFile = "plan.json"
	runLogFile  = "log.jsonl"
)

// RunVersion is the version of the run record. A minor step adds keys; a
// major step changes their meaning, and older programs refuse it.
const RunVersion = "1.0"

// runStamp is how the time stands in a run's name.
const runStamp = "20060102T150405Z"

// newRunID names a run: sortable by time, unique without a clock too.
func newRunID(now time.Time) string {
	var salt [4]byte
	_, _ = rand.Read(salt[:]) // never fails, by its documentation
	return now.UTC().Format(runStamp) + "-" + hex.EncodeToString(salt[:])
}

// RunHead says what a run was.
type RunHead struct {
	FormatVersion string `json:"format_version"`
	ID            string `json:"id"`
	Number        int    `json:"number"` // counts the runs of a project, from 1
	At            string `json:"at"`
	Who           string `json:"who,omitempty"`
	Command       string `json:"command,omitempty"` // apply, destroy, undo
	Version       string `json:"version,omitempty"`
	Env           string `json:"env,omitempty"`
	Plan          string `json:"plan"`              // the digest of the plan that was executed
	Undoes        string `json:"undoes,omitempty"`  // the run that this one takes back
	Resumes       string `json:"resumes,omitempty"` // the run that this one finishes
	// Allow are the guards that this run was allowed to pass.
	Allow []string `json:"allow,omitempty"`
}

// RunLine is one line of a run's log. Intents are on disk before the request
// is sent, and before-images before the write that changes them.
type RunLine struct {
	Kind string `json:"kind"` // intent, before, created, settled, outcome, end
	At   string `json:"at,omitempty"`
	diff.Address
	Provider string         `json:"provider,omitempty"`
	Action   diff.Action    `json:"action,omitempty"`
	ID       string         `json:"id,omitempty"`
	Key      string         `json:"key,omitempty"`
	Scope    string         `json:"scope,omitempty"`
	Clone    string         `json:"clone,omitempty"`
	Body     providers.Body `json:"body,omitempty"` // of an intent: what is sent
	// Doc is, of an intent, what is sent; of a before-image, every field that
	// the table can read; of an outcome, the same as it was read back.
	Doc     diff.Doc       `json:"doc,omitempty"`
	Get     providers.Body `json:"get,omitempty"`   // of a before-image: as the provider answered
	List    providers.Body `json:"list,omitempty"`  // the same, from the list
	Entry   string         `json:"entry,omitempty"` // of a before-image: the line of the lock; "" where it had none
	Outcome *Outcome       `json:"outcome,omitempty"`
	// Untouched says of an outcome that certainly nothing was changed at the
	// provider.
	Untouched bool    `json:"untouched,omitempty"`
	Error     string  `json:"error,omitempty"`
	Result    *Result `json:"result,omitempty"`
}

// decodeRunLine reads a line, with its numbers as they are spelled there.
func decodeRunLine(data []byte) (RunLine, error) {
	var line RunLine
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&line); err != nil {
		return RunLine{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return RunLine{}, errors.New("something follows the line's object")
	}
	for path, v := range line.Doc {
		line.Doc[path] = spec.Numbers(v)
	}
	if line.Outcome != nil {
		line.Outcome.holdNumbers()
	}
	if line.Result != nil {
		line.Result.holdNumbers()
	}
	return line, nil
}

// runRecord writes what a run does, as it does it. A nil record keeps
// nothing.
type runRecord struct {
	journal *durable.Journal
	now     func() time.Time
}

// openRecord starts the record of a run. Prose and ids stand in it, so the
// folder and its files are the user's alone.
func openRecord(dir string, head RunHead, plan *diff.Plan, now func() time.Time, open func(path string) (durable.AppendFile, error)) (*runRecord, error) {
	if dir == "" {
		return nil, nil
	}
	head.Number = nextRunNumber(dir)
	folder := filepath.Join(dir, head.ID)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("starting the run record: %w", err)
	}
	for _, file := range []struct { // the head comes last: a run without one had not begun
		name   string
		encode func(*bufio.Writer) error
	}{
		{runPlanFile, func(w *bufio.Writer) error { return EncodePlan(w, plan) }},
		{runHeadFile, func(w *bufio.Writer) error { return indented(w, "", head) }},
	} {
		if err := durable.Write(filepath.Join(folder, file.name), 0o600, file.encode); err != nil {
			return nil, fmt.Errorf("starting the run record: %w", err)
		}
	}
	if open == nil {
		open = openLog
	}
	f, err := open(filepath.Join(folder, runLogFile))
	for _, d := range []string{folder, dir} { // the new names must be on disk as well
		if err == nil {
			err = durable.SyncDir(d)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("starting the run record: %w", err)
	}
	return &runRecord{journal: durable.NewJournal(f), now: now}, nil
}

func openLog(path string) (durable.AppendFile, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND|os.O_EXCL, 0o600)
}

func (r *runRecord) write(line RunLine) error {
	if r == nil {
		return nil
	}
	if r.now != nil {
		line.At = r.now().UTC().Format(time.RFC3339Nano)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		return fmt.Errorf("writing the run record: %w", err)
	}
	if err := r.journal.Append(buf.Bytes()); err != nil {
		return fmt.Errorf("writing the run record: %w", err)
	}
	return nil
}

func (r *runRecord) close() error {
	if r == nil {
		return nil
	}
	return r.journal.Close()
}
