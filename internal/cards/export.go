package cards

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// Exported is a card to be written.
type Exported struct {
	Format Format
	// Lost are the keys that this format has no place for.
	Lost []string
	root object
}

// Export makes a card of a manifest's fields and of what lies beside it; a nil
// sidecar is none. In the format that it came in, a card whose manifest was
// left alone is what it was.
func Export(fields map[spec.Path]string, s *Sidecar, f Format) (Exported, error) {
	if !known(f) {
		return Exported{}, fmt.Errorf("the format %q is not one of %v", f, Formats())
	}
	if s == nil {
		root := filled(blank(f), f, fields, nil)
		return Exported{Format: f, root: root}, nil
	}
	root, err := parseObject(s.Card, "the card")
	if err != nil {
		return Exported{}, err
	}
	body, where, err := s.Format.body(root)
	if err != nil {
		return Exported{}, err
	}
	for _, m := range s.Format.mappings() {
		if _, err := m.read(body, where); err != nil {
			return Exported{}, err
		}
	}
	root = filled(root, s.Format, fields, s.Manifest)
	out := Exported{Format: f, root: root}
	if f != s.Format {
		out.root, out.Lost = convert(root, s.Format, f, fields)
	}
	return out, nil
}

// filled writes the fields into a card, where it does not say them already.
func filled(root object, f Format, fields map[spec.Path]string, moved []string) object {
	body, where, err := f.body(root)
	if err != nil {
		return root
	}
	for _, m := range f.mappings() {
		text := fields[m.field]
		_, there := body.get(m.moves)
		if m.moves != "" && slices.Contains(moved, m.moves) && !there {
			body = m.write(body, text)
			continue
		}
		if now, err := m.read(body, where); err == nil && normal(now) != text {
			body = m.write(body, text)
		}
	}
	return f.withBody(root, body)
}

// blank is a card that says nothing yet, with all that its format requires.
func blank(f Format) object {
	texts := func(o object, keys ...string) object {
		for _, k := range keys {
			o = o.with(k, encode(""))
		}
		return o
	}
	empty := json.RawMessage("[]")
	body := texts(nil, "name", "description", "personality", "scenario", "first_mes", "mes_example")
	switch f {
	case V1:
		return body
	case ElizaOS:
		body = object{{"name", encode("")}, {"bio", empty}, {"messageExamples", empty}}
		for _, k := range []string{"postExamples", "adjectives", "topics", "plugins"} {
			body = body.with(k, empty)
		}
		return body.with("style", json.RawMessage(`{"all":[],"chat":[],"post":[]}`)).with("settings", json.RawMessage("{}"))
	}
	body = texts(body, "creator_notes", "system_prompt", "post_history_instructions").with("alternate_greetings", empty).with("tags", empty)
	body = texts(body, "creator", "character_version").with("extensions", json.RawMessage("{}"))
	name, version := "chara_card_v2", "2.0"
	if f == V3 {
		name, version = "chara_card_v3", "3.0"
		body = body.with("group_only_greetings", empty)
	}
	return object{{"spec", encode(name)}, {"spec_version", encode(version)}, {"data", body.encode()}}
}

// JSON is the card as a file.
func (e Exported) JSON() ([]byte, error) { return laidOut(e.root.encode()) }

// PNG is the picture with the card inside. A card of version 3 stands there
// twice, the second time as version 2, for programs that know no other.
func (e Exported) PNG(image []byte) ([]byte, error) {
	texts := map[string][]byte{}
	switch e.Format {
	case ElizaOS:
		return nil, fmt.Errorf("elizaOS has no cards in pictures; write JSON")
	case V3:
		texts["ccv3"] = e.root.encode()
		older, _ := convert(e.root, V3, V2, nil)
		texts["chara"] = older.encode()
	default:
		texts["chara"] = e.root.encode()
	}
	return writePNG(image, texts)
}
