package alakazam_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/alakazam"
	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/spec"
)

func TestConformance(t *testing.T) {
	providertest.Run(t, alakazam.Driver(), providertest.Quirks{
		Samples:  map[spec.Path][]any{"voiceId": {"AZnzlk1XvdvUeBnXmlld"}, "modelId": {"large"}},
		With:     map[spec.Path]map[spec.Path]any{"authored": {"premise": "A ferryman."}},
		Unstored: []spec.Path{"world"},
	})
}
