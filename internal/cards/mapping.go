package cards

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/charsync/charsync/pkg/spec"
)

// mapping is a row of the table: which keys of a card make a field of a
// manifest.
type mapping struct {
	field spec.Path
	keys  []string
	note  string // for the documentation
	// moves is the key that need not be kept beside the manifest, when the
	// field says it all; "" is none.
	moves string
	// read gives what the manifest says; where is the place of the body.
	read func(body object, where string) (string, error)
	// write changes as little of the body as makes it say a text.
	write func(body object, text string) object
}

// mappings are the rows of a format.
func (f Format) mappings() []mapping {
	if f == ElizaOS {
		return []mapping{
			plain("name", "name"), lines("persona", "bio", "a statement in each line"), lines("lore", "lore", "a statement in each line"),
			{field: "examples", keys: []string{"messageExamples"}, moves: "messageExamples", note: "a turn in each line, conversations apart by a blank line", read: readDialogue, write: writeDialogue},
		}
	}
	rows := []mapping{
		plain("name", "name"),
		{
			field: "persona", keys: []string{"description", "personality"}, moves: "description", note: "the personality as the last paragraph",
			read: readPersona, write: writePersona,
		},
		plain("scene", "scenario"), plain("greeting", "first_mes"), plain("examples", "mes_example"),
	}
	if f == V1 {
		return rows
	}
	return append(rows, plain("description", "creator_notes"), mapping{
		field: "lore", keys: []string{"character_book"}, note: "the contents of its enabled entries",
		read: readBook, write: writeBook,
	})
}

// Row is a line of the mapping table.
type Row struct {
	Field spec.Path
	Keys  []string
	Note  string
}

// Rows is the mapping table of a format, for documentation.
func Rows(f Format) []Row {
	var rows []Row
	for _, m := range f.mappings() {
		rows = append(rows, Row{m.field, m.keys, m.note})
	}
	return rows
}

// plain is a text that stands under one key.
func plain(field spec.Path, key string) mapping {
	return mapping{
		field: field, keys: []string{key}, moves: key,
		read:  func(o object, where string) (string, error) { return o.text(key, where) },
		write: func(o object, text string) object { return o.with(key, encode(text)) },
	}
}

var lineEnds = regexp.MustCompile(`\r+\n`)

// normal is a text as a manifest gives it back.
func normal(s string) string {
	return strings.TrimRight(lineEnds.ReplaceAllString(strings.TrimLeft(s, "\ufeff"), "\n"), "\n")
}

// readPersona joins the description and the personality, which are both about
// who the character is.
func readPersona(o object, where string) (string, error) {
	description, err := o.text("description", where)
	if err != nil {
		return "", err
	}
	personality, err := o.text("personality", where)
	if err != nil {
		return "", err
	}
	description, personality = normal(description), normal(personality)
	if description == "" || personality == "" {
		return description + personality, nil
	}
	return description + "\n\n" + personality, nil
}

// writePersona leaves a personality alone that still ends the text.
func writePersona(o object, text string) object {
	personality, err := o.text("personality", "")
	personality = normal(personality)
	if err == nil && personality != "" {
		if text == personality {
			return o.with("description", encode(""))
		}
		if description, ok := strings.CutSuffix(text, "\n\n"+personality); ok {
			return o.with("description", encode(description))
		}
		o = o.with("personality", encode(""))
	}
	return o.with("description", encode(text))
}

// lines is a list of statements, or one text.
func lines(field spec.Path, key, note string) mapping {
	return mapping{
		field: field, keys: []string{key}, moves: key, note: note,
		read: func(o object, where string) (string, error) {
			raw, _ := o.get(key)
			if !o.has(key) {
				return "", nil
			}
			if kind(raw) == "a text" {
				return o.text(key, where)
			}
			var list []string
			if err := json.Unmarshal(raw, &list); err != nil {
				return "", fmt.Errorf("%s is not a text or a list of texts", join(where, key))
			}
			return strings.Join(list, "\n"), nil
		},
		write: func(o object, text string) object {
			if raw, ok := o.get(key); ok && kind(raw) == "a text" {
				return o.with(key, encode(text))
			}
			list := []string{}
			for line := range strings.SplitSeq(text, "\n") {
				if strings.TrimSpace(line) != "" {
					list = append(list, line)
				}
			}
			return o.with(key, encode(list))
		},
	}
}
