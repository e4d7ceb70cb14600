package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// doc is a JSON object. Numbers are json.Number, so that a figure comes back as it was sent.
type doc = map[string]any

func decodeDoc(raw []byte) (doc, error) {
	v, err := decodeValue(raw)
	if err != nil {
		return nil, err
	}
	d, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("the body is not a JSON object")
	}
	return d, nil
}

func decodeValue(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("the body is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("the body has more than one JSON value")
	}
	return v, nil
}

// encode is compact JSON on one line, with < > & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func text(d doc, key string) string {
	s, _ := d[key].(string)
	return s
}

func truth(d doc, key string) bool {
	b, _ := d[key].(bool)
	return b
}

func list(d doc, key string) []any {
	l, _ := d[key].([]any)
	return l
}

func object(d doc, key string) doc {
	o, _ := d[key].(map[string]any)
	return o
}

// number is the value of a JSON number, whoever made it.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(string(n), 64)
		return f, err == nil
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}

// orNull is the text at key, or null when there is none.
func orNull(d doc, key string) any {
	if s, ok := d[key].(string); ok {
		return s
	}
	return nil
}

// orElse is the value at key, or the default when the key is missing or null.
func orElse(d doc, key string, otherwise any) any {
	if v, ok := d[key]; ok && v != nil {
		return v
	}
	return otherwise
}

// strings as JSON has them; anything else in the list is left out.
func textsOf(v any) []string {
	var out []string
	l, _ := v.([]any)
	for _, e := range l {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func anyTexts(texts []string) []any {
	out := make([]any, len(texts))
	for i, s := range texts {
		out[i] = s
	}
	return out
}

// sizeIn is the length of s in runes, UTF-16 units or bytes.
func sizeIn(unit, s string) int {
	switch unit {
	case "bytes":
		return len(s)
	case "utf16":
		n := 0
		for _, r := range s {
			n++
			if r > 0xFFFF {
				n++
			}
		}
		return n
	}
	return utf8.RuneCountInString(s)
}
