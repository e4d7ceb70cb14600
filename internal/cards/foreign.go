package cards

import (
	"encoding/json"
	"strings"
)

// dialect is another program's way to write what a V1 card says.
type dialect struct {
	name string
	// all are the keys by which it is known.
	all []string
	// to is where each of its keys goes in a V1 card; "" leaves it out of the
	// texts and keeps it as it is.
	to map[string]string
}

// dialects are those that are read as V1 cards.
func dialects() []dialect {
	return []dialect{
		{"Pygmalion", []string{"char_name"}, map[string]string{
			"char_name": "name", "char_persona": "description", "char_greeting": "first_mes", "world_scenario": "scenario", "example_dialogue": "mes_example",
		}},
		{"text-generation-webui", []string{"name", "context"}, map[string]string{"greeting": "first_mes", "context": "description"}},
		{"Agnai", []string{"name", "persona", "greeting"}, map[string]string{
			"description": "creator_notes", "persona": "description", "greeting": "first_mes", "sampleChat": "mes_example",
		}},
		{"JanitorAI", []string{"name", "first_message"}, map[string]string{"first_message": "first_mes", "example_dialogs": "mes_example"}},
	}
}

// asV1 reads a document of another program as a V1 card. One that is none, or
// that already has a key which its own would become, stays as it is.
func asV1(root object) object {
	if root.has("spec") || root.has("first_mes") {
		return root
	}
	for _, d := range dialects() {
		if !d.in(root) {
			continue
		}
		out := object(nil)
		for _, m := range root {
			key, raw := m.key, m.raw
			if to, ok := d.to[key]; ok {
				key = to
			}
			if key == "description" && kind(raw) == "a mapping" {
				raw = encode(attributes(raw))
			}
			if !out.has(key) {
				out = out.with(key, raw)
			}
		}
		return out
	}
	return root
}

func (d dialect) in(root object) bool {
	for _, key := range d.all {
		if !root.has(key) {
			return false
		}
	}
	return true
}

// attributes is a persona of Agnai as one text: its attributes, each a line
// with its name, but for the plain text.
func attributes(raw json.RawMessage) string {
	var persona struct {
		Attributes json.RawMessage `json:"attributes"`
	}
	if json.Unmarshal(raw, &persona) != nil {
		return ""
	}
	all, err := parseObject(persona.Attributes, "persona.attributes")
	if err != nil {
		return ""
	}
	var lines []string
	for _, m := range all {
		var said []string
		if json.Unmarshal(m.raw, &said) != nil {
			continue
		}
		text := strings.Join(said, ", ")
		if m.key != "text" {
			text = m.key + ": " + text
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// isLorebook reports a world of lore, which is no character though it has a
// name and a description.
func isLorebook(root object) bool {
	raw, ok := root.get("entries")
	return ok && (kind(raw) == "a mapping" || kind(raw) == "a list") && !root.has("first_mes") && !root.has("personality") && !root.has("bio")
}
