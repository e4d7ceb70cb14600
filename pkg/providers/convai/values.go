package convai

import (
	"context"
	"encoding/json"
	"sort"
	"strings"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
)

// Values implements providers.Valuer: voices, languages and models are lists
// that change, so nothing is hard-coded.
func (a account) Values(ctx context.Context, field string) ([]providers.Choice, error) {
	read := func(name, method, path string) rest.Route {
		return rest.Route{Name: name, Method: method, Path: path, Reads: true}
	}
	var r rest.Route
	var choices func(any) []providers.Choice
	switch field {
	case "voiceType":
		r, choices = read("voices.list", "GET", "/tts/get_available_voices"), voices
	case "languageCodes":
		r, choices = read("languages.list", "GET", "/tts/get_available_languages"), languages
	case "model_group_name":
		r, choices = read("models.list", "POST", "/character/getSupportedModel"), models
		r.Fixed = map[string]any{}
	default:
		return nil, a.Fault(rest.Route{Name: "values"}, providers.Unsupported, "Convai has no list for "+field)
	}
	v, err := a.Bytes(ctx, r, rest.Call{})
	if err != nil {
		return nil, err
	}
	list := choices(v)
	if len(list) == 0 {
		return nil, a.Fault(r, providers.Unexpected, "the answer holds no "+field)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Value < list[j].Value })
	return list, nil
}

// voices come in sections, each a list of objects with one key, the voice's
// name.
func voices(v any) []providers.Choice {
	var out []providers.Choice
	sections, _ := v.(map[string]any)
	for section, list := range sections {
		for _, e := range elements(list) {
			for name, inner := range object(e) {
				voice := object(inner)
				if value := text(voice["voice_value"]); value != "" {
					out = append(out, providers.Choice{Value: value, Label: strings.TrimSpace(name + ", " + section)})
				}
			}
		}
	}
	return out
}

// languages are a list of objects with one key, the code.
func languages(v any) []providers.Choice {
	var out []providers.Choice
	for _, e := range only(v) {
		for code, inner := range object(e) {
			language := object(inner)
			if c := text(language["lang_code"]); c != "" {
				code = c
			}
			out = append(out, providers.Choice{Value: code, Label: text(language["lang_name"])})
		}
	}
	return out
}

func models(v any) []providers.Choice {
	var out []providers.Choice
	for _, e := range only(v) {
		model := object(e)
		value := text(model["model_group_name"])
		if value == "" {
			continue
		}
		label := text(model["display_name"])
		if levels := elements(object(model["reasoning"])["levels"]); len(levels) > 0 {
			words := make([]string, len(levels))
			for i, l := range levels {
				words[i] = text(l)
			}
			label += " (reasoning_effort: " + strings.Join(words, ", ") + ")"
		}
		out = append(out, providers.Choice{Value: value, Label: strings.TrimSpace(label)})
	}
	return out
}

// only takes the array of an answer whose envelope is not known: the answer
// itself, or the only array in it.
func only(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	var found []any
	for _, inner := range object(v) {
		if list, ok := inner.([]any); ok {
			if found != nil {
				return nil
			}
			found = list
		}
	}
	return found
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func elements(v any) []any {
	list, _ := v.([]any)
	return list
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
