package characterai_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/characterai"
	"github.com/charsync/charsync/pkg/providers/providertest"
)

func FuzzAnswers(f *testing.F) {
	providertest.FuzzAnswers(f, characterai.Driver(), providertest.Quirks{})
}
