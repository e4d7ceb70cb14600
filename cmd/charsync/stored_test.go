package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/charsync/charsync/internal/sandbox"
)

func nameOf(c sandbox.Stored) string {
	for _, key := range []string{"name", "charName"} {
		if name, ok := c.Doc[key].(string); ok {
			return name
		}
	}
	return ""
}

func find(ts *testscript.TestScript, vendor, name string) sandbox.Stored {
	all, err := served(ts).Characters(vendor)
	ts.Check(err)
	all = slices.DeleteFunc(all, func(c sandbox.Stored) bool { return nameOf(c) != name && c.ID != name })
	if len(all) != 1 {
		ts.Fatalf("%s holds %d characters called %q", vendor, len(all), name)
	}
	return all[0]
}

func editCharacter(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: edit VENDOR NAME KEY=VALUE…")
	}
	patch := map[string]any{}
	for key, value := range assignments(ts, args[2:]) {
		plain, isJSON := strings.CutSuffix(key, ":")
		if !isJSON {
			patch[key] = value
			continue
		}
		var v any
		ts.Check(decode(value, &v))
		patch[plain] = v
	}
	ts.Check(served(ts).Edit(args[0], find(ts, args[0], args[1]).ID, patch))
}

// decode reads JSON with its numbers as they are spelled.
func decode(text string, into any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return dec.Decode(into)
}

func removeCharacter(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: remove VENDOR NAME")
	}
	ts.Check(served(ts).Remove(args[0], find(ts, args[0], args[1]).ID))
}

func putCharacters(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: put VENDOR FILE")
	}
	text := ts.ReadFile(args[1])
	var docs []map[string]any
	if err := decode(text, &docs); err != nil {
		docs = make([]map[string]any, 1)
		ts.Check(decode(text, &docs[0]))
	}
	for _, doc := range docs {
		_, err := served(ts).Put(args[0], doc)
		ts.Check(err)
	}
}

func printHeld(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: holds VENDOR NAME KEY…")
	}
	doc := find(ts, args[0], args[1]).Doc
	keys := args[2:]
	if len(keys) == 0 {
		keys = slices.Sorted(maps.Keys(doc))
	}
	for _, key := range keys {
		fmt.Fprintf(ts.Stdout(), "%s: %s\n", key, compact(doc[key]))
	}
}

func findStored(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sandboxid VENDOR NAME")
	}
	server, err := sandbox.Open(sandbox.Options{Dir: ts.MkAbs(filepath.Join(".charsync", "sandbox"))})
	ts.Check(err)
	all, err := server.Characters(args[0])
	ts.Check(errors.Join(err, server.Close()))
	for _, c := range all {
		if nameOf(c) == args[1] {
			ts.Setenv("ID", c.ID)
			return
		}
	}
	ts.Fatalf("%s holds no %q", args[0], args[1])
}

func countCharacters(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: count VENDOR N")
	}
	all, err := served(ts).Characters(args[0])
	ts.Check(err)
	if fmt.Sprint(len(all)) != args[1] {
		ts.Fatalf("%s holds %d characters, not %s", args[0], len(all), args[1])
	}
}
