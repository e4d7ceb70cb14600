package npcbuilder_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/npcbuilder"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks(filters string) providertest.Quirks {
	return providertest.Quirks{
		Settings: map[string]string{"game_id": "game123", "world_id": "world456", "filters": filters},
		Switches: map[string]string{"npcbuilder.filters": filters},
		Samples: map[spec.Path][]any{
			"gender": {"Male", "non-binary"}, "filters": {false, map[string]any{"active": true}}, "traits": {[]any{"wise", "brave"}},
		},
		With: map[spec.Path]map[spec.Path]any{"location_id": {"region_id": "region1"}},
	}
}

func TestConformance(t *testing.T) {
	for _, filters := range []string{"boolean", "object"} {
		t.Run(filters, func(t *testing.T) { providertest.Run(t, npcbuilder.Driver(), quirks(filters)) })
	}
}

func TestReadings(t *testing.T) {
	providertest.Readings(t, npcbuilder.Driver(), quirks("boolean"),
		map[string]string{"error-body": "error", "delete-twice": "200", "tree-repeats": "off", "required": "name"},
		map[string]string{"error-body": "detail", "traits-order": "sorted", "filters": "both", "unknown-keys": "ignore"},
		map[string]string{"error-body": "empty", "duplicate-names": "accept"},
	)
}
