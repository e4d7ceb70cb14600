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
	Run      string `json:"run"` // its name begins with its time
	Pending  *struct {
		Action string `json:"action"`
		Key    string `json:"key"`
	} `json:"pending"`
}

// readLock reads the lock as it lies on disk, also in the middle of a run.
func readLock(dir string) (map[address]binding, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "charsync.lock"))
	if errors.Is(err, fs.ErrNotExist) {
		return map[address]binding{}, nil
	}
	if err != nil {
		return nil, err
	}
	side, appended, err := lockLines(raw)
	if err != nil {
		return nil, err
	}
	out := standing(side)
	for _, b := range appended { // in the order of the run
		if a := (address{b.Target, b.Name}); b.Gone {
			delete(out, a)
		} else {
			out[a] = b
		}
	}
	return out, nil
}

// lockLines are the lines of the lock: those that stand side by side, of which
// a merge may have brought any, and behind an empty one those that a run has
// appended.
func lockLines(raw []byte) (side, appended []binding, err error) {
	lines := bytes.Split(raw, []byte("\n"))
	into := &side
	for i, line := range lines[1:] {
		if len(bytes.TrimSpace(line)) == 0 {
			into = &appended
			continue
		}
		var b binding
		if err := json.Unmarshal(line, &b); err != nil {
			if i == len(lines)-2 {
				continue // torn by a kill
			}
			return nil, nil, err
		}
		*into = append(*into, b)
	}
	return side, appended, nil
}

// standing are the bindings of lines that stand side by side: of those of one
// pair the one of the latest run, without what a later run has removed.
func standing(side []binding) map[address]binding {
	type character struct {
		address
		id string
	}
	gone := map[character]string{}
	for _, b := range side {
		if at := (character{address{b.Target, b.Name}, b.ID}); b.Gone {
			gone[at] = max(gone[at], b.Run)
		}
	}
	out := map[address]binding{}
	for _, b := range side {
		a := address{b.Target, b.Name}
		removed := gone[character{a, b.ID}]
		if known, twice := out[a]; b.Gone || b.Run < removed || twice && b.Run < known.Run {
			continue
		}
		out[a] = b
	}
	return out
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
