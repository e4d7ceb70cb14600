package cli

import (
	"bufio"
	"io"
	"os"

	"github.com/charsync/charsync/pkg/spec"
)

// Bounds of looking a line up for a message.
const (
	pointedFile = 64 << 20 // bytes of the file that are looked at
	pointedLine = 4 << 10  // bytes of the line that are shown
)

// pointed gives findings about one file the line that they are about, where
// they have a position and no line yet. Without a column the whole line is
// meant, and the caret stands at its start.
func pointed(found []spec.Diagnostic, path string) []spec.Diagnostic {
	for i := range found {
		d := &found[i]
		if d.Pos.Line == 0 || d.Source != "" {
			continue
		}
		if d.Source = lineOf(path, d.Pos.Line); d.Source != "" && d.Pos.Col == 0 {
			d.Pos.Col = 1
		}
	}
	return found
}

// lineOf reads one line of a file; "" when it can't be had.
func lineOf(path string, number int) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	r := bufio.NewReaderSize(io.LimitReader(f, pointedFile), pointedLine)
	for line := 1; ; {
		part, more, err := r.ReadLine()
		if err != nil {
			return ""
		}
		if line == number {
			return string(part)
		}
		if !more {
			line++
		}
	}
}
