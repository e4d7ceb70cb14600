package alakazam_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/alakazam"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func quirks() providertest.Quirks {
	return providertest.Quirks{
		Samples:  map[spec.Path][]any{"voiceId": {"AZnzlk1XvdvUeBnXmlld"}, "modelId": {"large"}},
		With:     map[spec.Path]map[spec.Path]any{"authored": {"premise": "A ferryman."}},
		Unstored: []spec.Path{"world"},
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, alakazam.Driver(), quirks()) }

func TestReadings(t *testing.T) {
	providertest.Readings(t, alakazam.Driver(), quirks(),
		map[string]string{"get-one": "404", "delete": "404", "empty": "null", "list-order": "oldest"},
		map[string]string{"get-one": "405", "create-status": "200", "create-extras": "accept", "unknown-keys": "422"},
		map[string]string{"create-extras": "422", "idempotency-conflict": "original", "default-visibility": "public"},
	)
}
