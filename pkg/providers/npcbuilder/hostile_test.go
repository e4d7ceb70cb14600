package npcbuilder_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/npcbuilder"
	"github.com/charsync/charsync/pkg/providers/providertest"
)

func FuzzAnswers(f *testing.F) {
	providertest.FuzzAnswers(f, npcbuilder.Driver(), providertest.Quirks{Settings: map[string]string{"game_id": "game123", "world_id": "world456"}})
}
