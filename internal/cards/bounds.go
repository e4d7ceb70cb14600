package cards

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Bounds on the shape of a card. Cards nest a few levels and have some thirty
// keys; a small one of another shape would take gigabytes once it is laid out.
const (
	maxDepth = 64
	maxKeys  = 2048 // of an object that is looked into
)

// spread measures JSON: how deep it nests, and how many bytes its lines and
// their indents would add to it at most.
func spread(data []byte) (deepest, added int) {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch b := data[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
			deepest = max(deepest, depth)
			added += 1 + 2*depth
		case b == '}' || b == ']':
			depth--
			added += 1 + 2*depth
		case b == ',':
			added += 1 + 2*depth
		case b == ':':
			added++
		}
	}
	return deepest, added
}

// laidOut is JSON with a line for each value. What would become larger than
// this package reads again stays as it is.
func laidOut(raw json.RawMessage) ([]byte, error) {
	var b bytes.Buffer
	if _, added := spread(raw); len(raw)+added >= MaxCard {
		b.Write(raw)
	} else if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("write the card: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
