package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mutant is one change of one line.
type mutant struct {
	line     int    // where it stands in the list
	vendor   string // whose suite must catch it
	file     string
	old, new string
}

// parse reads a list of mutants.
func parse(list []byte) ([]mutant, error) {
	var all []mutant
	scanner := bufio.NewScanner(bytes.NewReader(list))
	for n := 1; scanner.Scan(); n++ {
		text := scanner.Text()
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "- ") && len(all) > 0 && all[len(all)-1].old == "":
			all[len(all)-1].old = text[2:]
		case strings.HasPrefix(text, "+ ") && len(all) > 0 && all[len(all)-1].new == "":
			all[len(all)-1].new = text[2:]
		default:
			vendor, file, ok := strings.Cut(text, "  ")
			if !ok {
				return nil, fmt.Errorf("mutants, line %d: want vendor, two spaces, file", n)
			}
			all = append(all, mutant{line: n, vendor: vendor, file: strings.TrimSpace(file)})
		}
	}
	for _, m := range all {
		if m.old == "" || m.new == "" || m.old == m.new {
			return nil, fmt.Errorf("mutants, line %d: want a line with - and another with +", m.line)
		}
	}
	return all, scanner.Err()
}

// apply gives the file with the change made. The old text must stand there
// exactly once.
func (m mutant) apply(root string) (path string, before, after []byte, err error) {
	path = filepath.Join(root, filepath.FromSlash(m.file))
	before, err = os.ReadFile(path)
	if err != nil {
		return "", nil, nil, fmt.Errorf("mutants, line %d: %w", m.line, err)
	}
	if n := bytes.Count(before, []byte(m.old)); n != 1 {
		return "", nil, nil, fmt.Errorf("mutants, line %d: %q stands %d times in %s, want once", m.line, m.old, n, m.file)
	}
	return path, before, bytes.Replace(before, []byte(m.old), []byte(m.new), 1), nil
}
