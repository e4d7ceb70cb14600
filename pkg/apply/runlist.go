package apply

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// runName is what a folder of a run is called.
var runName = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$`)

// runNames lists the runs of a project, oldest first as far as names tell. A
// folder that is not there holds none.
func runNames(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(maxRuns)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && runName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// nextRunNumber follows those of the second in which the newest run began that
// has a number: one that was killed right away has none.
func nextRunNumber(dir string) int {
	names, err := runNames(dir)
	if err != nil {
		return 1
	}
	next, second := 1, ""
	for _, name := range slices.Backward(names) {
		stamp, _, _ := strings.Cut(name, "-")
		if second != "" && stamp != second {
			break
		}
		if head, err := readRunHead(dir, name); err == nil {
			next, second = max(next, head.Number+1), stamp
		}
	}
	return next
}

// ListRuns reads the heads of all runs below dir, newest first. Runs that
// can't be read are left out and are among the diagnostics.
func ListRuns(dir string) ([]RunHead, []spec.Diagnostic, error) {
	names, err := runNames(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("listing the runs: %w", err)
	}
	var heads []RunHead
	var found []spec.Diagnostic
	for _, name := range names {
		head, err := readRunHead(dir, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was stopped before it had begun
		}
		if err != nil {
			d := diagnosticOf(err)
			d.Severity = spec.Warning
			found = append(found, d)
			continue
		}
		heads = append(heads, head)
	}
	slices.SortStableFunc(heads, func(a, b RunHead) int {
		if a.Number != b.Number {
			return b.Number - a.Number
		}
		return strings.Compare(b.ID, a.ID)
	})
	return heads, found, nil
}

// FindRun completes the beginning of a run's name, or "latest".
func FindRun(dir, word string) (string, error) {
	names, err := runNames(dir)
	if err != nil {
		return "", fmt.Errorf("listing the runs: %w", err)
	}
	if word == "latest" {
		heads, _, err := ListRuns(dir)
		if err != nil {
			return "", err
		}
		if len(heads) > 0 {
			return heads[0].ID, nil
		}
	}
	if len(names) == 0 {
		return "", noRun("no run is recorded in this project", "charsync apply records one")
	}
	var fits []string
	for _, name := range slices.Backward(names) { // one that can't be read, too: reading it says why
		if name == word {
			return name, nil
		}
		if strings.HasPrefix(name, word) && word != "" {
			fits = append(fits, name)
		}
	}
	switch len(fits) {
	case 0:
		return "", noRun(fmt.Sprintf("there is no run %q", word), "charsync runs lists them; the beginning of a name is enough, and so is latest")
	case 1:
		return fits[0], nil
	}
	return "", noRun(fmt.Sprintf("%d runs begin with %q: %s", len(fits), word, some(fits)), "write more of the name")
}

// LastWriting is the newest run that did something at a provider.
func LastWriting(dir string) (*Run, error) {
	heads, _, err := ListRuns(dir)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		run, err := ReadRun(dir, h.ID)
		if err != nil {
			return nil, err
		}
		if run.Wrote() {
			return run, nil
		}
	}
	return nil, noRun("no run of this project has written anything", "charsync runs lists them")
}

func noRun(message, hint string) error {
	return spec.Diagnostic{Severity: spec.Error, Code: codeRunUnknown, Message: message, Hint: hint}
}

// some names a few of many.
func some(words []string) string {
	if len(words) > 4 {
		return strings.Join(words[:3], ", ") + fmt.Sprintf(" and %d more", len(words)-3)
	}
	return strings.Join(words, ", ")
}
