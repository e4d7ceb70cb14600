package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func substitute(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: sub FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%s holds %q %d times, not once", args[0], args[1], n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}

// printBody prints a page without its styles and scripts, which are compared
// where they are made.
func printBody(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: body FILE")
	}
	text := ts.ReadFile(args[0])
	for _, element := range []string{"style", "script", "meta"} {
		text = regexp.MustCompile(`(?s)<`+element+`[ >].*?(</`+element+`>|">)\n?`).ReplaceAllString(text, "")
	}
	_, _ = io.WriteString(ts.Stdout(), stable(text))
}

func wantNowhere(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: nowhere TEXT DIR")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(data), args[0]) {
			return fmt.Errorf("%s holds %q", path, args[0])
		}
		return err
	}))
}

func compareDigests(ts *testscript.TestScript, neg bool, args []string) {
	var digests []string
	for _, file := range args {
		var plan struct {
			Digest string `json:"digest"`
		}
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &plan))
		digests = append(digests, plan.Digest)
	}
	if len(digests) != 2 || digests[0] == "" || (digests[0] == digests[1]) == neg {
		ts.Fatalf("digests: %q", digests)
	}
}

func setDigest(ts *testscript.TestScript, _ bool, args []string) {
	var plan struct {
		Digest string `json:"digest"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &plan))
	ts.Setenv("DIGEST", plan.Digest)
}

func copyTree(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: copytree FROM TO")
	}
	to := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(to, 0o755))
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(ts.MkAbs(args[0]), path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && entry.Name() == ".charsync":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, below), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, below), data, 0o644)
	}))
}

func cutLine(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: cutline FILE TEXT")
	}
	var kept strings.Builder
	cut := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if strings.Contains(line, args[1]) {
			cut++
			continue
		}
		kept.WriteString(line)
	}
	if cut != 1 {
		ts.Fatalf("%s holds %d lines with %q, not one", args[0], cut, args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(kept.String()), 0o644))
}
