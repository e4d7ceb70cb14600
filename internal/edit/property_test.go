package edit

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFormatKeepsEverything: whatever style a manifest is written in,
// formatting keeps every value and every comment, and formatting twice is
// formatting once. The check that Format makes of itself never has to stop it.
func TestFormatKeepsEverything(t *testing.T) {
	read, changed, total := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		data := manifest(t)
		total++
		out, found, err := Format("x.yaml", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if len(found) > 0 {
			if !bytes.Equal(out, data) {
				t.Fatalf("a file that can't be read was changed:\n%s", data)
			}
			return
		}
		read++
		if !bytes.Equal(out, data) {
			changed++
		}
		again, _, err := Format("x.yaml", out)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("twice: %v\n%s\n-- once --\n%s\n-- twice --\n%s", err, data, out, again)
		}
		if bytes.Contains(data, []byte("\r\n")) && bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) {
			t.Fatalf("lost the line ends of\n%q\n%q", data, out)
		}
	})
	t.Logf("%d files, %d read, %d changed", total, read, changed)
	if read*2 < total || changed*2 < read {
		t.Errorf("of %d files %d could be read and %d were changed: the generator is worth little", total, read, changed)
	}
}

// TestFormatOneLongLine: the work grows with the file, also when the file is a
// single line.
func TestFormatOneLongLine(t *testing.T) {
	data := []byte("spec: {a: [" + strings.Repeat("éx, ", 300_000) + "x]}\nkind: Character\napiVersion: charsync.dev/v1\n")
	out, found, err := Format("x.yaml", data)
	if err != nil || len(found) > 0 || !bytes.HasSuffix(out, []byte(" x]}\n")) {
		t.Fatal(err, found, len(out))
	}
}

// FuzzFormat: any file at all is left alone or formatted, and stays so.
func FuzzFormat(f *testing.F) {
	for _, dir := range []string{"../../examples", "../../pkg/spec/testdata", "testdata/format"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			f.Add(data)
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, found, err := Format("x.yaml", data)
		if err != nil {
			if !errors.Is(err, ErrUnsafe) || !bytes.Equal(out, data) {
				t.Fatal(err)
			}
			return
		}
		if len(found) > 0 && !bytes.Equal(out, data) {
			t.Fatal("a file that can't be read was changed")
		}
		again, _, err := Format("x.yaml", out)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("twice: %v\n%q\n%q\n%q", err, data, out, again)
		}
	})
}
