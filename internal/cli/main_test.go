package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// outcome is what one command line came to.
type outcome struct {
	code     int
	out, err string
}

// run runs a command line in a folder, off a terminal.
func run(t *testing.T, dir string, environ []string, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(context.Background(), Env{
		Args: args, In: strings.NewReader(""), Out: &out, Err: &errs, Environ: environ,
		Now: time.Now, Dir: dir, Interrupts: make(chan os.Signal), Stop: func(int) {},
	})
	return outcome{code, out.String(), errs.String()}
}

// project writes files and returns their folder, which is a Git root.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := dir + "/" + name
		if err := os.MkdirAll(path[:strings.LastIndexByte(path, '/')], 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(dir+"/.git", 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

const mira = `apiVersion: charsync.dev/v1
kind: Character
metadata: {name: mira}
spec:
  name: Mira
  greeting: Come in.
  targets: {alakazam: {}, convai: {voiceType: US FEMALE 1, backstory: Keeps the inn.}}
`
