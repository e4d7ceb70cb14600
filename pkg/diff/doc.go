// Package diff compares what manifests want with what providers hold, three
// ways, and shows long prose by the words that changed. It is pure: it opens
// no file and no connection.
package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/charsync/charsync/pkg/spec"
)

// Doc is a character at one provider: manifest path → value in the vendor's
// spelling. A missing key is unknown, a nil value is known to be empty.
// Values are nil, string, bool, float64, json.Number (for figures that no
// float64 holds; see spec.Number), []any and map[string]any.
type Doc map[spec.Path]any

// Digest is a short, stable fingerprint of a value: 128 bits of SHA-256 over
// its JSON with sorted keys, in hexadecimal. Numbers count by what they are
// worth, not by their spelling. The digest of nil is "empty".
func Digest(v any) string {
	if v == nil {
		return "empty"
	}
	if spelled(v) {
		v = worth(v)
	}
	b, err := json.Marshal(v)
	if err != nil { // only values that no Doc holds: channels, functions
		return "invalid"
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// spelled reports a number inside a value that could be spelled in other ways.
func spelled(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return true
	case []any:
		return slices.ContainsFunc(v, spelled)
	case map[string]any:
		for _, e := range v {
			if spelled(e) {
				return true
			}
		}
	}
	return false
}

// worth is a value with the one spelling of each number; see
// spec.CanonicalNumber.
func worth(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = worth(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = worth(e)
		}
		return out
	}
	return spec.CanonicalNumber(v)
}
