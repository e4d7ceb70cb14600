package sandbox

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// vapiBody is the body of a create or a PATCH, and everything that is wrong with it. Its objects must be whole in both:
// each takes the place of what was there (public docs).
func vapiBody(c *call) (doc, []string) {
	v := &vapiCheck{loose: c.is("unknown-keys", "ignore")}
	out := v.object("", vapiAssistant(), c.body)
	parts := vapiParts()
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		if o, ok := out[part].(doc); ok {
			out[part] = v.union(part, parts[part], o)
		}
	}
	v.messages(object(out, "model"))
	v.servers(out)
	if seconds, ok := number(object(out, "stopSpeakingPlan")["voiceSeconds"]); ok && (seconds < 0 || seconds > 0.5) {
		v.add("stopSpeakingPlan.voiceSeconds must not be greater than 0.5") // stricter than the OpenAPI document (public docs)
	}
	return out, v.problems
}

// vapiCheck collects what is wrong with a body.
type vapiCheck struct {
	loose    bool // keys that are not known are left out without a word
	problems []string
}

func (v *vapiCheck) add(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

// object checks the keys of an object, and gives those that are kept.
func (v *vapiCheck) object(path string, shape vapiShape, in doc) doc {
	out := doc{}
	for _, key := range slices.Sorted(maps.Keys(in)) {
		kind, known := shape[key]
		if !known {
			if !v.loose {
				v.add("%sproperty %s should not exist", path, key)
			}
			continue
		}
		out[key] = in[key]
		if in[key] != nil {
			v.value(path+key, strings.TrimPrefix(kind, "*"), in[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(shape)) {
		if strings.HasPrefix(shape[key], "*") && out[key] == nil {
			v.add("%s%s should not be empty", path, key)
		}
	}
	return out
}

// union checks an object whose provider says what else it holds.
func (v *vapiCheck) union(part string, shapes map[string]vapiShape, in doc) doc {
	provider := text(in, "provider")
	shape, ok := shapes[provider]
	if !ok {
		v.add("%s.provider must be one of the following values: %s", part, strings.Join(slices.Sorted(maps.Keys(shapes)), ", "))
		return in
	}
	shape = maps.Clone(shape)
	shape["provider"] = "text"
	return v.object(part+".", shape, in)
}

// messages are what is said before a call begins (public docs).
func (v *vapiCheck) messages(model doc) {
	roles := []string{"assistant", "function", "user", "system", "tool"}
	for i, e := range list(model, "messages") {
		m, ok := e.(doc)
		content, isText := m["content"].(string)
		switch {
		case !ok:
			v.add("model.messages.%d must be an object", i)
		case !slices.Contains(roles, text(m, "role")):
			v.add("model.messages.%d.role must be one of the following values: %s", i, strings.Join(roles, ", "))
		case !isText && m["content"] != nil:
			v.add("model.messages.%d.content must be a string", i)
		case len(content) > 100_000_000:
			v.add("model.messages.%d.content must be shorter than or equal to 100000000 characters", i)
		}
	}
}

// servers are where webhooks go.
func (v *vapiCheck) servers(d doc) {
	shape := vapiShaped(`timeoutSeconds: number 1 300, credentialId: text, staticIpAddressesEnabled: bool, encryptedPaths: texts, url: text,
		headers: object, backoffPlan: object`)
	for path, o := range map[string]doc{
		"server.": object(d, "server"), "voice.server.": object(object(d, "voice"), "server"), "transcriber.server.": object(object(d, "transcriber"), "server"),
	} {
		if o != nil {
			v.object(path, shape, o)
		}
	}
}

// value checks one value against a kind and its bounds.
func (v *vapiCheck) value(path, kind string, got any) {
	word, rest, _ := strings.Cut(kind, " ")
	low, high, bounded := vapiRange(rest)
	switch word {
	case "text":
		s, ok := got.(string)
		if !ok {
			v.add("%s must be a string", path)
		} else if bounded {
			v.length(path, s, low, high)
		}
	case "one":
		words := strings.Fields(strings.TrimPrefix(rest, "of "))
		if s, _ := got.(string); !slices.Contains(words, s) {
			v.add("%s must be one of the following values: %s", path, strings.Join(words, ", "))
		}
	case "number", "whole":
		n, ok := number(got)
		switch {
		case !ok:
			v.add("%s must be a number conforming to the specified constraints", path)
		case word == "whole" && n != math.Trunc(n):
			v.add("%s must be an integer number", path)
		case n < low:
			v.add("%s must not be less than %v", path, low)
		case n > high:
			v.add("%s must not be greater than %v", path, high)
		}
	case "bool":
		if _, ok := got.(bool); !ok {
			v.add("%s must be a boolean value", path)
		}
	case "object":
		if _, ok := got.(doc); !ok {
			v.add("%s must be an object", path)
		}
	case "list", "texts":
		v.elements(path, word, got, low, high, bounded)
	}
}

func (v *vapiCheck) elements(path, word string, got any, low, high float64, bounded bool) {
	l, ok := got.([]any)
	if !ok {
		v.add("%s must be an array", path)
		return
	}
	for _, e := range l {
		s, ok := e.(string)
		switch {
		case word == "list":
		case !ok:
			v.add("each value in %s must be a string", path)
		case bounded:
			v.length("each value in "+path, s, low, high)
		}
	}
}

func (v *vapiCheck) length(path, s string, low, high float64) {
	n := float64(sizeIn("utf16", s))
	if n < low {
		v.add("%s must be longer than or equal to %v characters", path, low)
	}
	if n > high {
		v.add("%s must be shorter than or equal to %v characters", path, high)
	}
}

// vapiRange reads "10 43200".
func vapiRange(s string) (low, high float64, ok bool) {
	first, second, ok := strings.Cut(s, " ")
	low, errLow := strconv.ParseFloat(first, 64)
	high, errHigh := strconv.ParseFloat(second, 64)
	if !ok || errLow != nil || errHigh != nil {
		return math.Inf(-1), math.Inf(1), false
	}
	return low, high, true
}
