// Package diff compares what manifests want with what providers hold, three
// ways, and shows long prose by the words that changed. It is pure: it opens
// no file and no connection.
package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/charsync/charsync/pkg/spec"
)

// Doc is a character at one provider: manifest path → value in the vendor's
// spelling. A missing key is unknown, a nil value is known to be empty.
// Values are nil, string, bool, float64, []any and map[string]any.
type Doc map[spec.Path]any

// Digest is a short, stable fingerprint of a value: 128 bits of SHA-256 over
// its JSON with sorted keys, in hexadecimal. The digest of nil is "empty".
func Digest(v any) string {
	if v == nil {
		return "empty"
	}
	b, err := json.Marshal(v)
	if err != nil { // only values that no Doc holds: channels, functions
		return "invalid"
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
