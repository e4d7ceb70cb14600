// Package cards reads and writes the character cards of other programs:
// Character Card V1, V2 and V3, as JSON or inside a PNG, and the character
// files of elizaOS. What a manifest has no place for is kept beside it, so that
// a card that came in goes out as it was.
package cards

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Format is a kind of card.
type Format string

// The formats of cards.
const (
	V1      Format = "card-v1"
	V2      Format = "card-v2"
	V3      Format = "card-v3"
	ElizaOS Format = "elizaos"
)

// Formats lists the formats, the richest first.
func Formats() []Format { return []Format{V3, V2, V1, ElizaOS} }

// Bounds on what is read, in bytes.
const (
	MaxFile = 64 << 20 // of a PNG
	MaxCard = 16 << 20 // of the card itself
)

// Card is a card as it was read.
type Card struct {
	Format Format
	// Image is the picture that the card came in, without the card; nil for
	// JSON.
	Image []byte
	root  object
}

// Read reads a card from a PNG or from JSON; the bytes say which it is.
func Read(data []byte) (*Card, error) {
	switch {
	case len(data) > MaxFile:
		return nil, fmt.Errorf("it has more than %d MB", MaxFile>>20)
	case bytes.HasPrefix(data, []byte(signature)):
		text, image, err := readPNG(data)
		if err != nil {
			return nil, err
		}
		c, err := readJSON(text)
		if err != nil {
			return nil, fmt.Errorf("the card in the picture: %w", err)
		}
		c.Image = image
		return c, nil
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return nil, errors.New("it is an archive (CHARX or a zip); export the card as PNG or JSON")
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")), bytes.HasPrefix(data, []byte("RIFF")), bytes.HasPrefix(data, []byte("GIF8")):
		return nil, errors.New("it is a picture, but no PNG: cards live in PNG or JSON")
	}
	if text, ok := fromYAML(data); ok {
		data = text
	}
	return readJSON(data)
}

// fromYAML is a card that text-generation-webui wrote, as JSON. Only texts are
// taken for one: other YAML may be a manifest, or anything.
func fromYAML(data []byte) ([]byte, bool) {
	if len(data) > MaxCard || bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return nil, false
	}
	var card struct {
		Name     string `yaml:"name" json:"name"`
		Greeting string `yaml:"greeting" json:"greeting"`
		Context  string `yaml:"context" json:"context"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if decoder.Decode(&card) != nil || card.Name == "" || card.Context == "" {
		return nil, false
	}
	text, err := json.Marshal(card)
	return text, err == nil
}

func readJSON(data []byte) (*Card, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	switch {
	case len(data) == 0:
		return nil, errors.New("it is empty")
	case len(data) > MaxCard:
		return nil, fmt.Errorf("the card has more than %d MB", MaxCard>>20)
	case !utf8.Valid(data):
		return nil, errors.New("it is not UTF-8")
	}
	if deepest, _ := spread(data); deepest > maxDepth {
		return nil, fmt.Errorf("it nests deeper than %d levels", maxDepth)
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	root, err := parseObject(whole, "the card")
	if err != nil {
		return nil, err
	}
	root = asV1(root)
	c := &Card{root: root}
	if c.Format, err = detect(root); err != nil {
		return nil, err
	}
	body, where, err := c.Format.body(root)
	if err != nil {
		return nil, err
	}
	for _, m := range c.Format.mappings() { // what is of the wrong type is said now
		if _, err := m.read(body, where); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// detect says which format a document has.
func detect(root object) (Format, error) {
	name, err := root.text("spec", "the card")
	if err != nil {
		return "", err
	}
	switch name {
	case "chara_card_v2":
		return V2, nil
	case "chara_card_v3":
		return V3, nil
	case "":
	default:
		return "", fmt.Errorf("its spec is %q; known are chara_card_v2 and chara_card_v3", shorten(name))
	}
	if isLorebook(root) {
		return "", errors.New("it is a lorebook, and no character: put it into the card of the character that it belongs to")
	}
	if !root.has("name") {
		return "", errors.New("it has neither a spec nor a name: it is no card of a known format")
	}
	for _, key := range []string{"bio", "messageExamples", "plugins", "postExamples"} {
		if root.has(key) {
			return ElizaOS, nil
		}
	}
	for _, key := range []string{"description", "personality", "scenario", "first_mes", "mes_example"} {
		if root.has(key) {
			return V1, nil
		}
	}
	return "", errors.New("it has a name, and nothing else that a card of a known format has")
}

// body is the object that holds the character, and its place in the card.
func (f Format) body(root object) (object, string, error) {
	if f != V2 && f != V3 {
		return root, "the card", nil
	}
	raw, ok := root.get("data")
	if !ok {
		return nil, "", errors.New("it has a spec and no data")
	}
	o, err := parseObject(raw, "data")
	return o, "data", err
}

// withBody puts the body back.
func (f Format) withBody(root, body object) object {
	body = body.ordered(f.order())
	if f != V2 && f != V3 {
		return body
	}
	return root.with("data", body.encode()).ordered([]string{"spec", "spec_version", "data"})
}

// order is the usual order of a body's members.
func (f Format) order() []string {
	if f == ElizaOS {
		return []string{"id", "name", "username", "plugins", "settings", "system", "bio", "lore", "messageExamples", "postExamples", "adjectives", "topics", "knowledge", "style"}
	}
	return []string{
		"name", "nickname", "description", "personality", "scenario", "first_mes", "mes_example", "creator_notes", "system_prompt",
		"post_history_instructions", "alternate_greetings", "group_only_greetings", "character_book", "tags", "creator", "character_version",
	}
}

// known reports a format by its name.
func known(f Format) bool { return slices.Contains(Formats(), f) }
