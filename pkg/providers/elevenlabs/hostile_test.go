package elevenlabs_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/elevenlabs"
	"github.com/charsync/charsync/pkg/providers/providertest"
)

func FuzzAnswers(f *testing.F) {
	providertest.FuzzAnswers(f, elevenlabs.Driver(), providertest.Quirks{})
}
