package convai_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/convai"
	"github.com/charsync/charsync/pkg/providers/providertest"
)

func FuzzAnswers(f *testing.F) {
	providertest.FuzzAnswers(f, convai.Driver(), providertest.Quirks{})
}
