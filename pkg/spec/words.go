package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// typeWords names the types of a schema for people; null and the reference
// beside a text are left out.
func typeWords(types []any) string {
	words := map[string]string{
		"string": "a text", "boolean": "true or false", "number": "a number", "integer": "a whole number",
		"array": "a list", "object": "a mapping",
	}
	var out []string
	for _, t := range types {
		name, _ := t.(string)
		word, ok := words[name]
		if !ok || name == "object" && slices.Contains(types, any("string")) || slices.Contains(out, word) {
			continue
		}
		out = append(out, word)
	}
	return strings.Join(out, " or ")
}

// found names what stands at an item.
func found(it *item) string {
	switch v := it.value.(type) {
	case nil:
		return "nothing"
	case bool:
		return fmt.Sprint(v)
	case float64:
		return plainNumber(v)
	case json.Number:
		return string(v)
	case string:
		return fmt.Sprintf("the text %q", shorten(v))
	case []any:
		return "a list"
	}
	return "a mapping"
}

func scalarText(it *item) string {
	switch v := it.value.(type) {
	case string:
		if resolved, loose := resolveOrEmpty(v); loose == definite && resolved == v && !strings.ContainsAny(v, ",[]{}:#\"'\n") {
			return shorten(v)
		}
		return fmt.Sprintf("%q", shorten(v))
	case nil:
		return ""
	}
	return found(it)
}

func resolveOrEmpty(s string) (any, looseness) {
	if s == "" {
		return nil, plain
	}
	return resolve(s)
}

// shorten keeps a value readable inside a message.
func shorten(s string) string {
	const most = 60
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}

// describe is the hint of a value that has no better one: what the schema
// says of it.
func describe(schema map[string]any) string {
	if text, ok := schema["patternErrorMessage"].(string); ok {
		return text
	}
	if text, ok := schema["description"].(string); ok {
		text, _, _ = strings.Cut(text, ". ")
		return strings.ToLower(text[:1]) + strings.TrimSuffix(text[1:], ".")
	}
	return "charsync schema shows what is accepted"
}

// example writes a line that would be accepted.
func example(name string, property map[string]any) string {
	if constant, ok := property["const"].(string); ok {
		return name + ": " + constant
	}
	if examples := list(property["examples"]); len(examples) > 0 {
		return fmt.Sprintf("%s: %v", name, examples[0])
	}
	if slices.Contains(list(property["type"]), any("object")) {
		return name + ": {…}"
	}
	return name + ": …"
}

// label makes a DNS-1123 label of a name, or "" where nothing is left.
func label(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 63 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// IsName reports a DNS-1123 label: what a metadata.name can be.
func IsName(s string) bool {
	inner := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	if s == "" || len(s) > 63 || !inner(s[0]) || !inner(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if s[i] != '-' && !inner(s[i]) {
			return false
		}
	}
	return true
}
