package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// binding is a line of charsync.lock, read without charsync's help.
type binding struct {
	Name     string `json:"name"`
	Target   string `json:"target"`
	ID       string `json:"id"`
	Old      string `json:"old"`
	Gone     bool   `json:"gone"`
	Revision int    `json:"rev"`
	Pending  *struct {
		Action string `json:"action"`
		Key    string `json:"key"`
	} `json:"pending"`
}

// readLock reads the lock as it lies on disk, also in the middle of a run.
func readLock(dir string) (map[address]binding, error) {
	out := map[address]binding{}
	raw, err := os.ReadFile(filepath.Join(dir, "charsync.lock"))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	lines := bytes.Split(raw, []byte("\n"))
	for i, line := range lines {
		var b binding
		if i == 0 || len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &b); err != nil {
			if i == len(lines)-1 {
				continue // torn by a kill
			}
			return nil, err
		}
		a := address{b.Target, b.Name}
		if known, ok := out[a]; ok && b.Revision < known.Revision {
			continue
		}
		out[a] = b
	}
	for a, b := range out {
		if b.Gone {
			delete(out, a)
		}
	}
	return out, nil
}

// logLine is a line of a run record.
type logLine struct {
	Kind   string         `json:"kind"`
	Name   string         `json:"name"`
	Target string         `json:"target"`
	Action string         `json:"action"`
	ID     string         `json:"id"`
	Key    string         `json:"key"`
	Clone  string         `json:"clone"`
	Body   map[string]any `json:"body"`
	Result *result        `json:"result"`
}

// result is what an apply says it did.
type result struct {
	Created     int              `json:"created"`
	Updated     int              `json:"updated"`
	Deleted     int              `json:"deleted"`
	Failed      int              `json:"failed"`
	Skipped     int              `json:"skipped"`
	Outcomes    []outcome        `json:"outcomes"`
	Refused     []map[string]any `json:"refused"`
	Interrupted bool             `json:"interrupted"`
	RunID       string           `json:"run_id"`
	Summary     string           `json:"summary"`
}

type outcome struct {
	Name   string `json:"name"`
	Target string `json:"target"`
	Action string `json:"action"`
	Status string `json:"status"`
	ID     string `json:"id"`
	Rule   string `json:"rule"`
	// Removed is a character that this one had replaced earlier.
	Removed string `json:"removed"`
	Reason  string `json:"reason"`
}

func (o outcome) address() address { return address{o.Target, o.Name} }

func runsDir(dir string) string { return filepath.Join(dir, ".charsync", "runs") }

// records names the run records that are there.
func records(dir string) []string {
	list, err := os.ReadDir(runsDir(dir))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

// newRecord is the record that was not there before; "" when there is none.
func newRecord(dir string, before []string) string {
	for _, name := range records(dir) {
		if !slices.Contains(before, name) {
			return name
		}
	}
	return ""
}

// readRecord reads the log of a run, also in the middle of it.
func readRecord(dir, name string) []logLine {
	raw, err := os.ReadFile(filepath.Join(runsDir(dir), name, "log.jsonl"))
	if err != nil {
		return nil
	}
	var out []logLine
	for line := range bytes.Lines(raw) {
		var l logLine
		if json.Unmarshal(line, &l) == nil {
			out = append(out, l)
		}
	}
	return out
}
