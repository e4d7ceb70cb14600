package characterai

import (
	"context"
	"encoding/json"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
)

// Values implements providers.Valuer: categories and the two kinds of voices.
func (a account) Values(ctx context.Context, field string) ([]providers.Choice, error) {
	read := func(name, host, path string) rest.Route {
		return rest.Route{Name: name, Method: "GET", Host: host, Path: path, Reads: true}
	}
	switch field {
	case "categories":
		return a.choices(ctx, read("categories.list", "", "/chat/character/categories/"), "categories", "name", "description")
	case "voice_id":
		return a.choices(ctx, read("voices.list", "", "/chat/character/voices/"), "voices", "voice_id", "name")
	case "default_voice_id":
		var out []providers.Choice
		for _, sort := range []string{"user", "system"} {
			list, err := a.choices(ctx, read("voices.neo", neo, "/multimodal/api/v1/voices/"+sort), "voices", "id", "name")
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		return out, nil
	}
	return nil, a.Fault(rest.Route{Name: "values"}, providers.Unsupported, "Character.AI has no list for "+field)
}

// choices reads a list of objects, or of plain words.
func (a account) choices(ctx context.Context, r rest.Route, key, value, label string) ([]providers.Choice, error) {
	doc, err := a.Do(ctx, r, rest.Call{})
	if err != nil {
		return nil, err
	}
	list, ok := doc[key].([]any)
	if !ok {
		return nil, a.Fault(r, providers.Unexpected, "the answer has no "+key)
	}
	var out []providers.Choice
	for _, e := range list {
		switch e := e.(type) {
		case string:
			out = append(out, providers.Choice{Value: e})
		case map[string]any:
			if v := text(e[value]); v != "" {
				out = append(out, providers.Choice{Value: v, Label: text(e[label])})
			}
		}
	}
	return out, nil
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
