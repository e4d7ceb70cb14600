package cards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// object is a JSON object that keeps the order of its members, and the very
// bytes of what nobody here looks into.
type object []member

type member struct {
	key string
	raw json.RawMessage
}

// parseObject reads one level of an object. where is its place in the card,
// for messages.
func parseObject(raw []byte, where string) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%s is %s, and a mapping was expected", where, kind(raw))
	}
	var o object
	for d.More() {
		if len(o) >= maxKeys {
			return nil, fmt.Errorf("%s has more than %d keys", where, maxKeys)
		}
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		key, _ := t.(string)
		if _, twice := o.get(key); twice {
			return nil, fmt.Errorf("%s has the key %q twice", where, shorten(key))
		}
		var m json.RawMessage
		if err := d.Decode(&m); err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		o = append(o, member{key, m})
	}
	return o, nil
}

func (o object) index(key string) int {
	return slices.IndexFunc(o, func(m member) bool { return m.key == key })
}

func (o object) get(key string) (json.RawMessage, bool) {
	if i := o.index(key); i >= 0 {
		return o[i].raw, true
	}
	return nil, false
}

// has reports a member that is not null.
func (o object) has(key string) bool {
	raw, ok := o.get(key)
	return ok && string(raw) != "null"
}

// with is the object with a member set; the receiver stays as it was.
func (o object) with(key string, raw json.RawMessage) object {
	out := slices.Clone(o)
	if i := out.index(key); i >= 0 {
		out[i].raw = raw
		return out
	}
	return append(out, member{key, raw})
}

// without is the object with a member taken out.
func (o object) without(key string) object {
	return slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.key == key })
}

// ordered puts the named members first, in that order.
func (o object) ordered(first []string) object {
	out := make(object, 0, len(o))
	for _, key := range first {
		if raw, ok := o.get(key); ok {
			out = append(out, member{key, raw})
		}
	}
	for _, m := range o {
		if !slices.Contains(first, m.key) {
			out = append(out, m)
		}
	}
	return out
}

func (o object) encode() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(encode(m.key))
		b.WriteByte(':')
		b.Write(m.raw)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// encode writes a value as JSON, without the escapes that only web pages need.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // only for values that no card has
		return json.RawMessage("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// text is the text of a member; "" where there is none, or null.
func (o object) text(key, where string) (string, error) {
	raw, _ := o.get(key)
	if !o.has(key) {
		return "", nil
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "", fmt.Errorf("%s is %s, and a card has a text there", join(where, key), kind(raw))
	}
	return s, nil
}

// join is the place of a member.
func join(where, key string) string {
	if where == "the card" || where == "" {
		return key
	}
	return where + "." + key
}

// kind says what a JSON value is.
func kind(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "a mapping"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// same reports values that mean the same. Texts that Go can't hold, with half
// of a surrogate pair, are never the same as what was made of them.
func same(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if broken(a) || broken(b) {
		return false
	}
	x, okX := value(a)
	y, okY := value(b)
	return okX && okY && reflect.DeepEqual(x, y)
}

func value(raw json.RawMessage) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	return v, d.Decode(&v) == nil
}

// broken reports an escaped half of a surrogate pair that stands alone.
func broken(raw json.RawMessage) bool {
	s := string(raw)
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		high, isUnit := unit(s[i:])
		if !isUnit {
			i++ // another escape
			continue
		}
		i += 5
		switch {
		case high >= 0xdc00 && high < 0xe000:
			return true
		case high >= 0xd800 && high < 0xdc00:
			low, isUnit := unit(s[i+1:])
			if !isUnit || low < 0xdc00 || low > 0xdfff {
				return true
			}
			i += 6
		}
	}
	return false
}

// unit is the number of a \uXXXX escape.
func unit(s string) (n int, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	_, err := fmt.Sscanf(s[2:6], "%04x", &n)
	return n, err == nil
}

// shorten keeps a word of a card in a message short.
func shorten(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return s
}
