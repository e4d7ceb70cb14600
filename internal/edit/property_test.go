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
	outcomes(t, func(t *rapid.T) []string {
		data := manifest(t)
		out, found, err := Format("x.yaml", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if len(found) > 0 {
			if !bytes.Equal(out, data) {
				t.Fatalf("a file that can't be read was changed:\n%s", data)
			}
			return []string{"total"}
		}
		again, _, err := Format("x.yaml", out)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("twice: %v\n%s\n-- once --\n%s\n-- twice --\n%s", err, data, out, again)
		}
		if bytes.Contains(data, []byte("\r\n")) && bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) {
			t.Fatalf("lost the line ends of\n%q\n%q", data, out)
		}
		if bytes.Equal(out, data) {
			return []string{"total", "read"}
		}
		return []string{"total", "read", "changed"}
	}, func(n map[string]int) bool {
		return n["total"] > 0 && n["read"]*2 >= n["total"] && n["changed"]*2 >= n["read"]
	})
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
