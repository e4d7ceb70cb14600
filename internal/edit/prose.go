package edit

import (
	"bytes"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// Prose returns a file of prose with another text: with the byte order mark,
// the line ends and the line ends at the end that it had. The error is a
// *Refusal when a file can't hold the text.
func Prose(data []byte, text string) ([]byte, error) {
	src, marked := bytes.CutPrefix(data, []byte(mark))
	body := strings.TrimRight(string(src), "\r\n")
	end := string(src[len(body):])
	if end == "" && len(src) == 0 {
		end = "\n"
	}
	lines := text
	if bytes.Contains(src, []byte("\r\n")) {
		lines = strings.ReplaceAll(text, "\n", "\r\n")
	}
	out := []byte(lines + end)
	if marked {
		out = append([]byte(mark), out...)
	}
	if got, ok := spec.ProseOf(out); !ok || got != text {
		return nil, refuse("write it into the manifest, between double quotes", "a file of prose can't hold this text: it has control characters, or begins or ends in a way that a file loses")
	}
	return out, nil
}
