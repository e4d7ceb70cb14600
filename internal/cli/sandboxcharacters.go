package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charsync/charsync/internal/sandbox"
	"github.com/charsync/charsync/internal/view"
)

func (a *app) sandboxCharactersCommand(f *sandboxFlags) *cobra.Command {
	var format string
	cmd := manual{
		use:      "characters [VENDOR]",
		short:    "What the sandbox holds",
		long:     "Prints the characters in the sandbox's data folder: provider, id and name, or with --format json all that is stored.",
		examples: []string{"charsync sandbox characters", "charsync sandbox characters convai --format json"},
		exit:     []code{exitDone, exitError},
	}.command(wantArgs(0, 1), func(_ *cobra.Command, args []string) error {
		if err := checkFormat(format, formatText, formatJSON); err != nil {
			return err
		}
		return a.sandboxCharacters(f.data, args, format)
	})
	cmd.ValidArgs = sandbox.Vendors()
	formatFlag(cmd, &format, formatText, formatJSON)
	return cmd
}

func (a *app) sandboxCharacters(data string, vendors []string, format string) error {
	server, err := a.openSandbox(sandboxFlags{data: data})
	if err != nil {
		return err
	}
	defer server.Close()
	if len(vendors) == 0 {
		vendors = sandbox.Vendors()
	}
	all := map[string][]sandbox.Stored{}
	for _, v := range vendors {
		if all[v], err = server.Characters(v); err != nil {
			return failed("", "%w", err)
		}
	}
	return a.result("", func(w io.Writer) error {
		if format == formatJSON {
			return view.JSON(w, all)
		}
		w = view.Commandless(w)
		for _, v := range vendors {
			for _, c := range all[v] {
				name := c.Doc["name"]
				if name == nil {
					name = c.Doc["charName"]
				}
				if _, err := fmt.Fprintf(w, "%-11s %-44s %s\n", v, view.SanitizeLine(c.ID), view.SanitizeLine(fmt.Sprint(name))); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (a *app) sandboxEditCommand(f *sandboxFlags) *cobra.Command {
	return manual{
		use:   "edit VENDOR ID|NAME KEY=VALUE...",
		short: "Change a character in the sandbox, as in the provider's own console",
		long: `Changes a stored character behind the back of every client. Keys are the
provider's own; KEY=VALUE sets a text, a number, or true and false, as the field
is, KEY:=JSON any value, KEY= empties a text. A field that the provider does not
have is refused. The name of a character does in place of its id where no other has it. An id
that begins with "-" goes behind "--".`,
		examples: []string{
			"charsync sandbox edit alakazam Mira greeting='Come in.'",
			"charsync sandbox edit npcbuilder -- 9b1d 'traits:=[\"brave\"]'",
		},
		exit: []code{exitDone, exitError},
	}.command(wantArgs(3, -1), func(_ *cobra.Command, args []string) error {
		patch, err := parsePatch(args[0], args[2:])
		if err != nil {
			return err
		}
		server, err := a.openSandbox(sandboxFlags{data: f.data})
		if err != nil {
			return err
		}
		defer server.Close()
		// Everywhere else an NPCBuilder id stands behind its place: game/world/id.
		id := args[1][strings.LastIndexByte(args[1], '/')+1:]
		if id, err = storedID(server, args[0], id); err != nil {
			return err
		}
		if err := server.Edit(args[0], id, patch); err != nil {
			return failed("charsync sandbox characters lists them", "%w", err)
		}
		return nil
	})
}

// storedID is the id of the one character that has it, or that is called so.
func storedID(server *sandbox.Server, vendor, word string) (string, error) {
	stored, err := server.Characters(vendor)
	if err != nil {
		return "", failed("use one of "+strings.Join(sandbox.Vendors(), ", "), "%w", err)
	}
	var named []string
	for _, c := range stored {
		if c.ID == word {
			return word, nil
		}
		if c.Doc["name"] == word || c.Doc["charName"] == word {
			named = append(named, c.ID)
		}
	}
	if len(named) > 1 {
		return "", failed("give one of their ids: "+strings.Join(named, ", "), "%s holds %d characters called %q", vendor, len(named), word)
	}
	if len(named) == 1 {
		return named[0], nil
	}
	return word, nil // which the sandbox does not know, and says so
}

// parsePatch reads assignments as the vendor's fields have them.
func parsePatch(vendor string, assignments []string) (map[string]any, error) {
	kinds, err := sandbox.Kinds(vendor)
	if err != nil {
		return nil, failed("use one of "+strings.Join(sandbox.Vendors(), ", "), "%w", err)
	}
	patch := map[string]any{}
	for _, s := range assignments {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" || key == ":" {
			return nil, failed("write KEY=VALUE, or KEY:=JSON", "edit: %q sets nothing", s)
		}
		key, literal := strings.CutSuffix(key, ":")
		kind, known := kinds[key]
		if !known {
			fields := slices.Sorted(maps.Keys(kinds))
			return nil, failed(meant(key, fields, "its fields: "+strings.Join(fields, ", ")), "edit: %s has no field %q", vendor, key)
		}
		v, err := patchValue(key, value, kind, literal)
		if err != nil {
			return nil, err
		}
		patch[key] = v
	}
	return patch, nil
}

// patchValue is one value of an edit, of the kind that its field has.
func patchValue(key, value, kind string, literal bool) (any, error) {
	if !literal && kind == "text" {
		return value, nil
	}
	example := map[string]string{
		"text": key + "=Words", "bool": key + "=true", "number": key + "=0.5",
		"list": "'" + key + ":=[\"brave\"]'", "object": "'" + key + ":={\"title\": \"Dusk\"}'",
	}[kind]
	v, err := valueOfJSON(value)
	if err != nil {
		if !literal {
			return nil, failed("write it as "+example, "edit: %s is a %s, and %q is none", key, kind, value)
		}
		return nil, failed("quote it for your shell, for instance "+example, "edit: %s is not JSON: %w", key, err)
	}
	got := ""
	switch v.(type) {
	case nil:
		return nil, nil
	case string:
		got = "text"
	case bool:
		got = "bool"
	case json.Number:
		got = "number"
	case []any:
		got = "list"
	case map[string]any:
		got = "object"
	}
	if got != kind {
		return nil, failed("write it as "+example, "edit: %s is a %s, and %s is a %s", key, kind, value, got)
	}
	return v, nil
}

// valueOfJSON decodes one value, with its numbers as they are spelled.
func valueOfJSON(text string) (v any, err error) {
	if !json.Valid([]byte(text)) {
		return nil, json.Unmarshal([]byte(text), &v) // which says what is wrong
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	err = dec.Decode(&v)
	return v, err
}
