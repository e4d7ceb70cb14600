package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// generators write what would be too large, or no text, in a script.
func generators() map[string]func(n int) []byte {
	return map[string]func(n int) []byte{
		"megabytes": func(n int) []byte {
			head := "apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: big}\nspec:\n  persona: |\n"
			line := "    " + strings.Repeat("long ", 20) + "\n"
			return []byte(head + strings.Repeat(line, n<<20/len(line)+1))
		},
		"nested": func(n int) []byte {
			return []byte("spec: " + strings.Repeat("[", n) + strings.Repeat("]", n) + "\n")
		},
		"latin1": func(int) []byte {
			return []byte("apiVersion: charsync.dev/v1\nkind: Character\nmetadata: {name: cafe}\nspec:\n  name: Caf\xe9\n")
		},
		"population": population,
		"manifests":  manifests,
		"bytes":      func(n int) []byte { return []byte(strings.Repeat("x", n)) },
	}
}

// population is a list of live characters as services hold them: names that
// repeat, prose of several paragraphs, keys that only one service knows.
func population(n int) []byte {
	docs := make([]map[string]any, n)
	for i := range docs {
		prose := fmt.Sprintf("Keeper number %d of the inn.\n\nShe asks: \"Who packed that bag?\" — 女将 🏮\n  indented: yes\n", i)
		docs[i] = map[string]any{
			"name": fmt.Sprintf("Mira %d", i%50), "charName": fmt.Sprintf("Mira %d", i%50),
			"game_id": "tavern", "world_id": "gilded-hare", "role": "innkeeper", "traits": []string{"brave", "kind"},
			"greeting": "yes", "description": fmt.Sprintf("0%d", i), "persona": prose, "definition": prose, "backstory": prose,
			"voiceType": "US FEMALE 1", "temperature": 0.42, "languageCodes": []string{"en-US"}, "categories": []string{"Books"},
			"free": i%2 == 0,
		}
		if i%3 == 0 {
			docs[i]["lore"] = "\n  \ttabs and ends \n\n"
		}
	}
	data, err := json.Marshal(docs)
	if err != nil {
		panic(err)
	}
	return data
}

// manifests is a file of n characters at four providers.
func manifests(n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `---
apiVersion: charsync.dev/v1
kind: Character
metadata: {name: c%d}
spec:
  name: Keeper %d
  description: Keeps inn number %d.
  greeting: Good evening, number %d.
  persona: Keeps inn number %d, and never sleeps.
  targets:
    alakazam: {}
    characterai: {categories: [Books]}
    convai: {voiceType: US FEMALE 1, languageCodes: [en-US]}
    npcbuilder: {game_id: tavern, world_id: gilded-hare}
`, i, i, i, i, i)
	}
	return []byte(strings.TrimPrefix(b.String(), "---\n"))
}

func generate(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: generate KIND FILE [N]")
	}
	n := 1
	if len(args) > 2 {
		var err error
		n, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	write, ok := generators()[args[0]]
	if !ok {
		ts.Fatalf("no generator %q", args[0])
	}
	file := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	ts.Check(os.WriteFile(file, write(n), 0o644))
}
