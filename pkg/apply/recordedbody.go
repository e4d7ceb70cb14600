package apply

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// maxRecord bounds a run record that is read back.
const maxRecord = 1 << 30

// recordedBody is the body of a lost request, from the record of its run; nil
// when that is not there, or is not the one.
func (e *Engine) recordedBody(i Intent) providers.Body {
	if e.Options.RunDir == "" || i.Run == "" || filepath.Base(i.Run) != i.Run {
		return nil
	}
	path := filepath.Join(e.Options.RunDir, i.Run, runLogFile)
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxRecord {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	key, _ := json.Marshal(i.Key)
	lines := bufio.NewReaderSize(f, 64<<10)
	for {
		data, err := lines.ReadBytes('\n')
		if bytes.Contains(data, key) {
			if line, err := decodeRunLine(data); err == nil && line.Kind == "intent" && line.Key == i.Key && bodyDigest(line.Body) == i.Body {
				return line.Body
			}
		}
		if err != nil {
			return nil
		}
	}
}

// bodyDigest fingerprints a request body, the same before and after a record
// was written and read.
func bodyDigest(b providers.Body) string { return diff.Digest(spec.Numbers(map[string]any(b))) }
