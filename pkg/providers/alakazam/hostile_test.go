package alakazam_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/alakazam"
	"github.com/charsync/charsync/pkg/providers/providertest"
)

func FuzzAnswers(f *testing.F) {
	providertest.FuzzAnswers(f, alakazam.Driver(), providertest.Quirks{})
}
