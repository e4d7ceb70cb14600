package elevenlabs

import (
	"context"

	"github.com/charsync/charsync/internal/rest"
	"github.com/charsync/charsync/pkg/providers"
)

type account struct{ *rest.Account }

func open(cfg providers.Config) (providers.Provider, error) {
	a, err := rest.Open(api(), cfg)
	if err != nil {
		return nil, err
	}
	return account{a}, nil
}

// offer is a list of what can be chosen for a field.
type offer struct {
	route        rest.Route
	items        string
	value, label string
	cursor       string // the next page's token; "" where there is one page
}

func offers() map[string]offer {
	read := func(name, path string, query map[string]string) rest.Route {
		return rest.Route{Name: name, Method: "GET", Path: path, Reads: true, Query: query}
	}
	return map[string]offer{
		"llm":      {read("models.list", "/v1/convai/llm/list", nil), "/llms", "/llm", "", ""},
		"voice_id": {read("voices.list", "/v2/voices", map[string]string{"page_size": "100"}), "/voices", "/voice_id", "/name", "next_page_token"},
	}
}

// Values implements providers.Valuer: models and voices are lists that change
// from week to week, so nothing is hard-coded.
func (a account) Values(ctx context.Context, field string) ([]providers.Choice, error) {
	o, ok := offers()[field]
	if !ok {
		return nil, a.Fault(rest.Route{Name: "values"}, providers.Unsupported, "ElevenLabs has no list for "+field)
	}
	const mostPages = 50
	var out []providers.Choice
	query := map[string]string{}
	for range mostPages {
		doc, err := a.Do(ctx, o.route, rest.Call{Query: query})
		if err != nil {
			return nil, err
		}
		items, _ := doc.Pick(o.items)
		list, ok := items.([]any)
		if !ok {
			return nil, a.Fault(o.route, providers.Unexpected, "the answer holds no "+field)
		}
		for _, e := range list {
			item, _ := e.(map[string]any)
			if value := text(item, o.value); value != "" {
				out = append(out, providers.Choice{Value: value, Label: text(item, o.label)})
			}
		}
		next := text(doc, "/"+o.cursor)
		if next == "" || next == query[o.cursor] {
			break
		}
		query = map[string]string{o.cursor: next}
	}
	if len(out) == 0 {
		return nil, a.Fault(o.route, providers.Unexpected, "the answer holds no "+field)
	}
	return out, nil
}

func text(doc providers.Body, pointer string) string {
	v, _ := doc.Pick(pointer)
	s, _ := v.(string)
	return s
}
