package cards

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// sidecarKind marks a sidecar, and its version.
const sidecarKind = "charsync.dev/card/v1"

// Sidecar is what lies beside a manifest that came from a card: everything of
// the card that the manifest does not say.
type Sidecar struct {
	Kind   string `json:"kind"`
	Format Format `json:"format"`
	// Image is the picture that the card came in, beside the sidecar; "" is none.
	Image string `json:"image,omitempty"`
	// Manifest are the keys that were taken out, since the manifest says them.
	Manifest []string `json:"manifest,omitempty"`
	// Withheld are the keys that were left out because they hold credentials.
	Withheld []string        `json:"withheld,omitempty"`
	Card     json.RawMessage `json:"card"`
}

// Imported is what a card becomes: the fields of a manifest, and what lies
// beside it.
type Imported struct {
	Fields  map[spec.Path]string
	Sidecar Sidecar
}

// Import gives the manifest and the sidecar of a card. A key leaves the card
// only when the manifest alone gives it back exactly.
func (c *Card) Import() (Imported, error) {
	body, where, err := c.Format.body(c.root)
	if err != nil {
		return Imported{}, err
	}
	out := Imported{Fields: map[spec.Path]string{}, Sidecar: Sidecar{Kind: sidecarKind, Format: c.Format}}
	for _, m := range c.Format.mappings() {
		text, err := m.read(body, where)
		if err != nil {
			return Imported{}, err
		}
		text = normal(text)
		if text == "" {
			continue
		}
		out.Fields[m.field] = text
		if m.moves != "" && gives(m, body, text) {
			body = body.without(m.moves)
			out.Sidecar.Manifest = append(out.Sidecar.Manifest, m.moves)
		}
	}
	root := c.Format.withBody(c.root, body)
	root, out.Sidecar.Withheld = withhold(root)
	out.Sidecar.Card = root.encode()
	return out, nil
}

// gives reports whether a text alone gives back the key that it moves, and
// leaves the others as they are.
func gives(m mapping, body object, text string) bool {
	raw, ok := body.get(m.moves)
	if !ok {
		return false
	}
	again := m.write(body.without(m.moves), text)
	got, _ := again.get(m.moves)
	if !same(raw, got) || len(again) != len(body) {
		return false
	}
	return !slices.ContainsFunc(body, func(b member) bool {
		other, ok := again.get(b.key)
		return b.key != m.moves && (!ok || !same(b.raw, other))
	})
}

// Encode writes a sidecar for a file of its own.
func (s Sidecar) Encode() ([]byte, error) { return laidOut(encode(s)) }

// ParseSidecar reads what Encode wrote.
func ParseSidecar(data []byte) (Sidecar, error) {
	var s Sidecar
	if len(data) > 2*MaxCard {
		return s, fmt.Errorf("it has more than %d MB", 2*MaxCard>>20)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("it is no JSON: %w", err)
	}
	switch {
	case s.Kind != sidecarKind:
		return s, fmt.Errorf("its kind is %q, and %q was expected", shorten(s.Kind), sidecarKind)
	case !known(s.Format):
		return s, fmt.Errorf("its format is %q; known are %v", shorten(string(s.Format)), Formats())
	}
	return s, nil
}
